"""What controllers make of each kind in the table, with a small manifest for each row."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import references_of
from cmlint.bundle.material import Material
from cmlint.bundle.resolve import Resolution
from cmlint.errors import FatalError
from cmlint.knowledge.controllers import MAKERS, Maker
from cmlint.manifest.documents import read_text
from cmlint.manifest.providers import TABLE, Makers
from cmlint.model.facts import Provider
from tests.support.run import concise, inside, lint, loaded, write


def said(provider: Provider) -> str:
    """A provider in one line: `Target namespace/name: keys`, with what else is known of it in brackets."""
    namespace = f"{provider.namespace.value}/" if provider.namespace else ""
    keys = [key.name for key in provider.keys] + ["..."] * provider.open
    flags = [flag for flag in ("everywhere", "shared") if getattr(provider, flag)]
    return " ".join([f"{provider.target} {namespace}{provider.name.value}:", *keys, *(f"({flag})" for flag in flags)])


def manifest(kind: str, api_version: str, body: str = "", metadata: str = "name: x") -> str:
    return f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{{metadata}}}\n{body}\n"


NO_MAKERS = Makers([])


def made(text: str, makers: Makers = TABLE) -> list[str]:
    return [said(provider) for document in read_text(text, makers).documents for provider in document.providers]


def external(spec: str) -> str:
    return manifest("ExternalSecret", "external-secrets.io/v1", f"spec: {{{spec}}}")


def external_everywhere(spec: str) -> str:
    return manifest(
        "ClusterExternalSecret",
        "external-secrets.io/v1",
        f"spec: {{externalSecretName: e, externalSecretSpec: {{{spec}}}}}",
    )


DATA = "data: [{secretKey: a}, {secretKey: b}]"
OPERATED = ["ConfigMap x-*: ...", "Secret x-*: ..."]
CERTIFICATE = "tls.crt tls.key ca.crt keystore.jks truststore.jks keystore.p12 truststore.p12 key.der tls-combined.pem"
POSTGRES_USER = "username user password dbname host port pgpass uri jdbc-uri fqdn-uri fqdn-jdbc-uri"
ISSUER = "name: x, annotations: {cert-manager.io/cluster-issuer: le}"


def test_a_list_of_objects_that_controllers_make_things_of_is_read() -> None:
    item = "{apiVersion: postgres-operator.crunchydata.com/v1, kind: PostgresCluster, metadata: {name: db}}"
    for kind in ("List", "PodList"):
        providers = made(f"apiVersion: v1\nkind: {kind}\nitems: [{item}]\n")
        assert providers[:2] == ["ConfigMap db-*: ...", "Secret db-*: ..."]
    assert made(f"apiVersion: a.b/v1\nkind: List\nitems: [{item}]\n") == []


ROWS = [
    (manifest("ServiceAccount", "talos.dev/v1alpha1", "spec: {roles: ['os:reader']}"), ["Secret x: config ..."]),
    (manifest("ServiceAccount", "v1"), []),
    (manifest("SealedSecret", "bitnami.com/v1alpha1", "spec: {encryptedData: {a: x, b: t}}"), ["Secret x: a b"]),
    (
        manifest("SealedSecret", "bitnami.com/v1alpha1", "spec: {encryptedData: {a: x}, template: {data: {c: t}}}"),
        ["Secret x: a c"],
    ),
    (manifest("SealedSecret", "bitnami.com/v1alpha1", "spec: {data: eA==}"), ["Secret x: ..."]),
    # external-secrets
    (external(DATA), ["Secret x: a b"]),
    (external(f"target: {{name: t, creationPolicy: Orphan}}, {DATA}"), ["Secret t: a b"]),
    (external("dataFrom: [{extract: {key: k}}]"), ["Secret x: ..."]),
    (external(f"target: {{template: {{data: {{c: x}}}}}}, {DATA}"), ["Secret x: c"]),
    (external(f"target: {{template: {{mergePolicy: Replace, data: {{c: x}}}}}}, {DATA}"), ["Secret x: c"]),
    (external(f"target: {{template: {{mergePolicy: Merge, data: {{c: x}}}}}}, {DATA}"), ["Secret x: a b c"]),
    (external(f"target: {{template: {{metadata: {{labels: {{}}}}}}}}, {DATA}"), ["Secret x: a b"]),
    (external("target: {template: {data: {c: x}}}, dataFrom: [{extract: {key: k}}]"), ["Secret x: c"]),
    (external(f"target: {{template: {{templateFrom: [], data: {{c: x}}}}}}, {DATA}"), ["Secret x: c ..."]),
    (external(f"target: {{creationPolicy: None}}, {DATA}"), []),
    (external(f"target: {{creationPolicy: Merge}}, {DATA}"), ["Secret x: a b ... (shared)"]),
    (external(f"target: {{creationPolicy: CreateOrMerge}}, {DATA}"), ["Secret x: a b ... (shared)"]),
    (external(f"target: {{manifest: {{kind: ConfigMap}}}}, {DATA}"), ["ConfigMap x: ..."]),
    (external(f"target: {{manifest: {{kind: Application}}}}, {DATA}"), []),
    (
        manifest(
            "ClusterExternalSecret",
            "external-secrets.io/v1beta1",
            f"spec: {{externalSecretName: e, externalSecretSpec: {{target: {{name: t}}, {DATA}}}}}",
        ),
        ["Secret t: a b (everywhere)"],
    ),
    (external_everywhere(DATA), ["Secret e: a b (everywhere)"]),
    (
        external_everywhere(f"target: {{template: {{mergePolicy: Merge, data: {{c: x}}}}}}, {DATA}"),
        ["Secret e: a b c (everywhere)"],
    ),
    (external_everywhere(f"target: {{template: {{data: {{c: x}}}}}}, {DATA}"), ["Secret e: c (everywhere)"]),
    (
        external_everywhere(f"target: {{creationPolicy: Merge}}, {DATA}"),
        ["Secret e: a b ... (everywhere) (shared)"],
    ),
    (
        external_everywhere(f"target: {{manifest: {{kind: ConfigMap}}}}, {DATA}"),
        ["ConfigMap e: ... (everywhere)"],
    ),
    (manifest("PushSecret", "external-secrets.io/v1alpha1", "spec: {selector: {secret: {name: t}}}"), []),
    (manifest("ExternalSecret", "kubernetes-client.io/v1", "spec: {data: [{name: a, key: k}]}"), ["Secret x: a"]),
    # cert-manager
    (manifest("Certificate", "cert-manager.io/v1", "spec: {secretName: t}"), [f"Secret t: {CERTIFICATE}"]),
    (manifest("Certificate", "certmanager.k8s.io/v1alpha1", "spec: {secretName: t}"), [f"Secret t: {CERTIFICATE}"]),
    (
        manifest("Issuer", "cert-manager.io/v1", "spec: {acme: {privateKeySecretRef: {name: t}}}"),
        ["Secret t: tls.key ..."],
    ),
    (
        manifest("Ingress", "networking.k8s.io/v1", "spec: {tls: [{secretName: t}, {secretName: z}]}", ISSUER),
        ["Secret t: tls.crt tls.key ca.crt", "Secret z: tls.crt tls.key ca.crt"],
    ),
    (
        manifest("Ingress", "extensions/v1beta1", "spec: {tls: [{secretName: t}]}", ISSUER),
        ["Secret t: tls.crt tls.key ca.crt"],
    ),
    (manifest("Ingress", "networking.k8s.io/v1", "spec: {tls: [{secretName: t}]}"), []),
    (
        manifest(
            "Gateway",
            "gateway.networking.k8s.io/v1",
            "spec: {listeners: [{tls: {certificateRefs: [{name: t, namespace: m}]}}]}",
            ISSUER,
        ),
        ["Secret m/t: tls.crt tls.key ca.crt"],
    ),
    (
        manifest(
            "Bundle",
            "trust.cert-manager.io/v1alpha1",
            "spec: {target: {configMap: {key: c.pem}, additionalFormats: {jks: {key: c.jks}, pkcs12: {key: c.p12}}}}",
        ),
        ["ConfigMap x: c.pem c.jks c.p12 (everywhere)"],
    ),
    (
        manifest("Bundle", "trust.cert-manager.io/v1alpha1", "spec: {target: {secret: {key: ca.pem}}}"),
        ["Secret x: ca.pem (everywhere)"],
    ),
    (
        manifest(
            "ClusterBundle", "trust-manager.io/v1alpha2", "spec: {target: {configMap: {data: [{key: a}, {key: b}]}}}"
        ),
        ["ConfigMap x: a b (everywhere)"],
    ),
    (
        manifest("ClusterBundle", "trust-manager.io/v1alpha2", "spec: {target: {secret: {data: [{key: a}]}}}"),
        ["Secret x: a (everywhere)"],
    ),
    # platforms
    (
        manifest(
            "Service", "v1", "spec: {}", "name: x, annotations: {service.beta.openshift.io/serving-cert-secret-name: t}"
        ),
        ["Secret t: tls.crt tls.key"],
    ),
    (manifest("Service", "v1", "spec: {externalName: secret}"), []),
    (
        manifest("IAMServiceAccountKey", "iam.cnrm.cloud.google.com/v1beta1", "spec: {}"),
        ["Secret x: key.json ..."],
    ),
    (
        manifest(
            "RedisCache",
            "cache.azure.com/v1api20230801",
            "spec: {operatorSpec: {secrets: {primaryKey: {name: t, key: p}, hostName: {name: t, key: h}},"
            " configMaps: {id: {name: z, key: i}}, secretExpressions: [{name: v, key: e, value: self.x}],"
            " configMapExpressions: [{name: w, key: e, value: self.x}]}}",
        ),
        [
            "Secret t: p ... (shared)",
            "Secret t: h ... (shared)",
            "ConfigMap z: i ... (shared)",
            "Secret v: e ... (shared)",
            "ConfigMap w: e ... (shared)",
        ],
    ),
    (
        manifest(
            "FieldExport",
            "services.k8s.aws/v1alpha1",
            "spec: {to: {name: t, kind: configmap, namespace: m, key: k}}",
        ),
        ["ConfigMap m/t: k ... (shared)"],
    ),
    (
        manifest("FieldExport", "services.k8s.aws/v1alpha1", "spec: {to: {name: t, kind: secret}}"),
        ["Secret t: ... (shared)"],
    ),
    # stores of secrets
    (
        manifest(
            "SecretProviderClass",
            "secrets-store.csi.x-k8s.io/v1",
            "spec: {secretObjects: [{secretName: t, data: [{key: a, objectName: o}]}, {secretName: z}]}",
        ),
        ["Secret t: a", "Secret z:"],
    ),
    *(
        (
            manifest("SecretSync", f"{group}/v1", "spec: {secretObject: {data: [{targetKey: a}]}}"),
            ["Secret x: a ..."],
        )
        for group in ("secret-sync.x-k8s.io", "secret-sync.gke.io")
    ),
    (manifest("OnePasswordItem", "onepassword.com/v1", "spec: {itemPath: p}"), ["Secret x: ..."]),
    (
        manifest("OnePasswordItemList", "onepassword.com/v1", "items: [{metadata: {name: t}}, {metadata: {name: z}}]"),
        ["Secret t: ...", "Secret z: ..."],
    ),
    (
        manifest(
            "Deployment",
            "apps/v1",
            "spec: {template: {spec: {containers: [{name: c, image: a:1.0.0}]}}}",
            "name: x, annotations: {operator.1password.io/item-path: p, operator.1password.io/item-name: t}",
        ),
        ["Secret t: ..."],
    ),
    *(
        (manifest(kind, "secrets.hashicorp.com/v1beta1", "spec: {destination: {name: t}}"), ["Secret t: ..."])
        for kind in ("VaultStaticSecret", "VaultDynamicSecret", "VaultPKISecret", "HCPVaultSecretsApp")
    ),
    (manifest("VaultSecret", "ricoberger.de/v1alpha1", "spec: {templates: {a: x}}"), ["Secret x: a ..."]),
    (
        manifest("VaultSecret", "redhatcop.redhat.io/v1alpha1", "spec: {output: {name: t, stringData: {a: x}}}"),
        ["Secret t: a"],
    ),
    (manifest("Vault", "vault.banzaicloud.com/v1alpha1"), OPERATED),
    (
        manifest(
            "InfisicalSecret",
            "secrets.infisical.com/v1alpha1",
            "spec: {managedSecretReference: {secretName: t, secretNamespace: m},"
            " managedKubeSecretReferences: [{secretName: z, secretNamespace: m}],"
            " managedKubeConfigMapReferences: [{configMapName: w, configMapNamespace: m}]}",
        ),
        ["Secret m/t: ...", "Secret m/z: ...", "ConfigMap m/w: ..."],
    ),
    (
        manifest(
            "InfisicalStaticSecret",
            "secrets.infisical.com/v1beta1",
            "spec: {targets: [{name: t, namespace: m, kind: Secret}, {name: z, namespace: m, kind: ConfigMap}]}",
        ),
        ["ConfigMap m/z: ...", "Secret m/t: ..."],
    ),
    (
        manifest("DopplerSecret", "secrets.doppler.com/v1alpha1", "spec: {managedSecret: {name: t, namespace: m}}"),
        ["Secret m/t: ..."],
    ),
    (
        manifest(
            "SopsSecret",
            "isindir.github.com/v1alpha3",
            "spec: {secretTemplates: [{name: t, stringData: {a: x}, data: {b: t}}]}",
        ),
        ["Secret t: a b"],
    ),
    (manifest("AzureKeyVaultSecret", "spv.no/v2beta1", "spec: {output: {secret: {name: t}}}"), ["Secret t: ..."]),
    (
        manifest("AzureKeyVaultSecret", "spv.no/v2beta1", "spec: {output: {configMap: {name: t}}}"),
        ["ConfigMap t: ..."],
    ),
    (
        manifest(
            "AzureAppConfigurationProvider",
            "azconfig.io/v1",
            "spec: {target: {configMapName: t}, secret: {target: {secretName: z}}}",
        ),
        ["ConfigMap t: ...", "Secret z: ..."],
    ),
    (
        manifest("BitwardenSecret", "k8s.bitwarden.com/v1", "spec: {secretName: t, map: [{secretKeyName: a}]}"),
        ["Secret t: a ..."],
    ),
    (manifest("ClusterSecret", "clustersecret.io/v1", "data: {a: eA==}"), ["Secret x: a ... (everywhere)"]),
    (
        manifest(
            "StringSecret", "secretgenerator.mittwald.de/v1alpha1", "spec: {data: {a: x}, fields: [{fieldName: b}]}"
        ),
        ["Secret x: a b ..."],
    ),
    (manifest("Password", "secretgen.k14s.io/v1alpha1"), ["Secret x: ..."]),
    (manifest("SecretImport", "secretgen.carvel.dev/v1alpha1", "spec: {fromNamespace: m}"), ["Secret x: ..."]),
    (
        manifest(
            "ClusterPolicy",
            "kyverno.io/v1",
            "spec: {rules: [{generate: {kind: ConfigMap, name: t, data: {data: {a: x}}}},"
            " {generate: {kind: Secret, name: z, clone: {name: w, namespace: m}}}, {generate: {kind: Role, name: v}}]}",
        ),
        ["ConfigMap t: a ... (everywhere)", "Secret z: ... (everywhere)"],
    ),
    (
        manifest(
            "ClusterPolicy",
            "kyverno.io/v1",
            "spec: {rules: [{generate: {foreach: [{kind: Secret, name: t, clone: {name: w, namespace: m}},"
            " {kind: ConfigMap, name: z, data: {data: {a: x}}}]}}]}",
        ),
        ["ConfigMap z: a ... (everywhere)", "Secret t: ... (everywhere)"],
    ),
    (
        manifest("ClusterPolicy", "kyverno.io/v1", "spec: {rules: [{generate: {cloneList: {kinds: [v1/Secret]}}}]}"),
        ["ConfigMap *: ... (everywhere)", "Secret *: ... (everywhere)"],
    ),
    (manifest("ClusterPolicy", "kyverno.io/v1", "spec: {rules: [{validate: {message: t}}]}"), []),
    (
        manifest("ObjectBucketClaim", "objectbucket.io/v1alpha1"),
        [
            "ConfigMap x: BUCKET_NAME BUCKET_HOST BUCKET_PORT BUCKET_REGION BUCKET_SUBREGION ...",
            "Secret x: AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY ...",
        ],
    ),
    (
        manifest("BucketAccess", "objectstorage.k8s.io/v1alpha1", "spec: {credentialsSecretName: t}"),
        ["Secret t: ..."],
    ),
    (
        manifest("BucketAccess", "objectstorage.k8s.io/v1alpha2", "spec: {bucketClaims: [{accessSecretName: t}]}"),
        ["Secret t: ..."],
    ),
    (manifest("CephObjectStoreUser", "ceph.rook.io/v1", "spec: {store: s}"), ["Secret rook-ceph-object-user-*-x: ..."]),
    (manifest("CephClient", "ceph.rook.io/v1"), ["Secret rook-ceph-client-x: ..."]),
    (manifest("CephCluster", "ceph.rook.io/v1"), ["ConfigMap rook-*: ...", "Secret rook-*: ..."]),
    (manifest("ServiceBinding", "services.cloud.sap.com/v1"), ["Secret x: ..."]),
    (manifest("ServiceBinding", "servicecatalog.k8s.io/v1beta1", "spec: {secretName: t}"), ["Secret t: ..."]),
    # databases, queues and the rest
    (manifest("KafkaUser", "kafka.strimzi.io/v1beta2"), ["Secret x: ..."]),
    *(
        (manifest(kind, "kafka.strimzi.io/v1beta2"), OPERATED)
        for kind in ("Kafka", "KafkaConnect", "KafkaBridge", "KafkaMirrorMaker2")
    ),
    (manifest("KafkaAccess", "access.strimzi.io/v1alpha1", "spec: {secretName: t}"), ["Secret t: ..."]),
    (
        manifest("Cluster", "postgresql.cnpg.io/v1"),
        [*OPERATED, f"Secret x-app: {POSTGRES_USER}", "ConfigMap cnpg-default-monitoring: ..."],
    ),
    (
        manifest(
            "Cluster",
            "postgresql.cnpg.io/v1",
            "spec: {enableSuperuserAccess: true, bootstrap: {initdb: {secret: {name: t}}}}",
        ),
        [*OPERATED, f"Secret x-superuser: {POSTGRES_USER}", "ConfigMap cnpg-default-monitoring: ..."],
    ),
    (manifest("Cluster", "postgresql.k8s.enterprisedb.io/v1"), OPERATED),
    (
        manifest("postgresql", "acid.zalan.do/v1"),
        ["Secret *.x.credentials*: username password ...", *OPERATED],
    ),
    (
        manifest("PostgresCluster", "postgres-operator.crunchydata.com/v1beta1"),
        [*OPERATED, "ConfigMap pgadmin-*: ...", "Secret pgadmin-*: ..."],
    ),
    (manifest("PostgresUser", "db.movetokube.com/v1alpha1", "spec: {secretName: t}"), ["Secret t*: ..."]),
    (manifest("SGCluster", "stackgres.io/v1"), ["ConfigMap x*: ...", "Secret x*: ..."]),
    (manifest("Postgres", "kubedb.com/v1", "spec: {authSecret: {name: t}}"), OPERATED),
    (
        manifest("PerconaServerMongoDB", "psmdb.percona.com/v1", "spec: {secrets: {users: t}}"),
        [*OPERATED, "ConfigMap internal-x*: ...", "Secret internal-x*: ...", "Secret t: ..."],
    ),
    (
        manifest("PerconaXtraDBCluster", "pxc.percona.com/v1", "spec: {secretsName: t}"),
        [*OPERATED, "ConfigMap internal-x*: ...", "Secret internal-x*: ...", "Secret t: ..."],
    ),
    (
        manifest(
            "MariaDB",
            "k8s.mariadb.com/v1alpha1",
            "spec: {rootPasswordSecretKeyRef: {name: t, key: k, generate: true},"
            " passwordSecretKeyRef: {name: z, key: k, generate: true}}",
        ),
        [*OPERATED, "Secret t: ...", "Secret z: ..."],
    ),
    (
        manifest("MariaDB", "k8s.mariadb.com/v1alpha1", "spec: {rootPasswordSecretKeyRef: {name: t, key: k}}"),
        OPERATED,
    ),
    (manifest("Connection", "k8s.mariadb.com/v1alpha1", "spec: {secretName: t}"), ["Secret t: ..."]),
    (manifest("InnoDBCluster", "mysql.oracle.com/v2"), OPERATED),
    (
        manifest(
            "MongoDBCommunity",
            "mongodbcommunity.mongodb.com/v1",
            "spec: {users: [{name: u, connectionStringSecretName: t, scramCredentialsSecretName: z}]}",
        ),
        [*OPERATED, "Secret t: ...", "Secret z-scram-credentials: ..."],
    ),
    (
        manifest("MongoDBUser", "mongodb.com/v1", "spec: {connectionStringSecretName: t}"),
        ["Secret t: ...", "Secret *-x-*: ..."],
    ),
    (manifest("AtlasDatabaseUser", "atlas.mongodb.com/v1", "spec: {username: u}"), ["Secret *-u: ..."]),
    (manifest("K8ssandraCluster", "k8ssandra.io/v1alpha1"), OPERATED),
    (
        manifest("CassandraDatacenter", "cassandra.datastax.com/v1beta1", "spec: {clusterName: t}"),
        ["ConfigMap t-*: ...", "Secret t-*: ..."],
    ),
    (manifest("RedisEnterpriseCluster", "app.redislabs.com/v1"), ["Secret x: ..."]),
    (
        manifest("RedisEnterpriseDatabase", "app.redislabs.com/v1alpha1", "spec: {databaseSecretName: t}"),
        ["Secret t: ...", "Secret redb-x: ..."],
    ),
    (manifest("RabbitmqCluster", "rabbitmq.com/v1beta1"), OPERATED),
    (manifest("User", "rabbitmq.com/v1beta1"), ["Secret x-user-credentials: ..."]),
    (manifest("Elasticsearch", "elasticsearch.k8s.elastic.co/v1"), OPERATED),
    (manifest("Kibana", "kibana.k8s.elastic.co/v1"), OPERATED),
    (manifest("Tenant", "minio.min.io/v2"), OPERATED),
    (manifest("Keycloak", "k8s.keycloak.org/v2alpha1"), OPERATED),
    (
        manifest("Keycloak", "keycloak.org/v1alpha1"),
        ["Secret credential-*: ...", "Secret keycloak-db-secret: ..."],
    ),
    (manifest("KeycloakClient", "keycloak.org/v1alpha1"), ["Secret keycloak-client-secret-*: ..."]),
    (manifest("ArgoCD", "argoproj.io/v1beta1"), [*OPERATED, "ConfigMap argocd-*: ...", "Secret argocd-*: ..."]),
    (manifest("Grafana", "grafana.integreatly.org/v1beta1"), OPERATED),
    *(
        (manifest(kind, "monitoring.coreos.com/v1"), [f"ConfigMap {prefix}-x*: ...", f"Secret {prefix}-x*: ..."])
        for kind, prefix in (
            ("Prometheus", "prometheus"),
            ("PrometheusAgent", "prom-agent"),
            ("Alertmanager", "alertmanager"),
            ("ThanosRuler", "thanos-ruler"),
        )
    ),
    (manifest("OpenTelemetryCollector", "opentelemetry.io/v1beta1"), ["ConfigMap x-*: ..."]),
    (manifest("Jaeger", "jaegertracing.io/v1"), OPERATED),
    # what runs models, jobs and pipelines
    (
        manifest("InferenceService", "serving.kserve.io/v1beta1"),
        ["ConfigMap modelconfig-x-*: ...", "ConfigMap global-ca-bundle*: ...", "Secret global-ca-bundle*: ..."],
    ),
    (manifest("LLMInferenceService", "serving.kserve.io/v1alpha1"), OPERATED),
    (manifest("MPIJob", "kubeflow.org/v2beta1"), ["ConfigMap x-config: ...", "Secret x-ssh: ..."]),
    (manifest("PyTorchJob", "kubeflow.org/v1"), []),
    (manifest("TrainJob", "trainer.kubeflow.org/v1alpha1"), OPERATED),
    *((manifest(kind, "ray.io/v1"), ["Secret x*: ..."]) for kind in ("RayCluster", "RayJob", "RayService")),
    (manifest("Job", "batch.volcano.sh/v1alpha1"), OPERATED),
    (manifest("Job", "batch/v1"), []),
    (manifest("FlinkDeployment", "flink.apache.org/v1beta1"), ["ConfigMap *x*: ...", "Secret *x*: ..."]),
    (manifest("AutoscalingRunnerSet", "actions.github.com/v1alpha1"), OPERATED),
    (manifest("EventBus", "argoproj.io/v1alpha1"), ["ConfigMap eventbus-x-*: ...", "Secret eventbus-x-*: ..."]),
    (
        manifest("InterStepBufferService", "numaflow.numaproj.io/v1alpha1"),
        ["ConfigMap isbsvc-x-*: ...", "Secret isbsvc-x-*: ..."],
    ),
    (manifest("VMAgent", "operator.victoriametrics.com/v1beta1"), ["ConfigMap v*x*: ...", "Secret v*x*: ..."]),
    (
        manifest("ClickHouseInstallation", "clickhouse.altinity.com/v1"),
        ["ConfigMap chi-x-*: ...", "Secret chi-x-*: ..."],
    ),
    (
        manifest("ClickHouseKeeperInstallation", "clickhouse-keeper.altinity.com/v1"),
        ["ConfigMap chk-x-*: ...", "Secret chk-x-*: ..."],
    ),
    (manifest("Canary", "flagger.app/v1beta1"), ["ConfigMap *-primary: ...", "Secret *-primary: ..."]),
    (manifest("ReplicationSource", "volsync.backube/v1alpha1"), ["Secret volsync-*: ..."]),
    *(
        (manifest("Workflow", "argoproj.io/v1alpha1", f"spec: {{templates: [{step}]}}", "generateName: x-"), expected)
        for step, expected in (
            ("{name: a, resource: {action: create, manifest: t}}", ["ConfigMap *: ...", "Secret *: ..."]),
            ("{name: a, resource: {action: delete, manifest: t}}", []),
            ("{name: a, container: {image: t}}", []),
        )
    ),
    # fields of any kind
    (
        manifest(
            "Instance", "rds.aws.upbound.io/v1beta1", "spec: {writeConnectionSecretToRef: {name: t, namespace: m}}"
        ),
        ["Secret m/t: ..."],
    ),
    (
        manifest(
            "Composition",
            "apiextensions.crossplane.io/v1",
            "spec: {resources: [{base: {spec: {writeConnectionSecretToRef: {name: t}}}}]}",
        ),
        ["Secret t: ..."],
    ),
    (
        manifest("Terraform", "infra.contrib.fluxcd.io/v1alpha2", "spec: {writeOutputsToSecret: {name: t}}"),
        ["Secret t: ..."],
    ),
    (manifest("PostgreSQL", "aiven.io/v1alpha1", "spec: {connInfoSecretTarget: {name: t}}"), ["Secret t: ..."]),
]


@pytest.mark.parametrize(("text", "expected"), ROWS, ids=[text.split("\n")[1][6:] for text, _ in ROWS])
def test_what_is_made(text: str, expected: list[str]) -> None:
    assert made(text) == expected


@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: f"{maker.kinds}-{maker.targets[0]}")
def test_every_row_is_seen_at_work(maker: Maker) -> None:
    assert any(made(text, Makers([maker])) != made(text, NO_MAKERS) for text, _ in ROWS), "ROWS has no case for it"


@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: f"{maker.kinds}-{maker.targets[0]}")
def test_rows_are_well_formed(maker: Maker) -> None:
    assert maker.pattern.count("{}") == 1 or "{" not in maker.pattern
    assert maker.names
    assert all("=" in condition for condition in maker.when)
    assert all(route and " " not in route for route in (*maker.names, *maker.keys, *maker.opens))


def test_a_kind_of_another_group_makes_nothing() -> None:
    assert made(manifest("SealedSecret", "example.com/v1", "spec: {encryptedData: {a: x}}")) == []
    assert made(manifest("Cluster", "cluster.x-k8s.io/v1beta1", "spec: {secretRef: {name: t}}")) == []
    assert made(manifest("Certificate", "notcert-manager.io/v1", "spec: {secretName: t}")) == []


def test_names_and_keys_have_their_places() -> None:
    text = external(f"target: {{name: t}}, {DATA}")
    ((provider,),) = (document.providers for document in read_text(text).documents)
    assert text[provider.name.start : provider.name.end] == "t"
    assert [text[key.span.start : key.span.end] for key in provider.keys] == ["a", "b"]
    assert provider.kind == "ExternalSecret"


@pytest.mark.parametrize(
    "text", [manifest("ConfigMap", "v1", "data: {a: x}"), manifest("Secret", "v1", "data: {a: eA==}")]
)
@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        ("labels: {config.openshift.io/inject-trusted-cabundle: 'true'}", "a ..."),
        ("annotations: {service.beta.openshift.io/inject-cabundle: 'true'}", "a ..."),
        ("annotations: {replicator.v1.mittwald.de/replicate-from: m/t}", "a ..."),
        ("annotations: {reflector.v1.k8s.emberstack.com/reflects: m/t}", "a ..."),
        ("annotations: {secret-generator.v1.mittwald.de/autogenerate: b}", "a ..."),
        ("annotations: {sealedsecrets.bitnami.com/patch: 'true'}", "a (shared)"),
        ("annotations: {replicator.v1.mittwald.de/replicate-to: '.*'}", "a (everywhere)"),
        ("annotations: {reflector.v1.k8s.emberstack.com/reflection-auto-enabled: 'true'}", "a (everywhere)"),
        ("annotations: {kubed.appscode.com/sync: ''}", "a (everywhere)"),
        ("annotations: {example.com/other: ''}", "a"),
    ],
)
def test_marks_of_controllers(text: str, mark: str, expected: str) -> None:
    kind = "ConfigMap" if "ConfigMap" in text else "Secret"
    assert made(text.replace("name: x", f"name: x, {mark}")) == [f"{kind} x: {expected}"]


def test_a_token_is_filled_in() -> None:
    token = "type: kubernetes.io/service-account-token"
    metadata = "name: x, annotations: {kubernetes.io/service-account.name: t}"
    assert made(manifest("Secret", "v1", token, metadata)) == ["Secret x: ca.crt namespace token"]


SOPS = """\
apiVersion: v1
kind: {kind}
metadata:
  name: x
{field}:
  a: ENC[AES256_GCM,data:4BWpA==,iv:xx=,tag:yy==,type:str]
  b: ENC[AES256_GCM,data:4BWpA==,iv:xx=,tag:yy==,type:str]
sops:
  age: []
  lastmodified: "2024-01-01T00:00:00Z"
  mac: ENC[AES256_GCM,data:x,iv:t,tag:z,type:str]
  version: 3.9.0
"""


@pytest.mark.parametrize(("kind", "field"), [("Secret", "data"), ("Secret", "stringData"), ("ConfigMap", "data")])
def test_what_sops_encrypts_keeps_its_keys(kind: str, field: str) -> None:
    text = SOPS.format(kind=kind, field=field)
    (document,) = read_text(text).documents
    assert ([said(provider) for provider in document.providers], document.faults) == ([f"{kind} x: a b"], ())
    (document,) = read_text(text.replace("  mac:", "  macs:")).documents
    assert "sops" in [fault.path for fault in document.faults]
    (document,) = read_text(text.replace("  b:", "  a:")).documents
    assert [fault.code for fault in document.faults] == ["repeated-key"]


# resolution


def resolve(files: dict[str, str]) -> Resolution:
    """What the only reference in the files leads to."""
    bundle = Bundle(Material(files=[(path, read_text(text)) for path, text in files.items()]))
    ((reference, placed),) = [(r, p) for p in bundle.placed for r in references_of(p) if p.document.kind == "Pod"]
    return bundle.resolver.resolve(reference, placed)


def pod(name: str, key: str, namespace: str = "") -> str:
    where = f", namespace: {namespace}" if namespace else ""
    env = f"env: [{{name: X, valueFrom: {{secretKeyRef: {{name: {name}, key: {key}}}}}}}]"
    body = f"spec: {{containers: [{{name: c, image: app:1.0.0, {env}}}]}}"
    return manifest("Pod", "v1", body, f"name: p{where}")


SECRET = manifest("Secret", "v1", "stringData: {a: x}", "name: db")


def test_several_hands_on_one_secret_prove_nothing() -> None:
    merge = external("target: {name: db, creationPolicy: Merge}, data: [{secretKey: b}]")
    assert len(resolve({"pod.yaml": pod("db", "b"), "db.yaml": SECRET}).lacking("b")) == 1
    resolution = resolve({"pod.yaml": pod("db", "b"), "db.yaml": SECRET, "more.yaml": merge})
    assert (resolution.status, resolution.sure, resolution.lacking("c")) == ("found", False, ())
    assert resolve({"pod.yaml": pod("db", "b"), "more.yaml": merge}).status == "found"


def test_a_name_comes_before_a_pattern_that_it_matches() -> None:
    cluster = manifest("Kafka", "kafka.strimzi.io/v1beta2", metadata="name: shop")
    text = pod("shop-db", "b").replace("secretKeyRef", "configMapKeyRef")
    config = manifest("ConfigMap", "v1", "data: {a: x}", "name: shop-db")
    assert resolve({"pod.yaml": text, "kafka.yaml": cluster}).lacking("b") == ()
    resolution = resolve({"pod.yaml": text, "kafka.yaml": cluster, "config.yaml": config})
    assert [definition.placed.path for definition in resolution.lacking("b")] == ["config.yaml"]
    other = {"a/pod.yaml": text, "a/kafka.yaml": cluster, "b/config.yaml": config}
    assert resolve(other).lacking("b") == ()


def test_a_secret_that_an_operator_may_fill_proves_nothing() -> None:
    cluster = manifest("Cluster", "postgresql.cnpg.io/v1", metadata="name: pg")
    begun = {"pod.yaml": pod("pg-app", "b"), "secret.yaml": SECRET.replace("db", "pg-app")}
    assert len(resolve(begun).lacking("b")) == 1
    assert resolve({**begun, "pg.yaml": cluster}).lacking("b") == ()


def test_a_copied_secret_is_in_all_namespaces() -> None:
    copied = SECRET.replace("name: db", "name: db, namespace: infra, annotations: {kubed.appscode.com/sync: ''}")
    assert resolve({"pod.yaml": pod("db", "a", "shop"), "db.yaml": copied}).status == "found"
    assert (
        resolve({"pod.yaml": pod("db", "a", "shop"), "db.yaml": copied.replace("kubed", "x")}).status
        == "wrong-namespace"
    )


# configuration

CLAIM = manifest(
    "DatabaseClaim", "example.com/v1", "spec: {credentials: {name: shop-db}, fields: [{key: a}], more: {b: {}}}"
)
SETTING = """\
providers:
  - kind: DatabaseClaim
    group: example.com
    names: [spec.credentials.name, metadata.name]
    keys: ["spec.fields[].key", spec.more]
    open: false
"""


def found(folder: Path, setting: str, *keys: str) -> list[str]:
    pods = "---\n".join(pod("shop-db", key) for key in keys)
    write(folder, {".cmlint.yaml": setting, "all.yaml": f"{CLAIM}---\n{SECRET.replace('db', 'shop-dba')}---\n{pods}"})
    return [line.split("[")[1] for line in concise(lint(folder))]


def test_a_project_says_what_its_own_controllers_make(tmp_path: Path) -> None:
    assert [line[:14] for line in found(tmp_path, "{}", "a")] == ["missing-secret"]
    assert found(tmp_path, SETTING, "a", "b") == []
    assert found(tmp_path, SETTING, "c") == ["missing-secret-key] the Secret `shop-db` has no key `c`"]
    assert found(tmp_path, SETTING.replace("false", "true"), "c") == []
    assert [line[:14] for line in found(tmp_path, f"{SETTING}    target: ConfigMap\n", "a")] == ["missing-secret"]


@pytest.mark.parametrize(
    ("setting", "place", "message"),
    [
        ("providers: DatabaseClaim", "1:12", "`providers` must be a list of mappings, but it is a string"),
        ("providers: [DatabaseClaim]", "1:13", "`providers[0]` must be a mapping, but it is a string"),
        ("providers: [{kind: X}]", "1:13", "`providers[0].group` must be set"),
        ("providers: [{kind: X, group: x, key: [a]}]", "1:33", "unknown setting `providers[0].key`"),
        (
            "providers: [{kind: X, group: x, open: 1}]",
            "1:39",
            "`providers[0].open` must be a boolean, but it is a number",
        ),
        ("providers: [{kind: X, group: x, target: secret}]", "1:41", "`providers[0].target` cannot be `secret`"),
        ("providers: [{kind: X, group: x, names: [a..b]}]", "1:41", "`a..b` is not a field path"),
        ("providers: [{kind: X, group: x, keys: ['$.a']}]", "1:40", "`$.a` is not a field path"),
    ],
)
def test_a_wrong_setting_is_told_with_its_place(tmp_path: Path, setting: str, place: str, message: str) -> None:
    write(tmp_path, {".cmlint.yaml": setting})
    with inside(tmp_path), pytest.raises(FatalError) as told:
        loaded(".cmlint.yaml")
    assert str(told.value).startswith(f".cmlint.yaml:{place}: {message}")


# Flux


def test_flux_names_what_it_substitutes_and_what_values_it_takes() -> None:
    text = (
        manifest(
            "Kustomization",
            "kustomize.toolkit.fluxcd.io/v1",
            "spec: {postBuild: {substituteFrom: [{kind: ConfigMap, name: t}, {kind: Secret, name: z, optional: yes}]}}",
        )
        + "---\n"
        + manifest(
            "HelmRelease",
            "helm.toolkit.fluxcd.io/v2",
            "spec: {valuesFrom: [{kind: ConfigMap, name: t, valuesKey: k}, {kind: OCIRepository, name: v}, x]}",
        )
    )
    found = [
        (
            reference.target,
            reference.name.value,
            [key.value for key in reference.keys],
            reference.optional,
            reference.via,
        )
        for document in read_text(text).documents
        for reference in document.references
    ]
    assert found == [
        ("ConfigMap", "t", [], False, "field"),
        ("Secret", "z", [], True, "field"),
        ("ConfigMap", "t", ["k"], False, "field"),
    ]


def test_a_broken_maker_outside_the_ground_is_left_alone() -> None:
    text = manifest("Kafka", "kafka.strimzi.io/v1beta2", "spec:\n  a: [")
    facts = read_text(text)
    assert (facts.documents, [other.kind for other in facts.others]) == ((), ["Kafka"])
    assert len(read_text(text.replace("a: [", "a: [secret")).documents) == 1
