"""Kinds from which a controller makes ConfigMaps or Secrets: a table of where each says their names and keys.

A route is a dotted way of field names: `[]` walks a list, `*` all values of a mapping, and `@name` leads to an
annotation. A route to a mapping gives its keys. Where a controller's documentation leaves it open which keys there
will be, the key set is open.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import msgspec
from msgspec.structs import replace

from cmlint.kube.fields import is_built_in
from cmlint.model.facts import Target

BOTH: tuple[Target, ...] = ("ConfigMap", "Secret")
CONFIG_MAP: tuple[Target, ...] = ("ConfigMap",)
SECRET: tuple[Target, ...] = ("Secret",)
OWN = ("metadata.name",)
ANY = "*"
"""Matches every kind of a group."""


class Maker(msgspec.Struct, frozen=True):
    """One way in which some kinds of an API group, or of one below it, make a provider.

    `kinds` are separated by blanks. `each` leads to what makes one provider each, and all other routes begin there but
    those to annotations. `names` lead to its name, the first that leads somewhere counts; `pattern` builds the name
    from that, and may hold `*`. `keys` lead to keys, `fixed` are always there, `opens` are routes whose presence makes
    the key set open. It is made only if every condition in `when` holds: `route=value|value`, where no value is
    for an absent field, `*` for a present one, and of several routes, separated by commas, one must do. `shared` says
    that others add keys to the same object.
    """

    kinds: str
    group: str
    targets: tuple[Target, ...] = SECRET
    names: tuple[str, ...] = OWN
    each: str = ""
    pattern: str = "{}"
    keys: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    open: bool = True
    namespace: str = ""
    everywhere: bool = False
    shared: bool = False


def external_secrets(kind: str, spec: str, names: tuple[str, ...], *, everywhere: bool) -> Iterable[Maker]:
    """The rows of a kind that holds the spec of an ExternalSecret.

    A template replaces the keys that were fetched unless it is merged with them; a policy of `None` makes nothing, one
    of `Merge` adds to an object that exists.
    """
    target = f"{spec}.target"
    fetched, from_all = f"{spec}.data[].secretKey", f"{spec}.dataFrom"
    made, template = f"{target}.template.data", f"{target}.template.templateFrom"
    common = Maker(kind, "external-secrets.io", names=names, open=False, everywhere=everywhere)
    owned = f"{target}.creationPolicy=|Owner|Orphan"
    plain, merged, replaced = (
        f"{made}=",
        f"{target}.template.mergePolicy=Merge",
        f"{target}.template.mergePolicy=|Replace",
    )
    secret = f"{target}.manifest="
    yield replace(common, keys=(fetched,), opens=(from_all, template), when=(owned, secret, plain))
    yield replace(common, keys=(fetched, made), opens=(from_all, template), when=(owned, secret, f"{made}=*", merged))
    yield replace(common, keys=(made,), opens=(template,), when=(owned, secret, f"{made}=*", replaced))
    adding = f"{target}.creationPolicy=Merge|CreateOrMerge"
    yield replace(common, keys=(fetched, made), open=True, shared=True, when=(adding, secret))
    yield replace(common, targets=CONFIG_MAP, open=True, when=(f"{target}.manifest.kind=ConfigMap",))


def of_certificate(kinds: str, group: str, when: str, each: str, name: str, *, namespace: str = "") -> Maker:
    """What cert-manager makes for an object that asks for a certificate by annotation."""
    return Maker(kinds, group, SECRET, (name,), each, fixed=CERTIFICATE, when=(when,), open=False, namespace=namespace)


CERTIFICATE = ("tls.crt", "tls.key", "ca.crt")
POSTGRES_USER = (
    *("username", "user", "password", "dbname", "host", "port", "pgpass"),
    *("uri", "jdbc-uri", "fqdn-uri", "fqdn-jdbc-uri"),
)
ISSUED = (
    "@cert-manager.io/cluster-issuer,@cert-manager.io/issuer,@certmanager.k8s.io/cluster-issuer,"
    "@certmanager.k8s.io/issuer,@kubernetes.io/tls-acme=*"
)

MAKERS = (
    # https://github.com/bitnami-labs/sealed-secrets: pkg/apis/sealedsecrets/v1alpha1/sealedsecret_expansion.go
    Maker(
        "SealedSecret",
        "bitnami.com",
        keys=("spec.encryptedData", "spec.template.data"),
        opens=("spec.data",),
        open=False,
    ),
    # https://external-secrets.io/latest/api/externalsecret/
    *external_secrets("ExternalSecret", "spec", ("spec.target.name", "metadata.name"), everywhere=False),
    # https://external-secrets.io/latest/api/clusterexternalsecret/
    *external_secrets(
        "ClusterExternalSecret",
        "spec.externalSecretSpec",
        ("spec.externalSecretSpec.target.name", "spec.externalSecretName", "metadata.name"),
        everywhere=True,
    ),
    # https://docs.siderolabs.com/talos/latest/kubernetes-guides/advanced-guides/talos-api-access-from-k8s
    Maker("ServiceAccount", "talos.dev", fixed=("config",)),
    # https://github.com/external-secrets/kubernetes-external-secrets
    Maker(
        "ExternalSecret",
        "kubernetes-client.io",
        keys=("spec.data[].name",),
        opens=("spec.dataFrom", "spec.template"),
        open=False,
    ),
    # https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.Certificate
    *(
        Maker(
            "Certificate",
            group,
            names=("spec.secretName",),
            fixed=(
                *CERTIFICATE,
                *("keystore.jks", "truststore.jks", "keystore.p12", "truststore.p12", "key.der", "tls-combined.pem"),
            ),
            open=False,
        )
        for group in ("cert-manager.io", "certmanager.k8s.io")
    ),
    Maker("Issuer ClusterIssuer", "cert-manager.io", names=("spec.acme.privateKeySecretRef.name",), fixed=("tls.key",)),
    # https://cert-manager.io/docs/usage/ingress/ and https://cert-manager.io/docs/usage/gateway/
    of_certificate("Ingress", "networking.k8s.io", ISSUED, "spec.tls[]", "secretName"),
    of_certificate("Ingress", "extensions", ISSUED, "spec.tls[]", "secretName"),
    of_certificate(
        "Gateway",
        "gateway.networking.k8s.io",
        ISSUED,
        "spec.listeners[].tls.certificateRefs[]",
        "name",
        namespace="namespace",
    ),
    # https://cert-manager.io/docs/trust/trust-manager/
    *(
        Maker(
            "Bundle",
            "trust.cert-manager.io",
            targets,
            keys=(f"spec.target.{field}.key", "spec.target.additionalFormats.*.key"),
            when=(f"spec.target.{field}=*",),
            open=False,
            everywhere=True,
        )
        for targets, field in ((CONFIG_MAP, "configMap"), (SECRET, "secret"))
    ),
    *(
        Maker(
            "ClusterBundle",
            "trust-manager.io",
            targets,
            keys=(f"spec.target.{field}.data[].key",),
            when=(f"spec.target.{field}=*",),
            open=False,
            everywhere=True,
        )
        for targets, field in ((CONFIG_MAP, "configMap"), (SECRET, "secret"))
    ),
    # https://docs.openshift.com/container-platform/latest/security/certificates/service-serving-certificate.html
    Maker(
        "Service",
        "",
        names=(
            "@service.beta.openshift.io/serving-cert-secret-name",
            "@service.alpha.openshift.io/serving-cert-secret-name",
        ),
        fixed=("tls.crt", "tls.key"),
        open=False,
    ),
    # https://secrets-store-csi-driver.sigs.k8s.io/topics/sync-as-kubernetes-secret
    Maker(
        "SecretProviderClass",
        "secrets-store.csi.x-k8s.io",
        names=("secretName",),
        each="spec.secretObjects[]",
        keys=("data[].key",),
        open=False,
    ),
    # https://github.com/kubernetes-sigs/secrets-store-sync-controller
    Maker("SecretSync", "secret-sync.x-k8s.io", keys=("spec.secretObject.data[].targetKey",)),
    Maker("SecretSync", "secret-sync.gke.io", keys=("spec.secretObject.data[].targetKey",)),
    # https://developer.1password.com/docs/k8s/operator
    Maker("OnePasswordItem", "onepassword.com"),
    Maker("OnePasswordItemList", "onepassword.com", each="items[]"),
    Maker("Deployment", "apps", names=("@operator.1password.io/item-name",)),
    # https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/api-reference
    Maker(
        "VaultStaticSecret VaultDynamicSecret VaultPKISecret HCPVaultSecretsApp",
        "secrets.hashicorp.com",
        names=("spec.destination.name",),
    ),
    # https://github.com/ricoberger/vault-secrets-operator
    Maker("VaultSecret", "ricoberger.de", keys=("spec.templates",)),
    # https://github.com/redhat-cop/vault-config-operator/blob/main/docs/secret-management.md
    Maker(
        "VaultSecret", "redhatcop.redhat.io", names=("spec.output.name",), keys=("spec.output.stringData",), open=False
    ),
    # https://bank-vaults.dev/docs/operator/
    Maker("Vault", "vault.banzaicloud.com", BOTH, pattern="{}-*"),
    # https://infisical.com/docs/integrations/platforms/kubernetes/overview
    Maker(
        "InfisicalSecret InfisicalDynamicSecret",
        "secrets.infisical.com",
        names=("spec.managedSecretReference.secretName",),
        namespace="spec.managedSecretReference.secretNamespace",
    ),
    Maker(
        "InfisicalSecret",
        "secrets.infisical.com",
        names=("secretName",),
        each="spec.managedKubeSecretReferences[]",
        namespace="secretNamespace",
    ),
    Maker(
        "InfisicalSecret",
        "secrets.infisical.com",
        CONFIG_MAP,
        ("configMapName",),
        "spec.managedKubeConfigMapReferences[]",
        namespace="configMapNamespace",
    ),
    *(
        Maker(
            "InfisicalStaticSecret",
            "secrets.infisical.com",
            (target,),
            ("name",),
            "spec.targets[]",
            when=(f"kind={target}",),
            namespace="namespace",
        )
        for target in BOTH
    ),
    # https://docs.doppler.com/docs/kubernetes-operator
    Maker(
        "DopplerSecret",
        "secrets.doppler.com",
        names=("spec.managedSecret.name",),
        namespace="spec.managedSecret.namespace",
    ),
    # https://github.com/isindir/sops-secrets-operator
    Maker(
        "SopsSecret",
        "isindir.github.com",
        names=("name",),
        each="spec.secretTemplates[]",
        keys=("stringData", "data"),
        open=False,
    ),
    # https://akv2k8s.io/reference/azure-key-vault-secret/
    Maker("AzureKeyVaultSecret", "spv.no", names=("spec.output.secret.name",)),
    Maker("AzureKeyVaultSecret", "spv.no", CONFIG_MAP, ("spec.output.configMap.name",)),
    # https://learn.microsoft.com/azure/azure-app-configuration/reference-kubernetes-provider
    Maker("AzureAppConfigurationProvider", "azconfig.io", CONFIG_MAP, ("spec.target.configMapName",)),
    Maker("AzureAppConfigurationProvider", "azconfig.io", names=("spec.secret.target.secretName",)),
    # https://azure.github.io/azure-service-operator/guide/operatorspec
    Maker(ANY, "azure.com", SECRET, ("name",), "spec.operatorSpec.secrets.*", keys=("key",), shared=True),
    Maker(ANY, "azure.com", CONFIG_MAP, ("name",), "spec.operatorSpec.configMaps.*", keys=("key",), shared=True),
    Maker(ANY, "azure.com", SECRET, ("name",), "spec.operatorSpec.secretExpressions[]", keys=("key",), shared=True),
    Maker(
        ANY, "azure.com", CONFIG_MAP, ("name",), "spec.operatorSpec.configMapExpressions[]", keys=("key",), shared=True
    ),
    # https://aws-controllers-k8s.github.io/community/docs/user-docs/field-export/
    *(
        Maker(
            "FieldExport",
            "services.k8s.aws",
            (target,),
            ("spec.to.name",),
            keys=("spec.to.key",),
            when=(f"spec.to.kind={target.lower()}|{target}",),
            namespace="spec.to.namespace",
            shared=True,
        )
        for target in BOTH
    ),
    # https://cloud.google.com/config-connector/docs/reference/resource-docs/iam/iamserviceaccountkey
    Maker("IAMServiceAccountKey", "iam.cnrm.cloud.google.com", fixed=("key.json",)),
    # https://bitwarden.com/help/secrets-manager-kubernetes-operator/
    Maker("BitwardenSecret", "k8s.bitwarden.com", names=("spec.secretName",), keys=("spec.map[].secretKeyName",)),
    # https://github.com/zakkg3/ClusterSecret
    Maker("ClusterSecret", "clustersecret.io", keys=("data", "stringData"), everywhere=True),
    # https://github.com/mittwald/kubernetes-secret-generator
    Maker(
        "StringSecret BasicAuth SSHKeyPair",
        "secretgenerator.mittwald.de",
        keys=("spec.data", "spec.fields[].fieldName"),
    ),
    # https://github.com/carvel-dev/secretgen-controller/tree/develop/docs
    Maker("Password Certificate RSAKey SSHKey", "secretgen.k14s.io"),
    Maker("SecretImport SecretTemplate", "secretgen.carvel.dev"),
    # https://kyverno.io/docs/policy-types/cluster-policy/generate/
    *(
        Maker(
            "ClusterPolicy Policy",
            "kyverno.io",
            (target,),
            ("name",),
            each,
            keys=("data.data", "data.stringData"),
            when=(f"kind={target}",),
            everywhere=True,
        )
        for each in ("spec.rules[].generate", "spec.rules[].generate.foreach[]")
        for target in BOTH
    ),
    Maker(
        "ClusterPolicy Policy",
        "kyverno.io",
        BOTH,
        pattern="*",
        when=("spec.rules[].generate.cloneList,spec.rules[].generate.foreach[].cloneList=*",),
        everywhere=True,
    ),
    # https://docs.redhat.com/en/documentation/red_hat_openshift_data_foundation: object bucket claims
    Maker(
        "ObjectBucketClaim",
        "objectbucket.io",
        CONFIG_MAP,
        fixed=("BUCKET_NAME", "BUCKET_HOST", "BUCKET_PORT", "BUCKET_REGION", "BUCKET_SUBREGION"),
    ),
    Maker("ObjectBucketClaim", "objectbucket.io", fixed=("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")),
    # https://github.com/kubernetes-sigs/container-object-storage-interface
    Maker("BucketAccess", "objectstorage.k8s.io", names=("spec.credentialsSecretName",)),
    Maker("BucketAccess", "objectstorage.k8s.io", names=("accessSecretName",), each="spec.bucketClaims[]"),
    # https://rook.io/docs/rook/latest/CRDs/Object-Storage/ceph-object-store-user-crd/
    Maker("CephObjectStoreUser", "ceph.rook.io", pattern="rook-ceph-object-user-*-{}"),
    Maker("CephClient", "ceph.rook.io", pattern="rook-ceph-client-{}"),
    Maker("CephCluster", "ceph.rook.io", BOTH, pattern="rook-*"),
    # https://help.sap.com/docs/service-manager and https://svc-cat.io/docs/resources/
    Maker("ServiceBinding", "services.cloud.sap.com", names=("spec.secretName", "metadata.name")),
    Maker("ServiceBinding", "servicecatalog.k8s.io", names=("spec.secretName", "metadata.name")),
    # https://strimzi.io/docs/operators/latest/deploying: the names end in what KafkaResources.java lists
    Maker("KafkaUser", "kafka.strimzi.io"),
    Maker("Kafka KafkaConnect KafkaBridge KafkaMirrorMaker2", "kafka.strimzi.io", BOTH, pattern="{}-*"),
    # https://github.com/strimzi/kafka-access-operator
    Maker("KafkaAccess", "access.strimzi.io", names=("spec.secretName", "metadata.name")),
    # https://cloudnative-pg.io/documentation/current/applications/
    Maker("Cluster Pooler", "postgresql.cnpg.io", BOTH, pattern="{}-*"),
    # https://github.com/cloudnative-pg/cloudnative-pg: `CreateSecret` in pkg/specs/secrets.go, for users of its own
    Maker(
        "Cluster",
        "postgresql.cnpg.io",
        pattern="{}-app",
        fixed=POSTGRES_USER,
        when=tuple(f"spec.bootstrap.{way}.secret=" for way in ("initdb", "recovery", "pg_basebackup")),
        open=False,
    ),
    Maker(
        "Cluster",
        "postgresql.cnpg.io",
        pattern="{}-superuser",
        fixed=POSTGRES_USER,
        when=("spec.enableSuperuserAccess=true", "spec.superuserSecret="),
        open=False,
    ),
    Maker("Cluster Pooler", "postgresql.k8s.enterprisedb.io", BOTH, pattern="{}-*"),
    Maker("Cluster", "postgresql.cnpg.io", CONFIG_MAP, pattern="cnpg-default-monitoring"),
    # https://postgres-operator.readthedocs.io/en/latest/user/
    Maker("postgresql", "acid.zalan.do", pattern="*.{}.credentials*", fixed=("username", "password")),
    Maker("postgresql", "acid.zalan.do", BOTH, pattern="{}-*"),
    # https://access.crunchydata.com/documentation/postgres-operator/latest: names in internal/naming/names.go
    Maker("PostgresCluster PGAdmin", "postgres-operator.crunchydata.com", BOTH, pattern="{}-*"),
    Maker("PostgresCluster PGAdmin", "postgres-operator.crunchydata.com", BOTH, pattern="pgadmin-*"),
    # https://github.com/movetokube/postgres-operator
    Maker("PostgresUser", "db.movetokube.com", names=("spec.secretName",), pattern="{}*"),
    # https://stackgres.io/doc/latest/, https://kubedb.com/docs/latest/
    Maker("SGCluster", "stackgres.io", BOTH, pattern="{}*"),
    Maker(ANY, "kubedb.com", BOTH, pattern="{}-*"),
    # https://docs.percona.com/percona-operators/
    *(
        Maker(
            kinds="PerconaServerMongoDB PerconaXtraDBCluster PerconaServerMySQL PerconaPGCluster",
            group="percona.com",
            targets=BOTH,
            names=OWN,
            each="",
            pattern=p,
        )
        for p in ("{}-*", "internal-{}*")
    ),
    Maker("PerconaXtraDBCluster PerconaServerMySQL", "percona.com", names=("spec.secretsName",)),
    Maker("PerconaServerMongoDB", "percona.com", names=("spec.secrets.users",)),
    # https://github.com/mariadb-operator/mariadb-operator
    Maker("MariaDB MaxScale", "k8s.mariadb.com", BOTH, pattern="{}-*"),
    *(
        Maker("MariaDB", "k8s.mariadb.com", names=(f"spec.{field}.name",), when=(f"spec.{field}.generate=true",))
        for field in ("rootPasswordSecretKeyRef", "passwordSecretKeyRef")
    ),
    Maker("Connection", "k8s.mariadb.com", names=("spec.secretName", "metadata.name")),
    # https://dev.mysql.com/doc/mysql-operator/en/
    Maker("InnoDBCluster", "mysql.oracle.com", BOTH, pattern="{}-*"),
    # https://github.com/mongodb/mongodb-kubernetes-operator
    Maker("MongoDBCommunity MongoDB MongoDBOpsManager", "mongodb.com", BOTH, pattern="{}-*"),
    Maker("MongoDBCommunity", "mongodb.com", names=("connectionStringSecretName",), each="spec.users[]"),
    Maker(
        "MongoDBCommunity",
        "mongodb.com",
        names=("scramCredentialsSecretName",),
        each="spec.users[]",
        pattern="{}-scram-credentials",
    ),
    Maker("MongoDBUser", "mongodb.com", names=("spec.connectionStringSecretName",)),
    Maker("MongoDBUser", "mongodb.com", pattern="*-{}-*"),
    # https://www.mongodb.com/docs/atlas/operator/
    Maker("AtlasDatabaseUser", "atlas.mongodb.com", names=("spec.username",), pattern="*-{}"),
    # https://docs.k8ssandra.io/
    Maker("K8ssandraCluster", "k8ssandra.io", BOTH, pattern="{}-*"),
    Maker("CassandraDatacenter", "datastax.com", BOTH, ("spec.clusterName", "metadata.name"), pattern="{}-*"),
    # https://redis.io/docs/latest/operate/kubernetes/security/manage-rec-credentials/
    Maker("RedisEnterpriseCluster", "app.redislabs.com"),
    Maker("RedisEnterpriseDatabase", "app.redislabs.com", names=("spec.databaseSecretName",)),
    Maker("RedisEnterpriseDatabase", "app.redislabs.com", pattern="redb-{}"),
    # https://www.rabbitmq.com/kubernetes/operator/using-operator
    Maker("RabbitmqCluster", "rabbitmq.com", BOTH, pattern="{}-*"),
    Maker("User", "rabbitmq.com", pattern="{}-user-credentials"),
    # https://www.elastic.co/docs/deploy-manage/deploy/cloud-on-k8s
    Maker(
        "Elasticsearch Kibana ApmServer EnterpriseSearch Beat Agent Logstash ElasticMapsServer PackageRegistry",
        "k8s.elastic.co",
        BOTH,
        pattern="{}-*",
    ),
    # https://github.com/minio/operator
    Maker("Tenant", "minio.min.io", BOTH, pattern="{}-*"),
    # https://www.keycloak.org/operator/basic-deployment
    Maker("Keycloak", "k8s.keycloak.org", BOTH, pattern="{}-*"),
    Maker("Keycloak KeycloakUser", "keycloak.org", pattern="credential-*", when=("apiVersion=keycloak.org/v1alpha1",)),
    Maker("Keycloak", "keycloak.org", pattern="keycloak-db-secret", when=("apiVersion=keycloak.org/v1alpha1",)),
    Maker("KeycloakClient", "keycloak.org", pattern="keycloak-client-secret-*"),
    # https://argocd-operator.readthedocs.io/
    Maker("ArgoCD", "argoproj.io", BOTH, pattern="{}-*"),
    Maker("ArgoCD", "argoproj.io", BOTH, pattern="argocd-*"),
    # https://grafana.github.io/grafana-operator/
    Maker("Grafana", "integreatly.org", BOTH, pattern="{}-*"),
    # https://prometheus-operator.dev/docs/
    *(
        Maker(kind, "monitoring.coreos.com", BOTH, pattern=pattern)
        for kind, pattern in (
            ("Prometheus", "prometheus-{}*"),
            ("PrometheusAgent", "prom-agent-{}*"),
            ("Alertmanager", "alertmanager-{}*"),
            ("ThanosRuler", "thanos-ruler-{}*"),
        )
    ),
    # https://github.com/open-telemetry/opentelemetry-operator, https://github.com/jaegertracing/jaeger-operator
    Maker("OpenTelemetryCollector TargetAllocator OpAMPBridge", "opentelemetry.io", CONFIG_MAP, pattern="{}-*"),
    Maker("Jaeger", "jaegertracing.io", BOTH, pattern="{}-*"),
    # https://github.com/kserve/kserve: `ModelConfigName` in pkg/constants/constants.go, and the bundles of certificates
    # in pkg/controller/v1beta1/inferenceservice/reconcilers
    Maker("InferenceService", "serving.kserve.io", CONFIG_MAP, pattern="modelconfig-{}-*"),
    Maker("InferenceService", "serving.kserve.io", BOTH, pattern="global-ca-bundle*"),
    # https://github.com/kubeflow/mpi-operator: pkg/controller/mpi_job_controller.go
    Maker("MPIJob", "kubeflow.org", CONFIG_MAP, pattern="{}-config"),
    Maker("MPIJob", "kubeflow.org", pattern="{}-ssh"),
    # https://github.com/kubeflow/trainer: manifests/base/rbac/role.yaml; the objects belong to the job
    Maker("TrainJob", "trainer.kubeflow.org", BOTH, pattern="{}-*"),
    # https://github.com/ray-project/kuberay: ray-operator/config/rbac/role.yaml (the tokens of clusters)
    Maker("RayCluster RayJob RayService RayCronJob", "ray.io", pattern="{}*"),
    # https://github.com/volcano-sh/volcano: pkg/controllers/job/plugins/svc/svc.go and those beside it
    Maker("Job", "batch.volcano.sh", BOTH, pattern="{}-*"),
    # https://nightlies.apache.org/flink/flink-docs-stable/docs/deployment/resource-providers/native_kubernetes/
    Maker("FlinkDeployment", "flink.apache.org", BOTH, pattern="*{}*"),
    Maker("LLMInferenceService", "serving.kserve.io", BOTH, pattern="{}-*"),
    # https://github.com/actions/actions-runner-controller: controllers/actions.github.com/resourcebuilder.go
    Maker("AutoscalingRunnerSet EphemeralRunnerSet EphemeralRunner", "actions.github.com", BOTH, pattern="{}-*"),
    # https://github.com/argoproj/argo-events: pkg/reconciler/eventbus/installer
    Maker("EventBus", "argoproj.io", BOTH, pattern="eventbus-{}-*"),
    # https://github.com/numaproj/numaflow: pkg/reconciler/isbsvc/installer
    Maker("InterStepBufferService", "numaflow.numaproj.io", BOTH, pattern="isbsvc-{}-*"),
    # https://docs.victoriametrics.com/operator/resources/: what is made is called after the kind and the object
    Maker(
        "VMAgent VMAlert VMAlertmanager VMAuth VMCluster VMSingle VMUser VLSingle VLAgent VLCluster VMAnomaly",
        "operator.victoriametrics.com",
        BOTH,
        pattern="v*{}*",
    ),
    # https://github.com/Altinity/clickhouse-operator: pkg/model/chi/namer, pkg/model/chk/namer
    Maker("ClickHouseInstallation", "altinity.com", BOTH, pattern="chi-{}-*"),
    Maker("ClickHouseKeeperInstallation", "altinity.com", BOTH, pattern="chk-{}-*"),
    # https://github.com/fluxcd/flagger: pkg/canary/config_tracker.go
    Maker("Canary", "flagger.app", BOTH, pattern="*-primary"),
    # https://github.com/backube/volsync: the keys of movers, in controllers/mover
    Maker("ReplicationSource ReplicationDestination", "volsync.backube", pattern="volsync-*"),
    # https://argo-workflows.readthedocs.io/en/latest/walk-through/kubernetes-resources/: a step makes what it is given
    Maker(
        "Workflow WorkflowTemplate ClusterWorkflowTemplate CronWorkflow",
        "argoproj.io",
        BOTH,
        ("metadata.name", "metadata.generateName"),
        pattern="*",
        when=("spec.templates[].resource.action,spec.workflowSpec.templates[].resource.action=create|apply|patch",),
    ),
)

FIELDS = frozenset(
    (
        # https://docs.crossplane.io/latest/guides/connection-details-composition/
        "writeConnectionSecretToRef",
        # https://flux-iac.github.io/tofu-controller/
        "writeOutputsToSecret",
        # https://aiven.io/docs/tools/kubernetes
        "connInfoSecretTarget",
    )
)
"""Fields with the `name` of a Secret that is made, in any kind of object."""

FILLED = frozenset(
    (
        # https://docs.openshift.com/container-platform/latest/networking/configuring-a-custom-pki.html
        "config.openshift.io/inject-trusted-cabundle",
        # https://docs.openshift.com/container-platform/latest/security/certificates/service-serving-certificate.html
        "service.beta.openshift.io/inject-cabundle",
        "service.alpha.openshift.io/inject-cabundle",
        "service.alpha.openshift.io/inject-vulnerable-legacy-cabundle",
        # https://github.com/redhat-cop/cert-utils-operator
        "cert-utils-operator.redhat-cop.io/generate-java-keystores",
        "cert-utils-operator.redhat-cop.io/generate-java-truststore",
        "cert-utils-operator.redhat-cop.io/generate-cert-info",
        "cert-utils-operator.redhat-cop.io/inject-ca-from-secret",
        # https://github.com/mittwald/kubernetes-replicator
        "replicator.v1.mittwald.de/replicate-from",
        # https://github.com/mittwald/kubernetes-secret-generator
        "secret-generator.v1.mittwald.de/autogenerate",
        "secret-generator.v1.mittwald.de/type",
        # https://github.com/emberstack/kubernetes-reflector
        "reflector.v1.k8s.emberstack.com/reflects",
        # https://github.com/carvel-dev/secretgen-controller/blob/develop/docs/secret-export.md
        "secretgen.carvel.dev/image-pull-secret",
    )
)
"""Labels and annotations of a ConfigMap or Secret by which a controller is asked to add keys."""

SHARED = frozenset(
    (
        # https://github.com/bitnami-labs/sealed-secrets#patching-existing-secrets
        "sealedsecrets.bitnami.com/managed",
        "sealedsecrets.bitnami.com/patch",
    )
)
"""Those by which another definition of the same object is asked to add keys to this one."""

COPIED = frozenset(
    (
        # https://github.com/mittwald/kubernetes-replicator
        "replicator.v1.mittwald.de/replicate-to",
        "replicator.v1.mittwald.de/replicate-to-matching",
        # https://github.com/emberstack/kubernetes-reflector
        "reflector.v1.k8s.emberstack.com/reflection-auto-enabled",
        # https://config-syncer.com/docs/latest/guides/config-syncer/intra-cluster/
        "kubed.appscode.com/sync",
    )
)
"""Those by which a controller is asked to copy the object to other namespaces."""

INERT_GROUPS = frozenset(
    (
        # https://github.com/fluxcd/source-controller: config/rbac/role.yaml (Secrets are only read)
        "source.toolkit.fluxcd.io",
        # https://github.com/fluxcd/notification-controller: config/rbac/role.yaml
        "notification.toolkit.fluxcd.io",
        # https://github.com/fluxcd/image-reflector-controller, https://github.com/fluxcd/image-automation-controller:
        # config/rbac/role.yaml
        "image.toolkit.fluxcd.io",
        # https://github.com/projectcontour/contour: examples/contour/02-role-contour.yaml
        "projectcontour.io",
        # https://github.com/cert-manager/cert-manager: deploy/charts/cert-manager/templates/rbac.yaml
        "cert-manager.io",
        "acme.cert-manager.io",
        # https://istio.io/latest/docs/reference/config/: configuration of proxies
        "networking.istio.io",
        "security.istio.io",
        "telemetry.istio.io",
        "extensions.istio.io",
        # https://gateway-api.sigs.k8s.io/reference/spec/: configuration of proxies
        "gateway.networking.k8s.io",
        # https://doc.traefik.io/traefik/reference/dynamic-configuration/kubernetes-crd/: Traefik only reads
        "traefik.io",
        "traefik.containo.us",
        # https://docs.cilium.io/en/stable/network/kubernetes/ciliumendpoint/ and network policies
        "cilium.io",
        "projectcalico.org",
        "crd.projectcalico.org",
        # https://kubernetes.io/docs/concepts/storage/volume-snapshots/
        "snapshot.storage.k8s.io",
        "metrics.k8s.io",
        # https://github.com/kubernetes/autoscaler: vertical-pod-autoscaler
        "autoscaling.k8s.io",
        # https://keda.sh/docs/latest/concepts/: HorizontalPodAutoscalers and Jobs
        "keda.sh",
        # https://external-secrets.io/latest/api/components/: `MAKERS` has the kinds that make objects
        "external-secrets.io",
        "generators.external-secrets.io",
        # https://open-policy-agent.github.io/gatekeeper/website/docs/howto
        "templates.gatekeeper.sh",
        "constraints.gatekeeper.sh",
        # https://backstage.io/docs/features/software-catalog/descriptor-format: files of a catalogue
        "backstage.io",
        "scaffolder.backstage.io",
        # https://kind.sigs.k8s.io/docs/user/configuration/, https://k3d.io/stable/usage/configfile/,
        # https://eksctl.io/usage/schema/, https://docs.k0sproject.io/stable/k0sctl-install/: files of programs
        "kind.x-k8s.io",
        "k3d.io",
        "eksctl.io",
        "k0sctl.k0sproject.io",
        # https://kubernetes.io/docs/reference/config-api/: files of Kubernetes' own programs
        "kubeadm.k8s.io",
        "kubelet.config.k8s.io",
        "kubeproxy.config.k8s.io",
        "apiserver.config.k8s.io",
        "audit.k8s.io",
        "controller-runtime.sigs.k8s.io",
        # https://karpenter.sh/docs/concepts/: nodes
        "karpenter.sh",
        "karpenter.k8s.aws",
        # https://docs.dapr.io/reference/resource-specs/: read by the sidecars
        "dapr.io",
        # https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/targetgroupbinding/
        "elbv2.k8s.aws",
        # https://github.com/grafana/k6-operator: config/rbac/role.yaml (Secrets are only read)
        "k6.io",
        # https://kubernetes-sigs.github.io/external-dns/latest/docs/sources/crd/: DNS records
        "externaldns.k8s.io",
        # https://metallb.io/apis/: addresses
        "metallb.io",
        # https://github.com/envoyproxy/gateway: charts/gateway-helm/templates/_rbac.tpl (Secrets are only read)
        "gateway.envoyproxy.io",
        # https://github.com/knative/serving: pkg/reconciler (certificates are made for the ingress alone)
        "serving.knative.dev",
        # https://github.com/kubernetes-sigs/jobset, https://github.com/kubernetes-sigs/lws: config/**/role.yaml
        "jobset.x-k8s.io",
        "leaderworkerset.x-k8s.io",
        # https://github.com/kubernetes-sigs/kueue: config/components/rbac/role.yaml
        "kueue.x-k8s.io",
        # https://github.com/dragonflydb/dragonfly-operator: config/rbac/role.yaml
        "dragonflydb.io",
        # https://github.com/actions/actions-runner-controller: config/rbac/role.yaml
        "actions.summerwind.dev",
        # https://github.com/cloudnative-pg/plugin-barman-cloud: config/rbac/role.yaml
        "barmancloud.cnpg.io",
        # https://github.com/k8snetworkplumbingwg/multus-cni: networks of pods
        "k8s.cni.cncf.io",
        # https://github.com/chaos-mesh/chaos-mesh: helm/chaos-mesh/templates/controller-manager-rbac.yaml
        "chaos-mesh.org",
        # https://github.com/rancher/system-upgrade-controller: manifests/clusterrole.yaml
        "upgrade.cattle.io",
    )
)
"""Groups of custom resources whose controllers make no ConfigMap or Secret besides those that cmlint knows of."""

INSTALLERS = frozenset(("helm.toolkit.fluxcd.io/HelmRelease", "helm.cattle.io/HelmChart"))
"""The custom kinds that install a chart."""

FLUX = ".toolkit.fluxcd.io"
"""How the groups of Flux end."""

VALUES = "spec.valuesFrom"
"""The field without whose objects Flux does not render a chart.

`ChartValuesFromReferences` in fluxcd/pkg, `chartutil`, which `internal/controller/helmrelease_controller.go` in
fluxcd/helm-controller calls.
"""

DAPR = "dapr.io"
"""The group of objects whose `auth.secretStore` need not be Kubernetes (https://docs.dapr.io/operations/components/)."""

BEFORE_FILES = ("spec.decryption", "spec.kubeConfig", "spec.values")
"""The fields of Flux whose objects no file has: keys, and what the values of a chart name."""

INERT = frozenset(
    (
        "apps.openshift.io/DeploymentConfig",
        "image.openshift.io/ImageStream",
        "route.openshift.io/Route",
        "build.openshift.io/BuildConfig",
        "security.openshift.io/SecurityContextConstraints",
        "console.openshift.io/ConsoleLink",
        "project.openshift.io/Project",
        "monitoring.coreos.com/ServiceMonitor",
        "monitoring.coreos.com/PodMonitor",
        "monitoring.coreos.com/PrometheusRule",
        "monitoring.googleapis.com/PodMonitoring",
        "cloud.google.com/BackendConfig",
        "networking.gke.io/FrontendConfig",
        "networking.gke.io/ManagedCertificate",
        "argoproj.io/Rollout",
        "argoproj.io/AnalysisTemplate",
        "secrets.hashicorp.com/VaultAuth",
        "secrets.hashicorp.com/VaultConnection",
        "kafka.strimzi.io/KafkaTopic",
        "spark.apache.org/SparkApplication",
        "sparkoperator.k8s.io/SparkApplication",
        "tekton.dev/Task",
        "tekton.dev/Pipeline",
        "talos.dev/ServiceAccount",
        # https://github.com/argoproj/argo-rollouts: manifests/role/argo-rollouts-clusterrole.yaml
        "argoproj.io/ClusterAnalysisTemplate",
        # https://argo-cd.readthedocs.io/en/stable/user-guide/projects/: says what applications may do
        "argoproj.io/AppProject",
        # https://github.com/cloudnative-pg/cloudnative-pg: internal/controller/scheduledbackup_controller.go (Backups)
        "postgresql.cnpg.io/ScheduledBackup",
        "postgresql.cnpg.io/Backup",
        "postgresql.cnpg.io/ImageCatalog",
        "postgresql.cnpg.io/ClusterImageCatalog",
        # https://prometheus-operator.dev/docs/api-reference/api/: `MAKERS` has the kinds that make objects
        "monitoring.coreos.com/Probe",
        "monitoring.coreos.com/ScrapeConfig",
        "monitoring.coreos.com/AlertmanagerConfig",
        # https://github.com/kserve/kserve: config/rbac/role.yaml; what an InferenceService brings is in `MAKERS`
        "serving.kserve.io/ServingRuntime",
        "serving.kserve.io/ClusterServingRuntime",
        "serving.kserve.io/ClusterStorageContainer",
        "serving.kserve.io/LLMInferenceServiceConfig",
        "serving.kserve.io/TrainedModel",
        "serving.kserve.io/InferenceGraph",
        # https://github.com/grafana/grafana-operator: a Grafana makes objects, these are only sent to it
        "grafana.integreatly.org/GrafanaAlertRuleGroup",
        "grafana.integreatly.org/GrafanaContactPoint",
        "grafana.integreatly.org/GrafanaDashboard",
        "grafana.integreatly.org/GrafanaDatasource",
        "grafana.integreatly.org/GrafanaFolder",
        "grafana.integreatly.org/GrafanaLibraryPanel",
        "grafana.integreatly.org/GrafanaMuteTiming",
        "grafana.integreatly.org/GrafanaNotificationPolicy",
        "grafana.integreatly.org/GrafanaNotificationTemplate",
        "integreatly.org/GrafanaDashboard",
        "integreatly.org/GrafanaDataSource",
        "integreatly.org/GrafanaFolder",
        # https://github.com/argoproj/argo-workflows: manifests/cluster-install/workflow-controller-rbac
        "argoproj.io/Workflow",
        "argoproj.io/WorkflowTemplate",
        "argoproj.io/ClusterWorkflowTemplate",
        "argoproj.io/CronWorkflow",
        # https://github.com/argoproj/argo-events: pkg/reconciler/sensor, pkg/reconciler/eventsource (Deployments)
        "argoproj.io/Sensor",
        "argoproj.io/EventSource",
        # https://github.com/knative/eventing: pkg/reconciler (Deployments)
        "sources.knative.dev/ApiServerSource",
        "sources.knative.dev/ContainerSource",
        "sources.knative.dev/PingSource",
        "sources.knative.dev/SinkBinding",
        # https://github.com/numaproj/numaflow: pkg/reconciler (pods and Services)
        "numaflow.numaproj.io/Pipeline",
        "numaflow.numaproj.io/MonoVertex",
        # https://github.com/SeldonIO/seldon-core: operator/config/rbac/role.yaml
        "mlops.seldon.io/Model",
        "mlops.seldon.io/Pipeline",
        "mlops.seldon.io/Experiment",
        # https://kyverno.io/docs/policy-types/: what is allowed or deleted; `MAKERS` has what a rule generates
        "kyverno.io/PolicyException",
        "kyverno.io/CleanupPolicy",
        "kyverno.io/ClusterCleanupPolicy",
        # https://tekton.dev/docs/pipelines/: pods and claims of volumes
        "tekton.dev/ClusterTask",
        "tekton.dev/StepAction",
        "tekton.dev/TaskRun",
        "tekton.dev/PipelineRun",
        # https://github.com/kubeflow/training-operator: manifests/base/rbac/role.yaml (ConfigMaps of an MPIJob)
        "kubeflow.org/PyTorchJob",
        "kubeflow.org/TFJob",
        "kubeflow.org/XGBoostJob",
        "kubeflow.org/PaddleJob",
        "kubeflow.org/JAXJob",
        # https://github.com/kubeflow/kubeflow: components/notebook-controller/config/rbac, components/admission-webhook
        "kubeflow.org/Notebook",
        "kubeflow.org/PodDefault",
        # https://github.com/kubeflow/katib: manifests/v1beta1/components/controller/rbac.yaml
        "kubeflow.org/Experiment",
        "trainer.kubeflow.org/TrainingRuntime",
        "trainer.kubeflow.org/ClusterTrainingRuntime",
        "sparkoperator.k8s.io/ScheduledSparkApplication",
        "flink.apache.org/FlinkSessionJob",
        # https://docs.flagger.app/usage/alerting, https://docs.flagger.app/usage/metrics: read by a Canary
        "flagger.app/AlertProvider",
        "flagger.app/MetricTemplate",
        # https://github.com/open-telemetry/opentelemetry-operator: read when pods are admitted
        "opentelemetry.io/Instrumentation",
        # https://openkruise.io/docs/user-manuals/: pods and workloads
        "apps.kruise.io/CloneSet",
        "apps.kruise.io/StatefulSet",
        "apps.kruise.io/DaemonSet",
        "apps.kruise.io/SidecarSet",
        "apps.kruise.io/BroadcastJob",
        "apps.kruise.io/AdvancedCronJob",
        # https://cloudnative-pg.io/documentation/current/declarative_database_management/: what is in a database
        "postgresql.cnpg.io/Database",
        "postgresql.cnpg.io/Publication",
        "postgresql.cnpg.io/Subscription",
        # https://docs.victoriametrics.com/operator/resources/: what is scraped, and the rules
        "operator.victoriametrics.com/VMServiceScrape",
        "operator.victoriametrics.com/VMPodScrape",
        "operator.victoriametrics.com/VMNodeScrape",
        "operator.victoriametrics.com/VMStaticScrape",
        "operator.victoriametrics.com/VMScrapeConfig",
        "operator.victoriametrics.com/VMProbe",
        "operator.victoriametrics.com/VMRule",
        "operator.victoriametrics.com/VMAlertmanagerConfig",
    )
)
"""Further custom kinds of which the same is true."""

MAKES_MORE = frozenset(
    (
        # Bank-Vaults keeps unseal keys in a Secret of any name.
        "vault.banzaicloud.com/Vault",
        # Templates and imports may name anything.
        "secretgen.carvel.dev/SecretTemplate",
        # The names that a database's Secrets have differ between versions and kinds.
        "kubedb.com/*",
        # Certificates are made under the names that the specification has for them.
        "percona.com/*",
    )
)
"""Kinds in `MAKERS` whose controllers make further objects, under names that cmlint cannot tell."""


CALLED_APART = frozenset(("ExternalSecret", "SealedSecret", "VaultStaticSecret", "VaultDynamicSecret"))
"""Kinds in `MAKERS` that make one Secret, whose name others take for their own or for that in their template.

A SealedSecret's is its own name, whatever the template says
(`pkg/apis/sealedsecrets/v1alpha1/sealedsecret_expansion.go` in bitnami-labs/sealed-secrets).
"""

REUSED = (
    *("tekton.dev/Task", "tekton.dev/ClusterTask", "tekton.dev/StepAction"),
    *("argoproj.io/WorkflowTemplate", "argoproj.io/ClusterWorkflowTemplate"),
    *("serving.kserve.io/ClusterServingRuntime", "trainer.kubeflow.org/ClusterTrainingRuntime"),
)
"""Custom kinds with containers that others run, in their own namespace and with what they have there."""


PLAIN_PODS = frozenset(
    (
        # https://github.com/argoproj/argo-rollouts: utils/replicaset (the ReplicaSets have the Rollout's template)
        "argoproj.io/Rollout",
        # https://docs.openshift.com/container-platform/latest/applications/deployments/what-deployments-are.html
        "apps.openshift.io/DeploymentConfig",
        # https://openkruise.io/docs/user-manuals/cloneset
        "apps.kruise.io/CloneSet",
        "apps.kruise.io/StatefulSet",
        "apps.kruise.io/DaemonSet",
    )
)
"""Custom kinds that make pods of `spec.template` as a Deployment does, and add no variables."""


def makes_plain_pods(api_version: str, kind: str) -> bool:
    """Whether a custom resource makes pods as a Deployment does."""
    return f"{api_version.rpartition('/')[0]}/{kind}" in PLAIN_PODS


def only_reads(api_version: str, kind: str) -> bool:
    """Whether a custom resource reads what its fields name, and its controller makes nothing of such a name.

    Flux's controllers bring what is in a source (https://fluxcd.io/flux/components/); what they read must be there.
    """
    return api_version.partition("/")[0].endswith(FLUX) or not may_make(api_version, kind)


def installs_chart(api_version: str, kind: str) -> bool:
    """Whether a custom resource installs a chart, and does nothing else."""
    return f"{api_version.partition('/')[0]}/{kind}" in INSTALLERS


def brings_folder(api_version: str, kind: str) -> bool:
    """Whether a custom resource brings one folder of a repository to a cluster, and does nothing else (Flux)."""
    return kind == "Kustomization" and api_version.partition("/")[0].endswith(FLUX)


def must_exist(api_version: str, path: str) -> bool:
    """Whether a field of a custom resource names something that must be there before its controller does anything.

    Other fields of Flux do not count: a chart may make what its values name, `flux bootstrap` and people make
    credentials and keys, and what `substituteFrom` names about a cluster is often made with the cluster.
    """
    return api_version.partition("/")[0].endswith(FLUX) and path.startswith(VALUES)


def reads_from_files(api_version: str, kind: str, path: str) -> bool:
    """Whether a field of a custom resource names what its controller only reads, and what files may well hold.

    Not what Dapr reads from a secret store, not what a chart makes under a name that its values say, and not what Flux
    needs before it has any file: the credentials of its sources, and the keys with which it decrypts files and reaches
    clusters (`flux bootstrap`, https://fluxcd.io/flux/guides/mozilla-sops/).
    """
    group = api_version.partition("/")[0]
    if not group.endswith(FLUX):
        return group != DAPR and not may_make(api_version, kind)
    return not group.startswith("source.") and not path.startswith(BEFORE_FILES)


def is_reused(api_version: str, kind: str) -> bool:
    """Whether the containers of a custom resource run where others say."""
    return f"{api_version.rpartition('/')[0]}/{kind}" in REUSED


def may_make(api_version: str, kind: str) -> bool:
    """Whether a custom resource's controller may make ConfigMaps or Secrets besides those in `MAKERS`.

    The group of a custom resource is a domain; `skaffold/v4` and its like are a tool's own files.
    """
    if is_built_in(api_version):
        return False
    group = api_version.rpartition("/")[0]
    inert = group in INERT_GROUPS or f"{group}/{kind}" in INERT or is_known_maker(group, kind)
    return "." in group and not inert


@lru_cache(maxsize=1024)
def is_known_maker(group: str, kind: str) -> bool:
    """Whether `MAKERS` has all that a kind makes."""
    groups = {maker.group for maker in MAKERS if maker.kinds == ANY or kind in maker.kinds.split()}
    return any(
        known == group or group.endswith(f".{known}")
        for known in groups
        if known and not {f"{known}/{kind}", f"{known}/{ANY}"} & MAKES_MORE
    )
