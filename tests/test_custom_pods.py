"""Where custom resources hold pod specs, containers, volumes and other references, found by their shape."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmlint.bundle.documents import Placed, references_of
from cmlint.config.config import Config
from cmlint.manifest.documents import read_text
from tests.support.run import concise, lint, write

ENV = "env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: token}}}]"
ITEMS = "{name: settings, items: [{key: token, path: p}]}"
POD = f"{{containers: [{{name: c, image: 'registry.example/app:1.0.0', {ENV}}}]}}"
TEMPLATE = f"{{template: {{spec: {POD}}}}}"
VOLUMES = f"volumes: [{{name: v, configMap: {ITEMS}}}]"

HOLDERS = {
    "serving.knative.dev/v1 Service": TEMPLATE,
    "serving.knative.dev/v1 Configuration": TEMPLATE,
    "sources.knative.dev/v1 ContainerSource": TEMPLATE,
    "argoproj.io/v1alpha1 Rollout": TEMPLATE,
    "argoproj.io/v1alpha1 Workflow": f"{{templates: [{{name: a, container: {{image: t, {ENV}}}}}]}}",
    "argoproj.io/v1alpha1 CronWorkflow": f"{{workflowSpec: {{templates: [{{script: {{image: t, {ENV}}}}}]}}}}",
    "argoproj.io/v1alpha1 Sensor": f"{{template: {{container: {{{ENV}}}}}}}",
    "tekton.dev/v1 TaskRun": f"{{taskSpec: {{steps: [{{name: s, image: t, {ENV}}}]}}}}",
    "tekton.dev/v1 Pipeline": f"{{tasks: [{{taskSpec: {{stepTemplate: {{{ENV}}}, steps: [{{image: t}}]}}}}]}}",
    "tekton.dev/v1 PipelineRun": f"{{workspaces: [{{name: w, configMap: {ITEMS}}}]}}",
    "kafka.strimzi.io/v1beta2 KafkaConnect": f"{{externalConfiguration: {{{ENV}}}}}",
    "sparkoperator.k8s.io/v1beta2 SparkApplication": f"{{driver: {{{ENV}}}}}",
    "sparkoperator.k8s.io/v1beta2 ScheduledSparkApplication": f"{{template: {{executor: {{{ENV}}}}}}}",
    "flink.apache.org/v1beta1 FlinkDeployment": f"{{podTemplate: {{spec: {{containers: [{{name: m, {ENV}}}]}}}}}}",
    "ray.io/v1 RayCluster": f"{{headGroupSpec: {TEMPLATE}}}",
    "ray.io/v1 RayJob": f"{{rayClusterSpec: {{workerGroupSpecs: [{TEMPLATE}]}}}}",
    "kubeflow.org/v1 PyTorchJob": f"{{pytorchReplicaSpecs: {{Master: {TEMPLATE}}}}}",
    "kubeflow.org/v2beta1 MPIJob": f"{{mpiReplicaSpecs: {{Launcher: {TEMPLATE}}}}}",
    "kubeflow.org/v1 Notebook": TEMPLATE,
    "kubeflow.org/v1beta1 Experiment": f"{{trialTemplate: {{trialSpec: {{kind: Job, spec: {TEMPLATE}}}}}}}",
    "trainer.kubeflow.org/v1alpha1 TrainJob": f"{{trainer: {{image: t, {ENV}}}}}",
    "trainer.kubeflow.org/v1alpha1 TrainingRuntime": f"{{replicatedJobs: [{{template: {{spec: {TEMPLATE}}}}}]}}",
    "serving.kserve.io/v1beta1 InferenceService": f"{{predictor: {{model: {{modelFormat: {{name: t}}, {ENV}}}}}}}",
    "serving.kserve.io/v1beta1 InferenceService transformer": f"{{transformer: {POD}}}",
    "serving.kserve.io/v1beta1 InferenceService volumes": f"{{predictor: {{model: {{}}, {VOLUMES}}}}}",
    "serving.kserve.io/v1alpha1 ServingRuntime": POD,
    "serving.kserve.io/v1alpha1 LLMInferenceService": f"{{template: {POD}}}",
    "postgresql.cnpg.io/v1 Cluster": f"{{instances: 1, {ENV}}}",
    "postgresql.cnpg.io/v1 Cluster projected": f"{{projectedVolumeTemplate: {{sources: [{{configMap: {ITEMS}}}]}}}}",
    "postgresql.cnpg.io/v1 Pooler": TEMPLATE,
    "elasticsearch.k8s.elastic.co/v1 Elasticsearch": f"{{nodeSets: [{{podTemplate: {{spec: {POD}}}}}]}}",
    "opentelemetry.io/v1beta1 OpenTelemetryCollector": f"{{{ENV}}}",
    "opentelemetry.io/v1beta1 OpenTelemetryCollector volumes": f"{{{VOLUMES}}}",
    "opentelemetry.io/v1alpha1 Instrumentation": f"{{java: {{{ENV}}}}}",
    "monitoring.coreos.com/v1 Prometheus": f"{{{VOLUMES}, volumeMounts: [{{name: v, mountPath: /v}}]}}",
    "jaegertracing.io/v1 Jaeger": f"{{{VOLUMES}}}",
    "jobset.x-k8s.io/v1alpha2 JobSet": f"{{replicatedJobs: [{{template: {{spec: {TEMPLATE}}}}}]}}",
    "batch.volcano.sh/v1alpha1 Job": f"{{tasks: [{TEMPLATE}]}}",
    "keda.sh/v1alpha1 ScaledJob": f"{{jobTargetRef: {TEMPLATE}}}",
    "leaderworkerset.x-k8s.io/v1 LeaderWorkerSet": f"{{leaderWorkerTemplate: {{workerTemplate: {{spec: {POD}}}}}}}",
    "numaflow.numaproj.io/v1alpha1 Pipeline": f"{{vertices: [{{udf: {{container: {{image: t, {ENV}}}}}}}]}}",
    "actions.summerwind.dev/v1alpha1 RunnerDeployment": f"{{template: {{spec: {{{ENV}}}}}}}",
    "actions.github.com/v1alpha1 AutoscalingRunnerSet": TEMPLATE,
    "apps.kruise.io/v1alpha1 CloneSet": TEMPLATE,
}
"""By API version and kind, with another word where one of them has several: a specification that reads a key."""


def resource(kind: str, spec: str) -> str:
    api_version, kind = kind.split()[:2]
    return f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: own}}\nspec: {spec}\n"


def settings(kind: str = "ConfigMap") -> str:
    data = "data" if kind == "ConfigMap" else "stringData"
    return f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: settings}}\n{data}: {{token: x}}\n"


def reads(text: str) -> list[tuple[str, str, list[str]]]:
    facts = read_text(text)
    placed = [Placed("x.yaml", document, facts, 0) for document in facts.documents]
    found = [reference for each in placed for reference in references_of(each)]
    return [(each.via, f"{each.target}/{each.name.value}", [key.value for key in each.keys]) for each in found]


@pytest.mark.parametrize("kind", HOLDERS)
def test_a_wrong_name_or_key_is_found_in_a_custom_resource(tmp_path: Path, kind: str) -> None:
    text = resource(kind, HOLDERS[kind])
    write(tmp_path, {"settings.yaml": settings(), "own.yaml": text})
    assert concise(lint(tmp_path)) == []
    for wrong, message in (
        (text.replace("settings", "other"), "error[missing-configmap] nothing defines the ConfigMap `other`"),
        (text.replace("token", "other"), "error[missing-key] the ConfigMap `settings` has no key `other`"),
    ):
        write(tmp_path, {"own.yaml": wrong})
        column = wrong.split("\n")[3].index("other") + 1
        assert concise(lint(tmp_path)) == [f"own.yaml:4:{column}: {message}"]


@pytest.mark.parametrize(
    ("kind", "spec", "expected"),
    [
        (
            "sparkoperator.k8s.io/v1beta2 SparkApplication",
            "{driver: {configMaps: [{name: a, path: /a}], secrets: [{name: b, path: /b, secretType: Generic}]}}",
            [("volume", "ConfigMap/a", []), ("volume", "Secret/b", [])],
        ),
        (
            "opentelemetry.io/v1beta1 OpenTelemetryCollector",
            "{configmaps: [{name: a, mountpath: /a}]}",
            [("volume", "ConfigMap/a", [])],
        ),
        (
            "monitoring.coreos.com/v1 Prometheus",
            "{configMaps: [a], secrets: [b]}",
            [("volume", "ConfigMap/a", []), ("volume", "Secret/b", [])],
        ),
        ("example.com/v1 Thing", "{configMaps: [a], secrets: [b]}", []),
        ("example.com/v1 Thing", "{secrets: [{name: a}], configMaps: [{name: b, namespace: m}]}", []),
        ("example.com/v1 Thing", "{context: [{name: a, configMap: {name: b}}]}", []),
        ("example.com/v1 Thing", "{volumes: [{name: a, emptyDir: {}}, {configMap: {name: b}}]}", []),
        ("k6.io/v1alpha1 TestRun", "{script: {configMap: {name: a, file: b}}}", [("field", "ConfigMap/a", ["b"])]),
        (
            "monitoring.coreos.com/v1 Prometheus",
            "{containers: [{name: a, image: b}], remoteWrite: [{basicAuth: {password: {name: c, key: d}}}]}",
            [("field", "Secret/c", ["d"])],
        ),
        (
            "postgresql.cnpg.io/v1 Cluster",
            "{env: [{name: A, value: b}], monitoring: {customQueriesConfigMap: [{name: c, key: d}]}}",
            [("field", "ConfigMap/c", ["d"])],
        ),
    ],
)
def test_what_a_custom_resource_reads_besides(kind: str, spec: str, expected: list[tuple[str, str, list[str]]]) -> None:
    assert reads(resource(kind, spec)) == expected


RELEASE = "helm.toolkit.fluxcd.io/v2 HelmRelease"


@pytest.mark.parametrize(
    ("kind", "spec", "written", "meant"),
    [
        (RELEASE, "{values: {envFrom: [{secrteRef: {name: s}}]}}", "spec.values.envFrom[0].secrteRef", "secretRef"),
        (RELEASE, "{values: {a: {secetKeyRef: {name: s, key: k}}}}", "spec.values.a.secetKeyRef", "secretKeyRef"),
        (RELEASE, "{values: {configNapRef: {name: s}}}", "spec.values.configNapRef", "configMapRef"),
        (
            RELEASE,
            "{values: {volumes: [{name: v, secret: {secretNmae: s}}]}}",
            "volumes[0].secret.secretNmae",
            "secretName",
        ),
        ("example.com/v1 Shop", "{secrteRef: {name: s}}", "spec.secrteRef", "secretRef"),
        ("example.com/v1 Shop", "{secretRefs: {name: s}}", "", ""),
        ("example.com/v1 Shop", "{configmapRef: {name: s}}", "", ""),
        ("example.com/v1 Shop", "{secrteRef: {name: s, other: t}}", "", ""),
        ("example.com/v1 Shop", "{secrteRef: s}", "", ""),
        ("example.com/v1 Shop", "{secret: {secretNmae: s}}", "", ""),
        ("example.com/v1 Shop", "{secrteRef: {name: s}, secretRef: {name: s}}", "", ""),
    ],
)
def test_a_misspelt_field_of_a_custom_resource_is_found(
    tmp_path: Path, kind: str, spec: str, written: str, meant: str
) -> None:
    text = resource(kind, spec)
    write(tmp_path, {"own.yaml": text})
    column = text.split("\n")[3].find(written.rpartition(".")[2]) + 1
    findings = lint(tmp_path).outcome.findings
    assert [each.help for each in findings] == [f"did you mean `{meant}`?"] * bool(meant)
    message = f"own.yaml:4:{column}: warning[malformed-reference] `{written}` is not a field that is read"
    assert concise(lint(tmp_path)) == [message] * bool(meant)


def test_what_runs_elsewhere_is_not_missing_here(tmp_path: Path) -> None:
    runtime = resource("serving.kserve.io/v1alpha1 ClusterServingRuntime", POD).replace("settings", "another")
    write(tmp_path, {"settings.yaml": settings(), "runtime.yaml": runtime})
    result = lint(tmp_path)
    assert concise(result) == []
    assert [(each.code, each.name) for each in result.outcome.unverified] == [("reused-workload", "ConfigMap/another")]


CLUSTER = "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: db}\nspec: {instances: 1}\n"
READER = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: web\n"
    "    image: registry.example/web:1.0.0\n"
    "    env: [{name: A, valueFrom: {secretKeyRef: {name: db-app, key: %s}}}]\n"
)


@pytest.mark.parametrize("key", ["password", "jdbc-uri", "fqdn-uri"])
def test_the_keys_of_a_database_user_are_known(tmp_path: Path, key: str) -> None:
    write(tmp_path, {"db.yaml": CLUSTER, "web.yaml": READER % key})
    assert concise(lint(tmp_path)) == []
    write(tmp_path, {"web.yaml": READER % "url"})
    assert concise(lint(tmp_path)) == ["web.yaml:8:67: error[missing-secret-key] the Secret `db-app` has no key `url`"]


@pytest.mark.parametrize(
    "others",
    [
        {"db.yaml": CLUSTER.replace("1}", "1, bootstrap: {initdb: {secret: {name: own}}}}")},
        {"secret.yaml": settings("Secret").replace("settings", "db-app")},
        {"web.yaml": (READER % "url").replace("db-app", "db-other")},
    ],
)
def test_another_secret_of_a_database_may_have_any_keys(tmp_path: Path, others: dict[str, str]) -> None:
    write(tmp_path, {"db.yaml": CLUSTER, "web.yaml": READER % "url", **others})
    assert concise(lint(tmp_path, config=Config(secrets="all"))) == []
