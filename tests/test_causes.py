"""Objects that are written down and are missing all the same, and the same files where they are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmlint.config.config import Config
from tests.support.run import concise, lint, write

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {A: b}\n"
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: settings}\nstringData: {A: b}\n"
JOB = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  annotations: {HOOK}
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: migrate
          image: registry.example/app:1.0.0
          envFrom: [{configMapRef: {name: settings}}]
"""
CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: reader}
spec:
  containers:
    - name: app
      image: registry.example/app:1.0.0
      envFrom: [{configMapRef: {name: settings}}]
"""
SECRET_POD = POD.replace("configMapRef", "secretRef")
CLASS = """\
apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata: {name: vault}
spec: {secretObjects: [{secretName: settings, data: [{objectName: a, key: A}]}]}
"""
MOUNT = """\
apiVersion: v1
kind: Pod
metadata: {name: other}
spec:
  containers:
    - name: app
      image: registry.example/app:1.0.0
      volumeMounts: [{name: store, mountPath: /store}]
  volumes:
    - name: store
      csi: {driver: secrets-store.csi.k8s.io, volumeAttributes: {secretProviderClass: vault}}
"""


def hooked(text: str, hook: str, weight: str = "", tool: str = "helm.sh") -> str:
    """A manifest that is a hook."""
    names = {"helm.sh": "helm.sh/hook-weight", "argocd.argoproj.io": "argocd.argoproj.io/sync-wave"}
    more = f", {names[tool]}: '{weight}'" if weight else ""
    annotations = f"{{{tool}/hook: '{hook}'{more}}}"
    if "{HOOK}" in text:
        return text.replace("{HOOK}", annotations)
    return text.replace("{name: settings}", f"{{name: settings, annotations: {annotations}}}", 1)


def found(folder: Path, files: dict[str, str]) -> list[str]:
    """The findings in files."""
    write(folder, files)
    return concise(lint(folder))


HOOKED = "error[missing-configmap] the ConfigMap `settings` does not exist yet when this hook runs (`{}` of {})".format


@pytest.mark.parametrize(
    ("job", "config", "missing"),
    [
        ("pre-install", CONFIG, True),
        ("pre-install,pre-upgrade", CONFIG, True),
        ("pre-upgrade", CONFIG, False),
        ("post-install", CONFIG, False),
        ("pre-install", hooked(CONFIG, "pre-install"), False),
        ("pre-install", hooked(CONFIG, "pre-install", "-5"), False),
        ("pre-install", hooked(CONFIG, "pre-install", "5"), True),
        ("pre-install", hooked(CONFIG, "post-install", "-5"), True),
    ],
)
def test_a_hook_of_helm_runs_before_the_chart(tmp_path: Path, job: str, config: str, missing: bool) -> None:
    files = {"web/Chart.yaml": CHART, "web/templates/a.yaml": config, "web/templates/b.yaml": hooked(JOB, job)}
    told = [line.partition(": ")[2] for line in found(tmp_path, files)]
    assert told == ([HOOKED(job, "Helm")] if missing else [])


@pytest.mark.parametrize(
    ("job", "config", "missing"),
    [
        ("PreSync", CONFIG, True),
        ("Sync", CONFIG, False),
        ("PostSync", CONFIG, False),
        ("PreSync", hooked(CONFIG, "PreSync", tool="argocd.argoproj.io"), False),
        ("PreSync", hooked(CONFIG, "PreSync", "2", "argocd.argoproj.io"), True),
    ],
)
def test_a_hook_of_argo_cd_runs_before_the_application(tmp_path: Path, job: str, config: str, missing: bool) -> None:
    files = {"a.yaml": config, "b.yaml": hooked(JOB, job, tool="argocd.argoproj.io")}
    told = [line.partition(": ")[2] for line in found(tmp_path, files)]
    assert told == ([HOOKED(job, "Argo CD")] if missing else [])


def test_what_is_no_hook_in_the_file_of_one_finds_what_the_hook_does_not(tmp_path: Path) -> None:
    jobs = f"{hooked(JOB, 'PreSync', tool='argocd.argoproj.io')}---\n{POD}"
    told = [line.partition(": ")[2] for line in found(tmp_path, {"a.yaml": CONFIG, "b.yaml": jobs})]
    assert told == [HOOKED("PreSync", "Argo CD")]


def test_a_hook_of_another_folder_may_be_another_application(tmp_path: Path) -> None:
    files = {"config/a.yaml": CONFIG, "jobs/b.yaml": hooked(JOB, "PreSync", tool="argocd.argoproj.io")}
    assert found(tmp_path, files) == []


def test_what_a_command_makes_is_there_before_a_hook(tmp_path: Path) -> None:
    files = {"a.yaml": CONFIG, "b.yaml": hooked(JOB, "PreSync", tool="argocd.argoproj.io")}
    made = {"make.sh": "kubectl create configmap settings --from-literal=A=b\n"}
    assert found(tmp_path, files | made) == []


def test_the_secret_of_a_provider_class_needs_a_pod_that_mounts_it(tmp_path: Path) -> None:
    message = "the Secret `settings` is only made while a pod mounts the SecretProviderClass `vault`, and none does"
    files = {"class.yaml": CLASS, "pod.yaml": SECRET_POD}
    assert found(tmp_path, files) == [f"pod.yaml:8:36: error[missing-secret] {message}"]
    assert found(tmp_path, {**files, "other.yaml": MOUNT}) == []
    assert len(found(tmp_path, {**files, "other.yaml": MOUNT.replace("vault", "other")})) == 1


def test_a_file_that_the_kustomization_does_not_name(tmp_path: Path) -> None:
    files = {"kustomization.yaml": "resources: [pod.yaml]\n", "pod.yaml": POD, "config.yaml": CONFIG}
    message = "the ConfigMap `settings` is not in the kustomization"
    assert found(tmp_path, files) == [f"pod.yaml:8:39: error[missing-configmap] {message}"]
    assert [place.label for place in lint(tmp_path).outcome.findings[0].related] == [
        "defined here, in a file that the kustomization does not name"
    ]
    assert found(tmp_path, {"kustomization.yaml": "resources: [pod.yaml, config.yaml]\n"}) == []


@pytest.mark.parametrize(
    ("api_version", "kind", "missing"),
    [("serving.knative.dev/v1", "Service", True), ("example.com/v1", "Shop", False)],
)
def test_a_custom_resource_that_makes_nothing_reads_it(
    tmp_path: Path, api_version: str, kind: str, missing: bool
) -> None:
    reader = (
        f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: s}}\nspec: {{configMapRef: {{name: settings}}}}\n"
    )
    files = {"kustomization.yaml": "resources: [reader.yaml]\n", "reader.yaml": reader, "config.yaml": CONFIG}
    message = "error[missing-configmap] the ConfigMap `settings` is not in the kustomization"
    assert found(tmp_path, files) == [f"reader.yaml:4:29: {message}"] * missing


def test_a_secret_is_left_out_on_purpose(tmp_path: Path) -> None:
    secret = SECRET
    files = {"kustomization.yaml": "resources: [pod.yaml]\n", "pod.yaml": SECRET_POD, "secret.yaml": secret}
    assert found(tmp_path, files) == []
    assert [each.code for each in lint(tmp_path).outcome.unverified] == ["defined-elsewhere"]


SEALED = (
    "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: settings}\nspec: {encryptedData: {A: x}}\n"
)


def test_what_makes_a_secret_is_not_left_out_on_purpose(tmp_path: Path) -> None:
    files = {"kustomization.yaml": "resources: [pod.yaml]\n", "pod.yaml": SECRET_POD, "sealed.yaml": SEALED}
    message = "the Secret `settings` is not in the kustomization"
    assert found(tmp_path, files) == [f"pod.yaml:8:36: error[missing-secret] {message}"]
    assert [place.location.path for place in lint(tmp_path).outcome.findings[0].related] == ["sealed.yaml"]
    assert found(tmp_path, {"secret.yaml": SECRET}) == []
    (tmp_path / "secret.yaml").unlink()
    assert found(tmp_path, {"kustomization.yaml": "resources:\n  - pod.yaml\n#  - sealed.yaml\n"}) == []
    assert found(tmp_path, {"kustomization.yaml": "resources: [pod.yaml, sealed.yaml]\n"}) == []


@pytest.mark.parametrize(("folder", "missing"), [("base", True), ("dev", True), ("other", False)])
def test_a_file_beside_any_kustomization_of_the_build(tmp_path: Path, folder: str, missing: bool) -> None:
    files = {
        "base/kustomization.yaml": "resources: [pod.yaml]\n",
        "base/pod.yaml": POD,
        "dev/kustomization.yaml": "resources: [../base]\n",
        f"{folder}/config.yaml": CONFIG,
    }
    message = "the ConfigMap `settings` is not in the kustomization"
    assert found(tmp_path, files) == [f"base/pod.yaml:8:39: error[missing-configmap] {message}"] * missing


def test_a_file_that_another_build_of_the_same_base_replaces_is_not_in_this_one(tmp_path: Path) -> None:
    files = {
        "base/kustomization.yaml": "resources: [pod.yaml]\n",
        "base/pod.yaml": POD,
        "base/config.yaml": CONFIG,
        "dev/kustomization.yaml": "resources: [../base]\n",
        "live/kustomization.yaml": "resources: [../base, config.yaml]\n",
        "live/config.yaml": CONFIG,
    }
    message = "the ConfigMap `settings` is not in the kustomization"
    assert found(tmp_path, files) == [f"base/pod.yaml:8:39: error[missing-configmap] {message}"]
    lone = CONFIG.replace("A: b", "A: b, B: c")
    assert found(tmp_path, {"live/kustomization.yaml": "resources: [config.yaml]\n", "live/config.yaml": lone}) == []


def test_a_file_in_another_folder_may_be_applied_as_well(tmp_path: Path) -> None:
    files = {"app/kustomization.yaml": "resources: [pod.yaml]\n", "app/pod.yaml": POD, "config.yaml": CONFIG}
    assert found(tmp_path, files) == []


WORKER = (
    "apiVersion: example.com/v1\nkind: Worker\nmetadata: {name: w}\n" + POD.partition("metadata")[2].partition("\n")[2]
)


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ("", True),
        ("generatorOptions: {disableNameSuffixHash: true}\n", False),
        ("generatorOptions: {disableNameSuffixHash: true}\nnamePrefix: dev-\n", True),
        ("generatorOptions: {disableNameSuffixHash: true}\nnameSuffix: -dev\n", True),
        ("configurations: [names.yaml]\n", False),
    ],
)
def test_kustomize_renames_only_what_it_knows(tmp_path: Path, change: str, missing: bool) -> None:
    generator = "configMapGenerator: [{name: settings, literals: [A=b]}]\n"
    where = "{kind: Worker, path: spec/containers/envFrom/configMapRef/name}"
    names = f"nameReference: [{{kind: ConfigMap, fieldSpecs: [{where}]}}]\n"
    files = {
        "kustomization.yaml": f"resources: [worker.yaml]\n{generator}{change}",
        "worker.yaml": WORKER,
        "names.yaml": names,
    }
    message = "error[missing-configmap] kustomize renames the ConfigMap `settings`, but not in this custom resource"
    assert [line.partition(": ")[2] for line in found(tmp_path, files)] == [message] * missing


ISSUER = """\
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: dns}
spec: {acme: {solvers: [{dns01: {cloudflare: {apiTokenSecretRef: {name: token, key: KEY}}}}]}}
"""
TOKEN = """\
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: token, namespace: SPACE}
spec: {data: [{secretKey: KEY, remoteRef: {key: shop}}]}
"""


@pytest.mark.parametrize(("key", "missing"), [("A", False), ("B", False), ("C", True)])
def test_what_has_no_namespace_may_read_in_any(tmp_path: Path, key: str, missing: bool) -> None:
    files = {
        "kustomization.yaml": "resources: [issuer.yaml, a.yaml, b.yaml]\n",
        "issuer.yaml": ISSUER.replace("KEY", key),
        "a.yaml": TOKEN.replace("SPACE", "cert-manager").replace("KEY", "A"),
        "b.yaml": TOKEN.replace("SPACE", "shop").replace("KEY", "B"),
    }
    lines = [line.partition(": ")[2] for line in found(tmp_path, files)]
    assert lines == ["error[missing-secret-key] the Secret `token` has no key `C`"] * missing


def test_kustomize_does_not_rename_what_a_field_selects(tmp_path: Path) -> None:
    fields = "spec: {secretTargetRef: [{parameter: a, name: db, key: A}], store: {secretRef: {name: db}}}"
    files = {
        "kustomization.yaml": "resources: [x.yaml]\nsecretGenerator: [{name: db, literals: [A=b]}]\n",
        "x.yaml": f"apiVersion: keda.sh/v1alpha1\nkind: TriggerAuthentication\nmetadata: {{name: x}}\n{fields}\n",
    }
    message = "error[missing-secret] kustomize renames the Secret `db`, but not in this custom resource"
    assert [line.partition(": ")[2] for line in found(tmp_path, files)] == [message, message]


@pytest.mark.parametrize(
    ("maker", "missing"),
    [
        (
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db}\n"
            "spec: {encryptedData: {A: x}, template: {metadata: {name: settings}}}\n",
            "the SealedSecret `db` makes `db`",
        ),
        (
            "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: settings}\n"
            "spec: {target: {name: db}, data: [{secretKey: A}]}\n",
            "the ExternalSecret `settings` makes `db`",
        ),
        (
            "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: db}\n"
            "spec: {target: {name: settings}, data: [{secretKey: A}]}\n",
            "",
        ),
        (
            "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: app}\n"
            "spec: {target: {name: db}, data: [{secretKey: A, remoteRef: {key: settings}}]}\n",
            "",
        ),
    ],
)
def test_a_secret_is_called_as_its_maker_says(tmp_path: Path, maker: str, missing: str) -> None:
    told = found(tmp_path, {"maker.yaml": maker, "pod.yaml": SECRET_POD})
    assert told == (
        [f"pod.yaml:8:36: error[missing-secret] nothing makes the Secret `settings`: {missing}"] if missing else []
    )


def test_commands_and_manifests_both_give_keys(tmp_path: Path) -> None:
    env = "env: [{name: A, valueFrom: {secretKeyRef: {name: settings, key: KEY}}}]"
    reading = SECRET_POD.replace("envFrom: [{secretRef: {name: settings}}]", env)
    secret = SECRET
    make = "kubectl create secret generic settings --from-literal=B=c\n"
    for key, missing in (("A", False), ("B", False), ("C", True)):
        files = {
            "k8s/pod.yaml": reading.replace("KEY", key),
            "k8s/secret.yaml": secret,
            "README.md": f"```\n{make}```\n",
        }
        assert len(found(tmp_path, files)) == missing


def test_a_near_name_in_another_bundle(tmp_path: Path) -> None:
    pod = SECRET_POD.replace("settings", "web-tokns")
    secret = SECRET.replace("settings", "web-tokens")
    files = {"app/kustomization.yaml": "resources: [pod.yaml]\n", "app/pod.yaml": pod, "secret.yaml": secret}
    assert [line.partition(": ")[2] for line in found(tmp_path, files)] == [
        "error[missing-secret] nothing defines the Secret `web-tokns`"
    ]
    apart = secret.replace("{name: web-tokens}", "{name: web-tokens, namespace: till}")
    assert found(tmp_path, {"secret.yaml": apart}) == []
    short = {"app/pod.yaml": pod.replace("web-tokns", "web-a"), "secret.yaml": secret.replace("web-tokens", "web-b")}
    assert found(tmp_path, short) == []


CHAINSAW = """\
apiVersion: chainsaw.kyverno.io/v1alpha1
kind: Test
metadata: {name: t}
spec:
  steps:
    - try: [{assert: {file: FILE}}]
"""
KUTTL = "apiVersion: kuttl.dev/v1beta1\nkind: TestStep\nassert: [want.yaml]\n"


def test_what_tests_compare_is_never_applied(tmp_path: Path) -> None:
    refused = POD.replace("image: registry.example/app:1.0.0", "image: NONE")
    for name, counts in (("want.yaml", 0), ("w*.yaml", 0), ("other.yaml", 1)):
        files = {"t/chainsaw-test.yaml": CHAINSAW.replace("FILE", name), "t/want.yaml": refused}
        assert len(found(tmp_path, files)) == counts
    assert found(tmp_path, {"t/chainsaw-test.yaml": KUTTL}) == []


@pytest.mark.parametrize(
    ("folder", "counts"),
    [
        ("e2e-tests/backup/compare", 0),
        ("tests/golden", 0),
        ("it/expected", 0),
        ("test/a/__snapshots__", 0),
        ("deploy/compare", 1),
        ("compare", 1),
        ("latest/compare", 1),
    ],
)
def test_folders_with_what_tests_compare(tmp_path: Path, folder: str, counts: int) -> None:
    assert len(found(tmp_path, {f"{folder}/pod.yaml": POD})) == counts


@pytest.mark.parametrize(("name", "counts"), [("ENC[AES256_GCM,data:AA,iv:AA,tag:BB,type:str]", 0), ("other", 1)])
def test_an_encrypted_reference_is_unknown(tmp_path: Path, name: str, counts: int) -> None:
    reading = "env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: KEY}}}]"
    pod = POD.replace("envFrom: [{configMapRef: {name: settings}}]", reading)
    assert len(found(tmp_path, {"pod.yaml": pod.replace("settings", f"'{name}'")})) == counts
    assert len(found(tmp_path, {"pod.yaml": pod.replace("KEY", f"'{name}'"), "config.yaml": CONFIG})) == counts


def test_secrets_all_changes_no_cause(tmp_path: Path) -> None:
    write(tmp_path, {"class.yaml": CLASS, "pod.yaml": SECRET_POD})
    assert len(lint(tmp_path, config=Config(secrets="all")).outcome.findings) == 1


def test_a_reference_in_another_namespace_is_not_renamed(tmp_path: Path) -> None:
    deployment = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec:\n"
        "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n"
        "      containers:\n        - name: web\n          image: registry.example/app:1.0.0\n"
        "          envFrom: [{configMapRef: {name: settings}}]\n"
    )
    generator = "resources: [web.yaml]\nconfigMapGenerator: [{name: settings, literals: [A=b]}]\n"
    message = "error[missing-configmap] kustomize renames the ConfigMap `settings`, but not in this Deployment"
    lines = found(tmp_path, {"kustomization.yaml": generator, "web.yaml": deployment})
    assert [line.partition(": ")[2] for line in lines] == [message]
    assert found(tmp_path, {"kustomization.yaml": f"namespace: shop\n{generator}"}) == []


KEY_POD = POD.replace("envFrom: [{configMapRef", "env: [{name: A, valueFrom: {configMapKeyRef").replace(
    "{name: settings}}]", "{name: settings, key: A}}}]"
)
TEST_POD = hooked(KEY_POD.replace("{name: reader}", "{name: reader, annotations: {HOOK}}"), "test")
TESTED = CONFIG.replace("{A: b}", "{run.sh: exit}")


@pytest.mark.parametrize(
    ("hook", "reader", "expected"),
    [
        ("test", KEY_POD, []),
        ("test-success", KEY_POD, []),
        ("pre-install", KEY_POD, ["duplicate-definition", "missing-key"]),
        ("test,post-install", KEY_POD, ["duplicate-definition", "missing-key"]),
        ("test", KEY_POD.replace("key: A", "key: B"), ["missing-key"]),
        (
            "test",
            hooked(KEY_POD.replace("{name: reader}", "{name: reader, annotations: {HOOK}}"), "test"),
            ["missing-key"],
        ),
    ],
)
def test_what_only_a_test_applies_does_not_replace_what_a_release_has(
    tmp_path: Path, hook: str, reader: str, expected: list[str]
) -> None:
    files = {"Chart.yaml": CHART, "templates/config.yaml": f"{CONFIG}---\n{hooked(TESTED, hook)}"}
    write(tmp_path, {**files, "templates/pod.yaml": reader})
    assert sorted(each.rule for each in lint(tmp_path).outcome.findings) == expected
