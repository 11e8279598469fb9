"""Each reason for which a name that nothing defines is not reported, and the same files without that reason."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal, get_args

import pytest

from cmlint.bundle import endings
from cmlint.bundle.evidence.surroundings import UNREAD
from cmlint.config.config import Config
from cmlint.errors import FatalError
from cmlint.model.evidence import IGNORABLE, MEANINGS, Code, Evidence
from cmlint.sources.files import NOT_REACHED
from tests.support import evidence
from tests.support.run import concise, lint, write

READER = """\
apiVersion: v1
kind: Pod
metadata: {name: reader, namespace: shop}
spec:
  containers:
  - name: app
    image: registry.example/app:1.0.0
    envFrom: [{configMapRef: {name: settings}}]
"""
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other, namespace: shop}\ndata: {A: b}\n"
STARTER = """\
apiVersion: v1
kind: Pod
metadata: {name: starter, namespace: shop}
spec:
  containers: [{name: make, image: registry.example/make:1.0.0, args: ["--create=settings"]}]
"""
TASK = """\
apiVersion: tekton.dev/v1
kind: Task
metadata: {name: build}
spec:
  steps: [{name: step, image: registry.example/build:1.0.0, envFrom: [{configMapRef: {name: settings}}]}]
"""
CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
OPERATOR = "apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: shop}\nspec: {}\n"
BUILD = "resources: [pod.yaml]\n"

MAKE = "kubectl create configmap -n shop $NAME --from-file=x\n"

Files = dict[str, str]

CASES: dict[Code, tuple[Files, str, Files]] = {
    "not-built": (
        {"pod.yaml": READER, "kustomization.yaml": "resources: [pod.yaml, 'https://example.com/base?ref=v1']\n"},
        "kustomization.yaml is built without `https://example.com/base?ref=v1`, which may define it",
        {"kustomization.yaml": BUILD},
    ),
    "template": (
        {"pod.yaml": READER, "more.yaml": CONFIG + "{{ if .X }}\n  B: c\n{{ end }}\n"},
        "a template in more.yaml is not rendered, and may define it",
        {"more.yaml": CONFIG},
    ),
    "kustomization": (
        {"app/pod.yaml": READER, "app/kustomization.yaml": "resources: [other.yaml]\n", "app/other.yaml": CONFIG},
        "a kustomization in app/kustomization.yaml does not name this file",
        {"app/kustomization.yaml": ""},
    ),
    "chart": (
        {"web/pod.yaml": READER, "web/Chart.yaml": CHART, "web/templates/a.yaml": CONFIG},
        "a Helm chart in web/Chart.yaml may create it with other values",
        {"web/Chart.yaml": "a: b\n"},
    ),
    "encrypted": (
        {"pod.yaml": READER, "secret.yaml": "\0GITCRYPT\0abc"},
        "secret.yaml is encrypted, and may define it",
        {"secret.yaml": CONFIG},
    ),
    "unparsable": (
        {"pod.yaml": READER, "broken.yaml": CONFIG + "  - {\n"},
        "a ConfigMap in broken.yaml cannot be parsed, and may define it",
        {"broken.yaml": CONFIG},
    ),
    "custom-resource": (
        {"pod.yaml": READER, "shop.yaml": OPERATOR},
        "the custom resource Shop in shop.yaml may create it",
        {"shop.yaml": OPERATOR.replace("example.com/v1", "external-secrets.io/v1").replace("Shop", "SecretStore")},
    ),
    "own-field": (
        {
            "service.yaml": "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: s}\n"
            "spec: {x: {configMapRef: {name: settings}}}\n"
        },
        "Service reads it, and it may be created elsewhere",
        {"service.yaml": READER},
    ),
    "base": (
        {"base/pod.yaml": READER, "base/kustomization.yaml": BUILD},
        "base/kustomization.yaml is a base, which may be completed elsewhere",
        {"base/kustomization.yaml": ""},
    ),
    "chart-values": (
        {"web/Chart.yaml": CHART, "web/templates/pod.yaml": READER, "web/values.yaml": "name: settings\n"},
        "the values of web name it",
        {"web/values.yaml": "name: others\n"},
    ),
    "command": (
        {
            "a/pod.yaml": READER,
            "b/x.yaml": CONFIG,
            "make.sh": MAKE,
        },
        "a command in make.sh may create it",
        {"make.sh": "true\n"},
    ),
    "shown-in-document": (
        {"pod.yaml": READER, "README.md": f"```yaml\n{CONFIG.replace('other', 'settings')}```\n"},
        "README.md shows how to create it",
        {"README.md": "Nothing.\n"},
    ),
    "passed-to-program": (
        {"pod.yaml": READER, "b.yaml": STARTER, "kustomization.yaml": "resources: [pod.yaml, b.yaml]\n"},
        "Pod in kustomization.yaml receives the name, and may create the object",
        {"b.yaml": STARTER.replace("settings", "nothing")},
    ),
    "reused-workload": (
        {"task.yaml": TASK},
        "Task runs in a namespace of its user, with the objects there",
        {"task.yaml": TASK.replace("Task", "Pipeline")},
    ),
    "made-from-file": (
        {"pod.yaml": READER, "shop.properties": "a=b\n"},
        "it may be created from files like shop.properties",
        {"shop.properties": ""},
    ),
    "applied-in-steps": (
        {"a/pod.yaml": READER, "a/later.yaml": READER.replace("envFrom", "# envFrom")},
        "a/later.yaml also describes the Pod `reader`: a step between the two may create it",
        {"a/later.yaml": CONFIG},
    ),
    "placeholder-name": (
        {"pod.yaml": READER, "a.yaml": CONFIG.replace("other", "'${X}ings'")},
        "`${X}ings` in a.yaml may become this name",
        {"a.yaml": CONFIG},
    ),
    "defined-elsewhere": (
        {
            "a/pod.yaml": READER,
            "a/kustomization.yaml": BUILD,
            "b/pod.yaml": CONFIG.replace("other", "settings"),
            "b/kustomization.yaml": BUILD,
        },
        "it is defined in b/kustomization.yaml, which may be applied together with this",
        {"b/pod.yaml": CONFIG},
    ),
}
"""For each code the files, the sentence, and the changes that take the evidence away."""

ELSEWHERE = (
    {"remade-from-file", "cluster-not-read", "secret-elsewhere"}
    | (set(MEANINGS) - set(IGNORABLE))
    | {
        "placeholder",
        "well-known",
        "external",
    }
)
"""Codes that excuse no missing name, or that need a cluster: `test_accounting.py` and `tests/live` show them."""


def test_a_secret_that_nothing_defines_is_counted(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": READER.replace("configMapRef", "secretRef")})
    outcome = lint(tmp_path).outcome
    assert [(each.code, each.name) for each in outcome.unverified] == [("secret-elsewhere", "Secret/settings")]
    assert not lint(tmp_path, config=Config(secrets="all")).outcome.unverified
    assert lint(tmp_path, config=Config(secrets="all")).outcome.findings


@pytest.mark.parametrize(
    ("own", "counts"),
    [("shop", True), ("till", False), ("", True), ("'${NS}'", True)],
)
@pytest.mark.parametrize("image", ["", "spec: {image: x}\n"])
def test_a_custom_resource_stands_around_its_own_namespace(tmp_path: Path, own: str, counts: bool, image: str) -> None:
    name = f"name: shop, namespace: {own}" if own else "name: shop"
    resource = f"apiVersion: example.com/v1\nkind: Shop\nmetadata: {{{name}}}\n{image}"
    write(tmp_path, {"pod.yaml": READER, "shop.yaml": resource})
    assert bool(lint(tmp_path).outcome.unverified) is counts


SHOP = "apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: shop, namespace: shop}\n"
DEFINITION = (
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: shops.example.com}\n"
    "spec: {group: example.com, scope: Namespaced, names: {kind: Shop, plural: shops}, versions: []}\n"
)


@pytest.mark.parametrize(("resource", "counts"), [(DEFINITION, False), (SHOP, True)])
def test_a_definition_of_custom_resources_makes_nothing(tmp_path: Path, resource: str, counts: bool) -> None:
    build = "resources: [pod.yaml, shop.yaml]\n"
    write(tmp_path, {"kustomization.yaml": build, "pod.yaml": READER, "shop.yaml": resource})
    assert [each.code for each in lint(tmp_path).outcome.unverified] == ["custom-resource"] * counts
    assert len(lint(tmp_path).outcome.findings) == (not counts)


FLUX = (
    "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: web}\nspec: {path: ./apps/web}\n"
)


@pytest.mark.parametrize(
    ("files", "counts"),
    [
        ({}, True),
        ({"clusters/web.yaml": FLUX}, False),
        ({"clusters/web.yaml": FLUX.replace("apps/web", "apps")}, True),
        ({"clusters/web.yaml": FLUX.replace("apps/web", "other")}, True),
        ({"clusters/web.yaml": FLUX, "apps/web/kustomization.yaml": "resources: [more.yaml]\n"}, True),
    ],
)
def test_flux_applies_a_folder_without_a_kustomization_as_it_is(
    tmp_path: Path, files: dict[str, str], counts: bool
) -> None:
    build = "resources: [ns.yaml]\nnamePrefix: web-\n"
    write(tmp_path, {"apps/kustomization.yaml": build, "apps/ns.yaml": CONFIG, "apps/web/pod.yaml": READER})
    write(tmp_path, {"apps/web/more.yaml": CONFIG.replace("other", "another"), **files})
    outcome = lint(tmp_path).outcome
    assert [each.code for each in outcome.unverified] == ["kustomization"] * counts
    assert [each.rule for each in outcome.findings] == ["missing-configmap"] * (not counts)


RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: NAME, namespace: shop}
spec:
  chart: {spec: {chart: web, sourceRef: {kind: HelmRepository, name: charts}}}
  values: VALUES
"""


@pytest.mark.parametrize(
    ("name", "values", "counts"),
    [
        ("settings", "{}", True),
        ("web", "{fullnameOverride: settings}", True),
        ("web", "{existing: settings-more}", False),
        ("web", "{existing: settings}", True),
        ("web", "{fullnameOverride: sett}", False),
        ("web", "{}", False),
        ("set", "{}", False),
    ],
)
def test_a_chart_makes_what_is_called_after_it_or_its_values(
    tmp_path: Path, name: str, values: str, counts: bool
) -> None:
    write(tmp_path, {"pod.yaml": READER, "r.yaml": RELEASE.replace("NAME", name).replace("VALUES", values)})
    outcome = lint(tmp_path).outcome
    assert [each.code for each in outcome.unverified] == ["custom-resource"] * counts
    assert [each.rule for each in outcome.findings] == ["missing-configmap"] * (not counts)


@pytest.mark.parametrize(("values", "counts"), [("{nameOverride: shop}", True), ("{kind: shop}", False)])
def test_a_value_that_is_no_name_is_no_part_of_one(tmp_path: Path, values: str, counts: bool) -> None:
    text = RELEASE.replace("NAME", "web").replace("VALUES", values)
    write(tmp_path, {"pod.yaml": READER.replace("settings", "shop-settings"), "r.yaml": text})
    assert [each.code for each in lint(tmp_path).outcome.unverified] == ["custom-resource"] * counts


@pytest.mark.parametrize(("namespace", "counts"), [("shop", True), ("till", False)])
def test_a_chart_of_another_folder_makes_objects_of_its_namespace(tmp_path: Path, namespace: str, counts: bool) -> None:
    release = RELEASE.replace("NAME, namespace: shop", f"settings, namespace: {namespace}").replace("VALUES", "{}")
    write(tmp_path, {"apps/pod.yaml": READER, "charts/release.yaml": release})
    outcome = lint(tmp_path).outcome
    assert [each.code for each in outcome.unverified] == ["custom-resource"] * counts
    assert [each.rule for each in outcome.findings] == ["missing-configmap"] * (not counts)


def test_a_chart_may_bring_an_operator_that_copies_objects(tmp_path: Path) -> None:
    files = {"apps/pod.yaml": READER, "base/settings.yaml": CONFIG.replace("other", "settings").replace("shop", "x")}
    write(tmp_path, files)
    assert [each.rule for each in lint(tmp_path).outcome.findings] == ["wrong-namespace"]
    write(tmp_path, {"apps/r.yaml": RELEASE.replace("NAME", "reflector").replace("VALUES", "{}")})
    assert [each.code for each in lint(tmp_path).outcome.unverified] == ["custom-resource"]


@pytest.mark.parametrize(
    ("fields", "rules"),
    [
        ("valuesFrom: [{kind: ConfigMap, name: settings}]", ["missing-configmap"]),
        ("valuesFrom: [{kind: Secret, name: settings}]", ["missing-secret"]),
        ("valuesFrom: [{kind: ConfigMap, name: settings, optional: true}]", []),
        ("values: {config: {configMapRef: {name: settings}}}", []),
        ("kubeConfig: {secretRef: {name: settings}}", []),
    ],
)
def test_flux_needs_the_values_of_a_release(tmp_path: Path, fields: str, rules: list[str]) -> None:
    text = RELEASE.replace("NAME", "web").replace("values: VALUES", fields)
    write(tmp_path, {"release.yaml": text})
    findings = lint(tmp_path, config=Config(secrets="all")).outcome.findings
    assert [each.rule for each in findings] == rules


@pytest.mark.parametrize(("path", "counts"), [("./web", False), (".", False), ("./other", True)])
def test_flux_brings_only_what_is_in_its_folder(tmp_path: Path, path: str, counts: bool) -> None:
    flux = FLUX.replace("./apps/web", path)
    write(tmp_path, {"web/pod.yaml": READER, "kustomization.yaml": flux, "more.yaml": READER.replace("er,", "er2,")})
    outcome = lint(tmp_path).outcome
    assert [each.code for each in outcome.unverified if each.location.path == "more.yaml"] == (
        ["custom-resource"] * counts
    )


@pytest.mark.parametrize(
    ("build", "counts"),
    [
        ("resources: [ns.yaml]\n", False),
        ("resources: [ns.yaml]\nconfigMapGenerator: [{name: others, literals: [a=b]}]\n", False),
        ("resources: [ns.yaml]\nconfigMapGenerator: [{name: settings, literals: [a=b]}]\n", True),
        ("resources: [ns.yaml, 'https://example.com/base?ref=v1']\n", True),
        ("resources: [ns.yaml]\nnamePrefix: web-\n", True),
        ("resources: [ns.yaml]\ngenerators: [more.yaml]\n", True),
    ],
)
def test_a_kustomization_above_makes_what_its_text_says(tmp_path: Path, build: str, counts: bool) -> None:
    write(tmp_path, {"apps/kustomization.yaml": build, "apps/ns.yaml": CONFIG, "apps/web/pod.yaml": READER})
    outcome = lint(tmp_path).outcome
    assert bool([each for each in outcome.unverified if each.name == "ConfigMap/settings"]) is counts
    assert ("missing-configmap" in {each.rule for each in outcome.findings}) is not counts


GENERATED = "resources: [pod.yaml]\nconfigMapGenerator: [{name: NAME, behavior: merge, literals: [a=b]}]\n"


@pytest.mark.parametrize(("name", "counts"), [("settings", True), ("others", False)])
def test_a_generator_that_fails_would_make_only_its_own_object(tmp_path: Path, name: str, counts: bool) -> None:
    write(tmp_path, {"kustomization.yaml": GENERATED.replace("NAME", name), "pod.yaml": READER})
    outcome = lint(tmp_path).outcome
    assert [each.code for each in outcome.unverified] == ["not-built"] * counts
    assert [each.rule for each in outcome.findings] == ["not-built"] + ["missing-configmap"] * (not counts)


@pytest.mark.parametrize(("secrets", "rules"), [("all", ["missing-secret"]), ("evidence", [])])
def test_a_secret_that_a_kustomization_leaves_out(
    tmp_path: Path, secrets: Literal["all", "evidence"], rules: list[str]
) -> None:
    reader = READER.replace("configMapRef", "secretRef")
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: settings, namespace: shop}\nstringData: {a: b}\n"
    write(tmp_path, {"kustomization.yaml": BUILD, "pod.yaml": reader, "secret.yaml": secret})
    findings = lint(tmp_path, config=Config(secrets=secrets)).outcome.findings
    assert [each.rule for each in findings] == rules


def test_nothing_completes_a_base_that_flux_applies(tmp_path: Path) -> None:
    write(tmp_path, {"apps/base/kustomization.yaml": BUILD, "apps/base/pod.yaml": READER})
    assert [each.code for each in lint(tmp_path).outcome.unverified] == ["base"]
    write(tmp_path, {"clusters/apps.yaml": FLUX.replace("apps/web", "apps")})
    assert [each.code for each in lint(tmp_path).outcome.unverified] == ["base"]
    write(tmp_path, {"clusters/apps.yaml": FLUX.replace("apps/web", "apps/base")})
    assert [each.rule for each in lint(tmp_path).outcome.findings] == ["missing-configmap"]


def test_a_build_of_the_same_object_is_an_alternative(tmp_path: Path) -> None:
    files = {"app/kustomization.yaml": BUILD.replace("]", ", config.yaml]"), "app/pod.yaml": READER}
    write(tmp_path, {**files, "app/config.yaml": CONFIG.replace("other", "settings"), "all.yaml": READER})
    assert [each.rule for each in lint(tmp_path).outcome.findings] == ["missing-configmap"]
    write(tmp_path, {"all.yaml": READER.replace("name: reader", "name: another")})
    assert [each.code for each in lint(tmp_path).outcome.unverified] == ["defined-elsewhere"]


EXPORTED = READER.replace("namespace: shop}", "namespace: shop, RECORD}") + "status: {phase: Running}\n"


@pytest.mark.parametrize("record", ["uid: u1", "resourceVersion: '7'", "labels: {a: b}"])
def test_a_copy_of_what_is_in_a_cluster_reads_what_is_there(tmp_path: Path, record: str) -> None:
    write(tmp_path, {"backup.yaml": EXPORTED.replace("RECORD", record)})
    outcome = lint(tmp_path).outcome
    copied = not record.startswith("labels")
    assert [each.rule for each in outcome.findings] == ["missing-configmap"] * (not copied)
    said = [("reused-workload", "this is a copy of a Pod in a cluster, with the objects there")] * copied
    assert [(each.code, each.why) for each in outcome.unverified] == said


LEFT = READER.replace("[{configMapRef: {name: settings}}]", "\n    - configMapRef:\n        name: settings # COMMENT\n")


@pytest.mark.parametrize(
    ("comment", "left"),
    [("the name of your ConfigMap", True), ("Имя вашего ConfigMap", True), ("the settings, not yours", False)],
)
def test_a_comment_may_leave_a_name_to_the_reader(tmp_path: Path, comment: str, left: bool) -> None:
    text = LEFT.replace("COMMENT", comment)
    write(tmp_path, {"pod.yaml": text})
    outcome = lint(tmp_path).outcome
    said = [("shown-in-document", "the comment beside it leaves it to the reader")] * left
    assert [(each.code, each.why) for each in outcome.unverified] == said
    assert [each.rule for each in outcome.findings] == ["missing-configmap"] * (not left)
    write(tmp_path, {"config.yaml": CONFIG.replace("other", "setting")})
    assert [each.rule for each in lint(tmp_path).outcome.findings] == ["missing-configmap"]


SHOWN = "Write this:\n\n  KINDGenerator:\n  - name: NAME\n    files: [a.conf]\n\nThen apply it.\n- name: settings\n"


@pytest.mark.parametrize(
    ("kind", "name", "shown"),
    [("configMap", "settings", True), ("secret", "settings", False), ("configMap", "x", False)],
)
def test_a_readme_shows_what_a_generator_makes(tmp_path: Path, kind: str, name: str, shown: bool) -> None:
    write(tmp_path, {"pod.yaml": READER, "README.md": SHOWN.replace("KIND", kind).replace("NAME", name)})
    outcome = lint(tmp_path).outcome
    assert [each.code for each in outcome.unverified] == ["shown-in-document"] * shown
    assert [each.rule for each in outcome.findings] == ["missing-configmap"] * (not shown)


ASIDE = "namespace: shop\nconfigMapGenerator: [{name: settings, literals: [A=b]}]\n"


def test_what_is_generated_for_no_reader_of_its_own_is_laid_over_another_build(tmp_path: Path) -> None:
    write(tmp_path, {"app/kustomization.yaml": BUILD, "app/pod.yaml": READER, "config/kustomization.yaml": ASIDE})
    result = lint(tmp_path)
    assert concise(result) == []
    assert [(each.code, each.name) for each in result.outcome.unverified] == [
        ("defined-elsewhere", "ConfigMap/settings")
    ]


@pytest.mark.parametrize(
    "config",
    [
        ASIDE + "resources: [other.yaml]\n",
        ASIDE.replace("shop", "bank"),
        ASIDE.replace("settings", "setting"),
        ASIDE + "resources: [../app]\n",
    ],
    ids=["it is read where it is made", "another namespace", "a near name", "an overlay of the same base"],
)
def test_what_another_build_generates_for_itself_is_not_there(tmp_path: Path, config: str) -> None:
    files = {"app/kustomization.yaml": BUILD, "app/pod.yaml": READER, "more/pod.yaml": READER}
    files |= {"more/kustomization.yaml": BUILD, "config/other.yaml": READER.replace("reader", "other")}
    write(tmp_path, {**files, "config/kustomization.yaml": config})
    assert "more/pod.yaml" in {each.location.path for each in lint(tmp_path).outcome.findings}


@pytest.mark.parametrize(
    ("resource", "counts"),
    [
        (
            "helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: settings, namespace: flux}\nspec: {}\n",
            False,
        ),
        (
            "helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: settings, namespace: flux}\n"
            "spec: {targetNamespace: shop}\n",
            True,
        ),
        ("kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: k, namespace: flux}\nspec: {}\n", True),
        (
            "argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a, namespace: argocd}\n"
            "spec: {destination: {namespace: till}}\n",
            False,
        ),
        (
            "argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a, namespace: argocd}\n"
            "spec: {destination: {namespace: shop}}\n",
            True,
        ),
        ("argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: a, namespace: shop}\nspec: {}\n", False),
        ("source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: g, namespace: shop}\nspec: {}\n", False),
        ("backstage.io/v1alpha1\nkind: Component\nmetadata: {name: c}\nspec: {}\n", False),
        ("kind.x-k8s.io/v1alpha4\nkind: Cluster\nname: c\n", False),
        ("karpenter.sh/v1\nkind: NodePool\nmetadata: {name: n}\nspec: {}\n", False),
        ("projectcontour.io/v1\nkind: HTTPProxy\nmetadata: {name: h, namespace: shop}\nspec: {}\n", False),
        ("postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: {name: h, namespace: shop}\nspec: {}\n", False),
        ("postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: h, namespace: shop}\nspec: {}\n", False),
        ("kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: h}\nspec: {}\n", False),
        (
            "kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: h}\n"
            "spec: {rules: [{generate: {kind: ConfigMap, name: 'set{{request.object.metadata.name}}'}}]}\n",
            True,
        ),
        ("serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: settings}\nspec: {}\n", False),
        ("serving.kserve.io/v1alpha1\nkind: ServingRuntime\nmetadata: {name: settings}\nspec: {}\n", False),
        ("grafana.integreatly.org/v1beta1\nkind: GrafanaDashboard\nmetadata: {name: settings}\nspec: {}\n", False),
        ("argoproj.io/v1alpha1\nkind: CronWorkflow\nmetadata: {name: settings}\nspec: {}\n", False),
        ("example.com/v1\nkind: Settings\nmetadata: {name: settings}\nspec: {}\n", True),
    ],
)
def test_what_brings_others_reaches_their_namespace(tmp_path: Path, resource: str, counts: bool) -> None:
    write(tmp_path, {"pod.yaml": READER, "other.yaml": f"apiVersion: {resource}"})
    assert bool(lint(tmp_path).outcome.unverified) is counts


@pytest.mark.parametrize("code", CASES)
def test_evidence_excuses_a_name(tmp_path: Path, code: Code) -> None:
    files, sentence, _ = CASES[code]
    write(tmp_path, files)
    result = lint(tmp_path)
    unverified = {(each.code, each.name, each.why) for each in result.outcome.unverified}
    assert unverified == {(code, "ConfigMap/settings", sentence)}
    assert not [each for each in result.outcome.findings if each.rule == "missing-configmap"]


@pytest.mark.parametrize("code", CASES)
def test_without_the_evidence_the_name_is_missing(tmp_path: Path, code: Code) -> None:
    files, _, changes = CASES[code]
    write(tmp_path, files | changes)
    for name, text in changes.items():
        if not text:
            (tmp_path / name).unlink()
    result = lint(tmp_path)
    assert [each.message for each in result.outcome.findings if each.rule == "missing-configmap"] == [
        "nothing defines the ConfigMap `settings`"
    ]
    assert not result.outcome.unverified


@pytest.mark.parametrize("code", CASES)
def test_strict_references_ignore_evidence(tmp_path: Path, code: Code) -> None:
    write(tmp_path, CASES[code][0])
    outcome = lint(tmp_path, config=Config(references="strict")).outcome
    assert not outcome.unverified


@pytest.mark.parametrize("code", CASES)
def test_a_reason_can_be_turned_off(tmp_path: Path, code: Code) -> None:
    write(tmp_path, CASES[code][0] | {".cmlint.yaml": f"evidence: {{{code}: ignore}}\n"})
    if code not in IGNORABLE:
        with pytest.raises(FatalError, match=f"`{code}` cannot be ignored"):
            lint(tmp_path)
        return
    outcome = lint(tmp_path).outcome
    assert [each.message for each in outcome.findings if each.rule == "missing-configmap"] == [
        "nothing defines the ConfigMap `settings`"
    ]
    assert not outcome.unverified


def test_another_reason_still_counts(tmp_path: Path) -> None:
    broken = {"broken.yaml": CONFIG + "  - {\n", "shop.yaml": OPERATOR, "pod.yaml": READER}
    write(tmp_path, broken | {".cmlint.yaml": "evidence: {unparsable: ignore}\n"})
    assert [each.code for each in lint(tmp_path).outcome.unverified] == ["custom-resource"]
    write(tmp_path, {".cmlint.yaml": "evidence: {unparsable: ignore, custom-resource: ignore}\n"})
    assert not lint(tmp_path).outcome.unverified


@pytest.mark.parametrize(
    ("reader", "code"),
    [
        (READER.replace("settings", "'${X}'"), "placeholder"),
        (READER.replace("settings", "kube-root-ca.crt"), "well-known"),
        (READER.replace("settings", "rook-ceph-mon-endpoints"), "well-known"),
        (READER.replace("configMapRef", "secretRef"), "secret-elsewhere"),
    ],
)
def test_other_reasons_can_be_turned_off(tmp_path: Path, reader: str, code: str) -> None:
    write(tmp_path, {"pod.yaml": reader})
    assert [each.code for each in lint(tmp_path).outcome.unverified] == [code]
    outcome = lint(tmp_path, config=Config(evidence={code: "ignore"})).outcome
    assert (len(outcome.findings), outcome.ends) == (1, {"reported": 1})


def test_commands_can_be_turned_off(tmp_path: Path) -> None:
    make = "kubectl create configmap -n shop settings --from-literal=A=b\n"
    write(tmp_path, {"pod.yaml": READER, "up.sh": make})
    assert [each.code for each in lint(tmp_path).outcome.unverified] == ["command"]
    assert lint(tmp_path, config=Config(evidence={"command": "ignore"})).outcome.ends == {"reported": 1}


@pytest.mark.parametrize(
    ("setting", "message", "help_"),
    [
        ("{shown-in-doc: ignore}", "12: unknown evidence `shown-in-doc`", "did you mean `shown-in-document`?"),
        ("{not-built: ignore}", "12: `not-built` cannot be ignored", "there are `template`, `kustomization`, "),
        ("{command: report}", "21: `evidence.command` cannot be `report`", "there are `ignore`"),
        ("[command]", "11: `evidence` must be a mapping of codes to `ignore`, but it is a list", "write it like "),
    ],
)
def test_a_wrong_code_is_one_clear_error(tmp_path: Path, setting: str, message: str, help_: str) -> None:
    write(tmp_path, {".cmlint.yaml": f"evidence: {setting}\n", "pod.yaml": READER})
    with pytest.raises(FatalError) as error:
        lint(tmp_path)
    assert error.value.message == f".cmlint.yaml:1:{message}"
    assert error.value.help.startswith(help_)


def test_every_code_has_a_meaning_and_a_case() -> None:
    assert list(MEANINGS) == list(get_args(Code))
    assert set(MEANINGS) == {*CASES, *ELSEWHERE}


VERB = r" (is|may|mounts|has|does|shows|names?|runs|reads|receives|describes|changes|compares|uses|asks) "
"""A verb, which makes a reason a sentence."""


def test_every_reason_is_a_sentence() -> None:
    reasons = [sentence for _, sentence, _ in CASES.values()] + [sentence for _, sentence in endings.ASIDE.values()]
    reasons += [sentence for _, sentence in UNREAD.values()] + [NOT_REACHED]
    reasons += [each.sentence for each in vars(endings).values() if isinstance(each, Evidence)]
    assert [reason for reason in reasons if not re.search(VERB, f"{reason} ")] == []


def test_the_page_is_up_to_date() -> None:
    assert evidence.PAGE.read_text(encoding="utf-8") == evidence.render(), "run `make docs`"


def reading(namespace: str, *names: str) -> str:
    """A pod of a namespace that reads Secrets."""
    entries = ", ".join(f"{{secretRef: {{name: {name}}}}}" for name in names)
    own = READER.replace("shop", namespace).replace("{configMapRef: {name: settings}}", entries)
    return own.replace("name: reader", f"name: {namespace}-{len(names)}")


SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: data}\nstringData: {A: b}\n"
OWN = SECRET.replace("name: db, namespace: data", "name: own, namespace: shop")
RESOURCE = "apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: a, namespace: data}\nspec: {auth: {secret: db}}\n"
OTHERS = "pods of `shop` also read `own`, which nothing here defines"

APART = {
    "the readers' other Secrets are nowhere": ((SECRET, reading("data", "db"), reading("shop", "db", "own")), OTHERS),
    "a custom resource reads it": ((SECRET, RESOURCE, reading("shop", "db", "own")), OTHERS),
    "their other Secret is optional": (
        (SECRET, reading("data", "db"), reading("shop", "db", "own").replace("name: own", "name: own, optional: true")),
        "",
    ),
    "the readers have no other Secret": ((SECRET, reading("data", "db"), reading("shop", "db")), ""),
    "their other Secret is defined": ((SECRET, OWN, reading("data", "db"), reading("shop", "db", "own")), ""),
    "one of two others is defined": ((SECRET, OWN, reading("data", "db"), reading("shop", "db", "own", "more")), ""),
    "nobody reads it where it is": ((SECRET, reading("shop", "db", "own")), ""),
    "others elsewhere are nowhere": ((SECRET, reading("data", "db", "own"), reading("shop", "db")), ""),
    "a ConfigMap": (
        tuple(
            text.replace("Secret", "ConfigMap").replace("secretRef", "configMapRef").replace("stringData", "data")
            for text in (SECRET, reading("data", "db"), reading("shop", "db", "own"))
        ),
        "",
    ),
}
"""Files in which a pod reads what is defined for another namespace, and why that is not reported."""


@pytest.mark.parametrize("name", APART)
def test_a_secret_of_another_namespace_may_be_kept_elsewhere_as_others_are(tmp_path: Path, name: str) -> None:
    texts, why = APART[name]
    write(tmp_path, {"all.yaml": "---\n".join(texts)})
    outcome = lint(tmp_path).outcome
    excused = [each.why for each in outcome.unverified if each.name == "Secret/db"]
    assert excused == ([why] if why else [])
    wrong = [each.message for each in outcome.findings if each.rule == "wrong-namespace"]
    target = "ConfigMap" if name == "a ConfigMap" else "Secret"
    said = f"the {target} `db` is defined in the namespace `data`, but not in `shop`"
    assert wrong == ([] if why else [said])
    wanted = lint(tmp_path, config=Config(secrets="all")).outcome.findings
    assert [each.message for each in wanted if each.rule == "wrong-namespace"] == [said]


def test_a_command_shows_another_secret_of_the_namespace(tmp_path: Path) -> None:
    texts = (SECRET, reading("data", "db"), reading("shop", "db", "own"))
    made = "kubectl create secret generic own -n shop --from-literal=A=b\n"
    write(tmp_path, {"all.yaml": "---\n".join(texts), "make.sh": made})
    assert [each.rule for each in lint(tmp_path).outcome.findings] == ["wrong-namespace"]


ARGO = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a, namespace: argocd}\n"
HERE = "repoURL: https://git.example/shop, path: apps/web"


@pytest.mark.parametrize(
    ("spec", "excused"),
    [
        (f"source: {{{HERE}}}", False),
        (f"sources: [{{{HERE}}}, {{repoURL: https://git.example/shop, ref: values}}]", False),
        ("source: {repoURL: https://git.example/other, path: elsewhere}", True),
        ("source: {repoURL: https://charts.example, chart: web}", False),
        (f"sources: [{{{HERE}}}, {{repoURL: https://charts.example, chart: web}}]", True),
        (f"sources: [{{{HERE}}}, {{repoURL: https://git.example/shop, path: elsewhere}}]", True),
        (f"source: {{{HERE}, plugin: {{name: t}}}}", True),
        ("source: {repoURL: https://git.example/shop, path: .}", True),
    ],
)
def test_what_an_application_brings_from_this_repository_is_known(tmp_path: Path, spec: str, excused: bool) -> None:
    application = f"{ARGO}spec: {{destination: {{namespace: shop}}, {spec}}}\n"
    write(tmp_path, {"argocd/web.yaml": application, "apps/web/pod.yaml": READER})
    assert bool(lint(tmp_path).outcome.unverified) is excused
    assert bool(lint(tmp_path).outcome.findings) is not excused


CHARTED = "repoURL: https://charts.example, chart: web"


@pytest.mark.parametrize(
    ("source", "excused"),
    [
        (f"source: {{{CHARTED}}}", False),
        (f"sources: [{{{CHARTED}}}, {{{CHARTED}}}]", False),
        (f"source: {{{CHARTED}, helm: {{releaseName: settings}}}}", True),
        (f"source: {{{CHARTED}, helm: {{releaseName: till}}}}", False),
        (f"source: {{{CHARTED}, helm: {{valuesObject: {{existing: settings}}}}}}", True),
        (f'source: {{{CHARTED}, helm: {{values: "web:\\n  existing: settings # ours\\n"}}}}', True),
        (f'source: {{{CHARTED}, helm: {{values: "web:\\n  existing: settings-more\\n"}}}}', False),
        (f'source: {{{CHARTED}, helm: {{values: "fullnameOverride: settings\\n"}}}}', True),
        (f"source: {{{CHARTED}, helm: {{parameters: [{{name: fullnameOverride, value: settings}}]}}}}", True),
        (f"source: {{{CHARTED}, helm: {{valueFiles: [$values/web.yaml]}}}}", True),
        (f"sources: [{{{CHARTED}}}, {{repoURL: https://git.example/other, path: elsewhere}}]", True),
        (f"sources: [{{{CHARTED}}}, {{repoURL: https://git.example/other, ref: values}}]", True),
        (f"source: {{{CHARTED}, plugin: {{name: t}}}}", True),
    ],
)
def test_an_application_of_charts_makes_what_is_called_after_it_or_its_values(
    tmp_path: Path, source: str, excused: bool
) -> None:
    application = f"{ARGO}spec: {{destination: {{namespace: shop}}, {source}}}\n"
    write(tmp_path, {"argocd/web.yaml": application, "apps/web/pod.yaml": READER})
    outcome = lint(tmp_path).outcome
    assert [each.code for each in outcome.unverified] == ["custom-resource"] * excused
    assert [each.rule for each in outcome.findings] == ["missing-configmap"] * (not excused)


def test_the_values_of_a_chart_of_k3s_are_a_text(tmp_path: Path) -> None:
    chart = (
        "apiVersion: helm.cattle.io/v1\nkind: HelmChart\nmetadata: {name: web, namespace: shop}\nspec:\n  chart: web\n"
    )
    write(tmp_path, {"pod.yaml": READER, "chart.yaml": f"{chart}  valuesContent: |-\n    configMapName: other\n"})
    assert [each.rule for each in lint(tmp_path).outcome.findings] == ["missing-configmap"]
    write(tmp_path, {"chart.yaml": f"{chart}  valuesContent: |-\n    configMapName: settings\n"})
    assert [each.code for each in lint(tmp_path).outcome.unverified] == ["custom-resource"]


@pytest.mark.parametrize(("kind", "group"), [("NetworkChaos", "chaos-mesh.org"), ("Shop", "example.com")])
def test_experiments_of_chaos_mesh_make_no_objects(tmp_path: Path, kind: str, group: str) -> None:
    write(
        tmp_path,
        {"app/pod.yaml": READER, "app/chaos/x.yaml": f"apiVersion: {group}/v1\nkind: {kind}\nmetadata: {{name: x}}\n"},
    )
    assert [each.code for each in lint(tmp_path).outcome.unverified] == ["custom-resource"] * (kind == "Shop")
    assert [each.rule for each in lint(tmp_path).outcome.findings] == ["missing-configmap"] * (kind != "Shop")


@pytest.mark.parametrize(
    ("made", "namespace", "excused"),
    [
        ("--from-literal=PASS=x", "till", False),
        ("--from-literal=PASS=x", "$NS", False),
        ("--from-literal=PASSWORD=x", "till", True),
        ("--from-literal=PASS=x --from-literal=PASSWORD=x", "till", True),
        ("--from-env-file=.env", "till", True),
    ],
)
@pytest.mark.parametrize("kind", ["ConfigMap", "Secret"])
def test_a_command_for_another_namespace_makes_only_its_keys(
    tmp_path: Path, kind: str, made: str, namespace: str, excused: bool
) -> None:
    read = f"{'configMap' if kind == 'ConfigMap' else 'secret'}KeyRef: {{name: settings, key: PASSWORD}}"
    pod = READER.replace("envFrom: [{configMapRef: {name: settings}}]", f"env: [{{name: A, valueFrom: {{{read}}}}}]")
    noun = "configmap" if kind == "ConfigMap" else "secret generic"
    made = f"```\nkubectl create {noun} settings -n {namespace} {made}\n```\n"
    write(tmp_path, {"pod.yaml": pod, "README.md": made})
    outcome = lint(tmp_path, config=Config(secrets="all")).outcome
    assert [each.code for each in outcome.unverified] == ["command"] * excused
    assert len(outcome.findings) == (not excused)
    write(tmp_path, {"pod.yaml": READER})
    assert [each.code for each in lint(tmp_path).outcome.unverified] == (["command"] if kind == "ConfigMap" else [])


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        (f"{ARGO}spec: {{destination: {{namespace: shop}}, source: {{{HERE}-$(FOLDER)}}}}\n", "Application"),
        ("apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: b, namespace: shop}\n", "Shop"),
    ],
)
def test_what_is_known_of_one_application_says_nothing_of_others(tmp_path: Path, more: str, kind: str) -> None:
    application = f"{ARGO}spec: {{destination: {{namespace: shop}}, source: {{{HERE}}}}}\n"
    write(tmp_path, {"argocd/web.yaml": application, "argocd/more.yaml": more, "apps/web/pod.yaml": READER})
    (excused,) = lint(tmp_path).outcome.unverified
    assert excused.why == f"the custom resource {kind} in argocd/more.yaml may create it"


def test_more_may_come_of_a_folder_that_is_not_built_completely(tmp_path: Path) -> None:
    application = f"{ARGO}spec: {{destination: {{namespace: shop}}, source: {{{HERE}}}}}\n"
    built = "resources: [config.yaml, https://git.example/settings]\n"
    files = {"apps/web/kustomization.yaml": built, "apps/web/config.yaml": CONFIG, "other/pod.yaml": READER}
    write(tmp_path, {"argocd/web.yaml": application, **files})
    assert [each.code for each in lint(tmp_path).outcome.unverified] == ["custom-resource"]
    write(tmp_path, {"apps/web/kustomization.yaml": "resources: [config.yaml]\n"})
    assert [each.rule for each in lint(tmp_path).outcome.findings] == ["missing-configmap"]


@pytest.mark.parametrize(
    ("path", "kind", "excused"),
    [
        ("shop.conf", "ConfigMap", True),
        ("settings.lua", "ConfigMap", True),
        ("default.conf", "ConfigMap", True),
        ("reader.conf", "ConfigMap", True),
        ("nginx.conf", "ConfigMap", False),
        ("nginx.properties", "ConfigMap", False),
        ("shop.env", "Secret", True),
        ("shop.conf", "Secret", False),
        ("nginx.env", "Secret", False),
    ],
)
def test_a_file_is_a_source_of_what_is_called_alike(tmp_path: Path, path: str, kind: str, excused: bool) -> None:
    reader = READER.replace("configMapRef", "secretRef") if kind == "Secret" else READER
    write(tmp_path, {"pod.yaml": reader, path: "a b\n"})
    result = lint(tmp_path, config=Config(secrets="all"))
    assert [each.code for each in result.outcome.unverified] == ["made-from-file"] * excused
    assert bool(result.outcome.findings) is not excused


def test_a_file_that_is_not_listed_is_missing_whatever_other_builds_have(tmp_path: Path) -> None:
    config = CONFIG.replace("other", "settings")
    files = {
        "base/pod.yaml": READER.replace(", namespace: shop", ""),
        "base/kustomization.yaml": BUILD,
        "base/config.yaml": config.replace(", namespace: shop", ""),
        "a/kustomization.yaml": "namespace: shop\nresources: [../base]\n",
        "b/kustomization.yaml": "namespace: till\nresources: [../base, config.yaml]\n",
        "b/config.yaml": config.replace(", namespace: shop", ""),
    }
    write(tmp_path, files)
    assert concise(lint(tmp_path)) == [
        "base/pod.yaml:8:37: error[missing-configmap] the ConfigMap `settings` is not in the kustomization"
    ]
    write(tmp_path, {"base/kustomization.yaml": "resources: [pod.yaml, config.yaml]\n", "b/kustomization.yaml": ""})
    assert "missing-configmap" not in " ".join(concise(lint(tmp_path)))


@pytest.mark.parametrize(
    ("key", "reported"), [("PASSWORD", False), ("PASSWROD", True), ("API_TOKEN", False), ("USER", False)]
)
def test_a_command_may_give_an_object_any_key_but_a_misspelt_one(tmp_path: Path, key: str, reported: bool) -> None:
    read = f"env: [{{name: A, valueFrom: {{configMapKeyRef: {{name: settings, key: {key}}}}}}}]"
    files = {
        "pod.yaml": READER.replace("envFrom: [{configMapRef: {name: settings}}]", read),
        "config.yaml": CONFIG.replace("other", "settings").replace("A: b", "PASSWORD: b, USERS: c"),
        "README.md": "```\nkubectl create configmap settings -n shop --from-env-file=.env\n```\n",
    }
    write(tmp_path, files)
    if key == "USER":
        write(tmp_path, {"config.yaml": files["config.yaml"].replace("USERS", "USER_NAMES")})
    assert ["missing-key" in each for each in concise(lint(tmp_path))] == [True] * reported


FIELD = "apiVersion: {}\nkind: {}\nmetadata: {{name: web, namespace: shop}}\nspec: {{{}}}\n"


@pytest.mark.parametrize(
    ("version", "kind", "spec", "asked"),
    [
        ("cert-manager.io/v1", "Issuer", "acme: {tokenSecretRef: {name: token, key: t}}", True),
        ("cert-manager.io/v1", "Issuer", "acme: {privateKeySecretRef: {name: token, key: t}}", False),
        ("notification.toolkit.fluxcd.io/v1beta3", "Provider", "secretRef: {name: token}", True),
        ("source.toolkit.fluxcd.io/v1", "GitRepository", "secretRef: {name: token}", False),
        ("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "decryption: {secretRef: {name: token}}", False),
        ("helm.toolkit.fluxcd.io/v2", "HelmRelease", "values: {db: {secretRef: {name: token}}}", False),
        ("notification.toolkit.fluxcd.io/v1beta3", "Provider", "secretRef: {name: flux-system}", False),
        ("dapr.io/v1alpha1", "Component", "metadata: [{name: t, secretKeyRef: {name: token, key: t}}]", False),
        ("example.com/v1", "Shop", "secretRef: {name: token}", False),
        ("cert-manager.io/v1", "Issuer", "acme: {settingsRef: {configMapRef: {name: token}}}", False),
    ],
)
def test_a_secret_that_a_controller_only_reads_is_asked_for(
    tmp_path: Path, version: str, kind: str, spec: str, asked: bool
) -> None:
    write(tmp_path, {"a.yaml": FIELD.format(version, kind, spec)})
    assert lint(tmp_path).outcome.findings == []
    found = lint(tmp_path, config=Config(secrets="all")).outcome
    assert [each.rule for each in found.findings] == ["missing-secret"] * asked


@pytest.mark.parametrize(
    ("template", "made", "excused"),
    [
        ("web/config.yaml.j2", "web/config.yaml", False),
        ("templates/web/config.yaml.j2", "web/config.yaml", False),
        ("templates/addons/web/app/config.yaml.j2", "kubernetes/shop/web/app/config.yaml", False),
        ("config.yaml.j2", "config.yaml", False),
        ("templates/config.yaml.j2", "config.yaml", True),
        ("templates/app/config.yaml.j2", "web/app/config.yaml", True),
        ("web/config.yaml.j2", "web/other.yaml", True),
        ("web/config.yaml.example", "web/config.yaml", True),
    ],
)
def test_a_template_shows_nothing_that_is_not_in_the_file_made_of_it(
    tmp_path: Path, template: str, made: str, excused: bool
) -> None:
    write(tmp_path, {template: CONFIG.replace("other", "settings"), made: CONFIG, "read/pod.yaml": READER})
    outcome = lint(tmp_path).outcome
    assert [each.code for each in outcome.unverified] == ["shown-in-document"] * excused
    assert [each.rule for each in outcome.findings] == ["missing-configmap"] * (not excused)


def test_a_template_of_a_file_that_is_built_shows_nothing_either(tmp_path: Path) -> None:
    files = {"web/kustomization.yaml": "resources: [config.yaml, pod.yaml]\n", "web/pod.yaml": READER}
    write(tmp_path, {**files, "web/config.yaml": CONFIG, "t/web/config.yaml.j2": CONFIG.replace("other", "settings")})
    assert [each.rule for each in lint(tmp_path).outcome.findings] == ["missing-configmap"]


@pytest.mark.parametrize(
    ("copy", "definition", "apart"),
    [
        ("k/pod.yaml", "k/config.yaml", True),
        ("k/app/pod.yaml", "k/config.yaml", True),
        ("k/pod.yaml", "k/app/config.yaml", True),
        ("web/old/a/pod.yaml", "web/old/b/config.yaml", True),
        ("a/pod.yaml", "b/config.yaml", False),
        ("web/pod-2.yaml", "config.yaml", False),
        ("app/pod.yaml", "config.yaml", False),
        ("k/another.yaml", "k/config.yaml", False),
        ("web/old/pod.yaml", "web/config.yaml", True),
    ],
)
def test_files_that_have_a_workload_are_not_applied_with_its_build(
    tmp_path: Path, copy: str, definition: str, apart: bool
) -> None:
    pod = READER.replace("name: reader", "name: another") if "another" in copy else READER
    files = {"web/kustomization.yaml": BUILD, "web/pod.yaml": READER, copy: pod.replace("envFrom", "# envFrom")}
    write(tmp_path, {**files, definition: CONFIG.replace("other", "settings")})
    outcome = lint(tmp_path).outcome
    assert [each.code for each in outcome.unverified] == ["defined-elsewhere"] * (not apart)
    assert [each.rule for each in outcome.findings] == ["missing-configmap"] * apart
    write(tmp_path, {"web/config.yaml": CONFIG.replace("other", "settings")})
    listed = "web/pod.yaml:8:37: error[missing-configmap] the ConfigMap `settings` is not in the kustomization"
    assert concise(lint(tmp_path)) == [listed] * apart


BOTH = CONFIG + "---\n" + READER
SECRETS = BOTH.replace("ConfigMap", "Secret").replace("configMapRef", "secretRef").replace("A: b", "A: Yg==")
ONE_KEY = SECRETS.replace(
    "envFrom: [{secretRef: {name: settings}}]", "env: [{name: A, valueFrom: {secretKeyRef: {name: settings, key: A}}}]"
)


@pytest.mark.parametrize(
    ("text", "more", "found"),
    [
        (BOTH, "", True),
        (BOTH.replace("shop}\ndata", "till}\ndata"), "", False),
        (BOTH, READER.replace("reader", "also").replace("settings", "other"), False),
        (BOTH, READER.replace("reader", "also").replace("settings}", "x}}, {configMapRef: {name: other}"), False),
        (BOTH + "---\n" + CONFIG.replace("other", "third"), "", False),
        (BOTH + "---\n" + READER.replace("reader", "also").replace("settings", "fourth"), "", False),
        (BOTH + "---\n" + STARTER.replace("settings", "other"), "", False),
        (SECRETS, "", False),
        (ONE_KEY, "", True),
        (ONE_KEY.replace("{A: ", "{B: "), "", False),
    ],
)
def test_an_object_beside_its_reader_that_nothing_reads_was_meant(
    tmp_path: Path, text: str, more: str, found: bool
) -> None:
    write(tmp_path, {"app/all.yaml": text, "app/shop.yaml": OPERATOR, "app/more.yaml": more})
    findings = lint(tmp_path).outcome.findings
    assert [each.help for each in findings] == ["did you mean `other`?"] * found


TWO_KEYS = READER.replace(
    "envFrom: [{configMapRef: {name: settings}}]",
    "env:\n    - {name: A, valueFrom: {secretKeyRef: {name: settings, key: A}}}\n"
    "    - {name: B, valueFrom: {secretKeyRef: {name: settings, key: B}}}",
)
TWO = "apiVersion: v1\nkind: Secret\nmetadata: {name: other, namespace: shop}\nstringData: {A: a, B: b, C: c}\n"


@pytest.mark.parametrize(
    ("reader", "files", "found"),
    [
        (TWO_KEYS, {"secret.yaml": TWO}, True),
        (TWO_KEYS, {"secret.yaml": TWO.replace("B: b, ", "")}, False),
        (TWO_KEYS.replace("key: B", "key: A"), {"secret.yaml": TWO}, False),
        (TWO_KEYS, {"secret.yaml": TWO + "---\n" + TWO.replace("other", "third")}, False),
        (TWO_KEYS, {"secret.yaml": TWO + "---\n" + STARTER.replace("settings", "other")}, False),
        (TWO_KEYS, {"secret.yaml": TWO.replace("shop", "till")}, False),
        (TWO_KEYS, {"secret.yaml": CONFIG, "apart.yaml": TWO}, False),
    ],
)
def test_an_object_of_a_build_that_nothing_reads_was_meant(
    tmp_path: Path, reader: str, files: Files, found: bool
) -> None:
    write(tmp_path, {"kustomization.yaml": "resources: [pod.yaml, secret.yaml]\n", "pod.yaml": reader, **files})
    write(tmp_path, {"README.md": "```\nkubectl create secret generic settings --from-env-file=.env\n```\n"})
    outcome = lint(tmp_path).outcome
    assert {each.code for each in outcome.unverified} == (set() if found else {"command"})
    assert [(each.rule, each.help) for each in outcome.findings] == [
        ("missing-secret", "did you mean `other`?")
    ] * found


DEFINED, READ = ONE_KEY.split("---\n")


@pytest.mark.parametrize(
    ("reader", "files", "found"),
    [
        (READ, {"app/settings.yaml": DEFINED}, True),
        (READ, {"app/settings.yml": DEFINED}, True),
        (READER, {"app/settings.yaml": CONFIG}, True),
        (READ, {"app/secret.yaml": DEFINED}, False),
        (READ, {"app/till/settings.yaml": DEFINED}, False),
        (READ, {"app/settings.yaml": DEFINED.replace("shop", "till")}, False),
        (READ, {"app/settings.yaml": DEFINED.replace("{A: ", "{B: ")}, False),
        (READ, {"app/settings.yaml": DEFINED + "---\n" + DEFINED.replace("other", "third")}, False),
        (
            READ,
            {"app/settings.yaml": DEFINED, "also.yaml": READ.replace("reader", "a").replace("settings", "other")},
            False,
        ),
        (SECRETS.split("---\n")[1], {"app/settings.yaml": DEFINED}, False),
    ],
)
def test_the_object_of_a_file_that_is_named_like_a_missing_one_was_meant(
    tmp_path: Path, reader: str, files: Files, found: bool
) -> None:
    write(tmp_path, {"app/pod.yaml": reader, "app/shop.yaml": OPERATOR, **files})
    findings = lint(tmp_path).outcome.findings
    assert [each.help for each in findings] == ["did you mean `other`?"] * found


def test_a_build_has_such_a_file_as_well(tmp_path: Path) -> None:
    write(tmp_path, {"kustomization.yaml": "resources: [pod.yaml, settings.yaml]\n", "pod.yaml": READ})
    write(tmp_path, {"settings.yaml": DEFINED})
    assert concise(lint(tmp_path)) == ["pod.yaml:8:54: error[missing-secret] nothing defines the Secret `settings`"]


BLANK = "apiVersion: v1\nkind: Secret\nmetadata: {name: ''}\ndata: {a: Yg==}\n"
BLANK_POD = READER.replace("name: reader", "name: ''").replace("image: ", "image: '' #")
RESOURCES = "app/src/main/resources/templates"


@pytest.mark.parametrize(
    ("folder", "text", "rules"),
    [
        (RESOURCES, BLANK, set()),
        (RESOURCES, BLANK_POD, set()),
        (RESOURCES, BLANK.replace("''", "My_App"), {"malformed-object"}),
        (RESOURCES, READER, {"missing-configmap"}),
        ("app/src/main/templates", BLANK, {"malformed-object"}),
        ("app/src/main/templates", BLANK_POD, {"invalid-image", "missing-configmap"}),
    ],
)
def test_a_program_in_java_completes_what_it_reads(tmp_path: Path, folder: str, text: str, rules: set[str]) -> None:
    write(tmp_path, {f"{folder}/a.yaml": text})
    result = lint(tmp_path)
    assert {finding.rule for finding in result.outcome.findings} == rules
    filled = (f"{folder}/a.yaml", "a resource of a program in Java, which fills it in")
    assert (filled in result.outcome.skipped) == (not rules)
