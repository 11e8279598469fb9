"""Kinds from which a controller makes ConfigMaps or Secrets: where each says the name and the keys.

A path is a dotted route of field names; `[]` walks a list, a route to a mapping gives its keys. Where a controller's
documentation leaves it open which keys there will be, the key set is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cmlint.kube.fields import group_of
from cmlint.manifest.decode import Decoder
from cmlint.manifest.nodes import MappingNode, Node, ScalarNode, SequenceNode
from cmlint.model.facts import Key, Provider, Scalar, Target


class Maker(NamedTuple):
    """One way in which a kind makes a provider.

    `names` are the routes to its name, the first that leads somewhere counts; `each` is the list of which every entry
    makes one, with routes relative to it. `pattern` builds the name from the object's own instead; it may hold `*`.
    `fixed` are keys that are always there, `opens` routes whose presence makes the key set open.
    """

    kind: str
    group: str
    target: Target
    names: tuple[str, ...] = ()
    each: str = ""
    pattern: str = ""
    keys: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    open: bool = True
    namespace: str = ""
    everywhere: bool = False


MAKERS = (
    # https://github.com/bitnami-labs/sealed-secrets#overview
    Maker(
        "SealedSecret",
        "bitnami.com",
        "Secret",
        ("metadata.name",),
        keys=("spec.encryptedData", "spec.template.data"),
        opens=("spec.data",),
        open=False,
    ),
    # https://external-secrets.io/latest/api/externalsecret/
    Maker(
        "ExternalSecret",
        "external-secrets.io",
        "Secret",
        ("spec.target.name", "metadata.name"),
        keys=("spec.data[].secretKey",),
        opens=("spec.dataFrom", "spec.target.template"),
        open=False,
    ),
    Maker(
        "ExternalSecret",
        "kubernetes-client.io",
        "Secret",
        ("metadata.name",),
        keys=("spec.data[].name",),
        opens=("spec.dataFrom", "spec.template"),
        open=False,
    ),
    # https://external-secrets.io/latest/api/clusterexternalsecret/
    Maker(
        "ClusterExternalSecret",
        "external-secrets.io",
        "Secret",
        ("spec.externalSecretSpec.target.name", "spec.externalSecretName", "metadata.name"),
        everywhere=True,
    ),
    # https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.Certificate
    Maker("Certificate", "cert-manager.io", "Secret", ("spec.secretName",), fixed=("tls.crt", "tls.key", "ca.crt")),
    Maker("Issuer", "cert-manager.io", "Secret", ("spec.acme.privateKeySecretRef.name",), fixed=("tls.key",)),
    # https://cert-manager.io/docs/trust/trust-manager/
    Maker(
        "Bundle",
        "trust.cert-manager.io",
        "ConfigMap",
        ("metadata.name",),
        keys=("spec.target.configMap.key",),
        everywhere=True,
    ),
    Maker("Bundle", "trust.cert-manager.io", "Secret", ("metadata.name",), everywhere=True),
    # https://secrets-store-csi-driver.sigs.k8s.io/topics/sync-as-kubernetes-secret
    Maker(
        "SecretProviderClass",
        "secrets-store.csi.x-k8s.io",
        "Secret",
        ("secretName",),
        each="spec.secretObjects",
        keys=("data[].key",),
        open=False,
    ),
    # https://developer.1password.com/docs/k8s/operator
    Maker("OnePasswordItem", "onepassword.com", "Secret", ("metadata.name",)),
    # https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/api-reference
    Maker("VaultStaticSecret", "secrets.hashicorp.com", "Secret", ("spec.destination.name",)),
    Maker("VaultDynamicSecret", "secrets.hashicorp.com", "Secret", ("spec.destination.name",)),
    Maker("VaultPKISecret", "secrets.hashicorp.com", "Secret", ("spec.destination.name",)),
    Maker("HCPVaultSecretsApp", "secrets.hashicorp.com", "Secret", ("spec.destination.name",)),
    # https://github.com/ricoberger/vault-secrets-operator
    Maker("VaultSecret", "ricoberger.de", "Secret", ("metadata.name",)),
    # https://infisical.com/docs/integrations/platforms/kubernetes/infisical-secret-crd
    Maker("InfisicalSecret", "secrets.infisical.com", "Secret", ("spec.managedSecretReference.secretName",)),
    # https://docs.doppler.com/docs/kubernetes-operator
    Maker(
        "DopplerSecret",
        "secrets.doppler.com",
        "Secret",
        ("spec.managedSecret.name",),
        namespace="spec.managedSecret.namespace",
    ),
    # https://github.com/isindir/sops-secrets-operator
    Maker(
        "SopsSecret",
        "isindir.github.com",
        "Secret",
        ("name",),
        each="spec.secretTemplates",
        keys=("stringData", "data"),
        open=False,
    ),
    # https://akv2k8s.io/reference/azure-key-vault-secret/
    Maker("AzureKeyVaultSecret", "spv.no", "Secret", ("spec.output.secret.name",)),
    Maker("AzureKeyVaultSecret", "spv.no", "ConfigMap", ("spec.output.configMap.name",)),
    # https://strimzi.io/docs/operators/latest/configuring
    Maker("KafkaUser", "kafka.strimzi.io", "Secret", ("metadata.name",)),
    Maker("Kafka", "kafka.strimzi.io", "Secret", pattern="{name}-*"),
    Maker("Kafka", "kafka.strimzi.io", "ConfigMap", pattern="{name}-*"),
    # https://cloudnative-pg.io/documentation/current/applications/
    Maker("Cluster", "postgresql.cnpg.io", "Secret", pattern="{name}-*"),
    # https://postgres-operator.readthedocs.io/en/latest/user/
    Maker("postgresql", "acid.zalan.do", "Secret", pattern="*.{name}.credentials*"),
    # https://access.crunchydata.com/documentation/postgres-operator/latest
    Maker("PostgresCluster", "postgres-operator.crunchydata.com", "Secret", pattern="{name}-*"),
    # https://www.elastic.co/docs/deploy-manage/deploy/cloud-on-k8s
    Maker("Elasticsearch", "elasticsearch.k8s.elastic.co", "Secret", pattern="{name}-es-*"),
    Maker("Elasticsearch", "elasticsearch.k8s.elastic.co", "ConfigMap", pattern="{name}-es-*"),
    Maker("Kibana", "kibana.k8s.elastic.co", "Secret", pattern="{name}-kb-*"),
    # https://www.rabbitmq.com/kubernetes/operator/using-operator
    Maker("RabbitmqCluster", "rabbitmq.com", "Secret", pattern="{name}-*"),
    # https://github.com/minio/operator
    Maker("Tenant", "minio.min.io", "Secret", pattern="{name}-*"),
    # https://github.com/mongodb/mongodb-kubernetes-operator
    Maker("MongoDBCommunity", "mongodbcommunity.mongodb.com", "Secret", pattern="{name}-*"),
    Maker("PerconaServerMongoDB", "psmdb.percona.com", "Secret", pattern="*{name}*"),
    Maker("PerconaXtraDBCluster", "pxc.percona.com", "Secret", pattern="*{name}*"),
    # https://docs.redhat.com/en/documentation/openshift_container_platform: object bucket claims
    Maker(
        "ObjectBucketClaim", "objectbucket.io", "ConfigMap", ("metadata.name",), fixed=("BUCKET_NAME", "BUCKET_HOST")
    ),
    Maker(
        "ObjectBucketClaim",
        "objectbucket.io",
        "Secret",
        ("metadata.name",),
        fixed=("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    ),
)

KINDS = frozenset(maker.kind for maker in MAKERS)


def read_made(decoder: Decoder, root: Node, api_version: str, kind: str) -> Iterator[Provider]:
    """The providers that a controller makes from a document."""
    group = group_of(api_version)
    for maker in MAKERS:
        if maker.kind == kind and (group == maker.group or group.endswith(f".{maker.group}")):
            for node in walk(root, f"{maker.each}[]") if maker.each else (root,):
                yield from read_one(decoder, maker, node, root)


def read_one(decoder: Decoder, maker: Maker, node: Node, root: Node) -> Iterator[Provider]:
    """The provider that one maker makes of a node, if its name can be told."""
    name = (
        first_string(decoder, root, ("metadata.name",)) if maker.pattern else first_string(decoder, node, maker.names)
    )
    if name is None:
        return
    if maker.pattern:
        name = Scalar(maker.pattern.replace("{name}", name.value), name.start, name.end)
    keys = [Key(key, key, name.span, None, False) for key in maker.fixed]
    for route in maker.keys:
        for leaf in walk(node, route):
            if isinstance(leaf, MappingNode):
                for key_name, key, _ in decoder.items(leaf):
                    keys.append(Key(key_name, decoder.written(key), decoder.span(key), None, False))
            elif isinstance(leaf, ScalarNode):
                text = decoder.scalar(leaf)
                keys.append(Key(text.value, decoder.written(leaf), text.span, None, False))
    opened = maker.open or any(True for route in maker.opens for _ in walk(node, route))
    namespace = first_string(decoder, node, (maker.namespace,)) if maker.namespace else None
    yield Provider(
        maker.target,
        maker.kind,
        name,
        tuple(keys),
        opened,
        False,
        decoder.span(root),
        namespace,
        maker.everywhere,
        "*" in name.value,
    )


def first_string(decoder: Decoder, node: Node, routes: tuple[str, ...]) -> Scalar | None:
    """The string at the first route that leads to one."""
    for route in routes:
        for leaf in walk(node, route):
            if decoder.is_scalar(leaf, "string") and (found := decoder.scalar(leaf)).value:
                return found
    return None


def walk(node: Node, route: str) -> Iterator[Node]:
    """The nodes that a route leads to."""
    nodes = [node]
    for part in route.split("."):
        field, bracket, _ = part.partition("[]")
        reached: list[Node] = []
        for current in nodes:
            if isinstance(current, MappingNode):
                reached += [v for k, v in current.value if isinstance(k, ScalarNode) and k.value == field]
        if bracket:
            reached = [item for current in reached if isinstance(current, SequenceNode) for item in current.value]
        nodes = reached
    yield from nodes
