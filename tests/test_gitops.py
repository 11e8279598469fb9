"""What Flux and Argo CD bring to one namespace of one cluster stands together."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from cmlint.config.config import Config, Helm
from cmlint.manifest.documents import read_text
from cmlint.manifest.gitops_values import read_chart_inputs
from cmlint.model.facts import Deploy, PostBuild
from cmlint.pipeline.check import check
from cmlint.pipeline.result import Result
from cmlint.report.json import render as render_json
from cmlint.report.text import render
from cmlint.report.view import View
from cmlint.sources.request import Request
from tests.support.run import concise, failures, inside, lint, rules, write

SETTINGS = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {CURRENCY: EUR}\n"
WEB = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
      env:
        - name: CURRENCY
          valueFrom: {configMapKeyRef: {name: settings, key: KEY}}
"""
FLUX = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: PATH}
spec: {path: ./PATH, targetNamespace: NAMESPACE}
"""
ARGO = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: PATH}
spec:
  source: {path: PATH}
  destination: {server: https://kubernetes.default.svc, namespace: NAMESPACE}
"""
FOUND = "web/pod.yaml:10:62: error[missing-key] the ConfigMap `settings` has no key `KEY`"


def run(folder: Path, template: str, namespaces: dict[str, str], key: str) -> Result:
    """What cmlint finds where each folder is brought to a namespace."""
    deployers = (template.replace("PATH", path).replace("NAMESPACE", name) for path, name in namespaces.items())
    write(
        folder,
        {
            "config/kustomization.yaml": "resources: [settings.yaml]\n",
            "config/settings.yaml": SETTINGS,
            "web/kustomization.yaml": "resources: [pod.yaml]\n",
            "web/pod.yaml": WEB.replace("KEY", key),
            "cluster/all.yaml": "---\n".join(deployers),
        },
    )
    with inside(folder):
        return check(Request(rules=dict(rules())))


@pytest.mark.parametrize("template", [FLUX, ARGO], ids=["flux", "argocd"])
def test_what_goes_to_one_namespace_is_resolved_across_folders(tmp_path: Path, template: str) -> None:
    result = run(tmp_path, template, {"config": "shop", "web": "shop"}, "CURRENCY")
    assert (concise(result), result.outcome.unverified) == ([], [])
    assert concise(run(tmp_path, template, {"config": "shop", "web": "shop"}, "KEY")) == [FOUND]


@pytest.mark.parametrize("template", [FLUX, ARGO], ids=["flux", "argocd"])
@pytest.mark.parametrize("namespaces", [{"config": "shop", "web": "till"}, {"web": "shop"}])
def test_what_may_go_elsewhere_proves_nothing(tmp_path: Path, template: str, namespaces: dict[str, str]) -> None:
    result = run(tmp_path, template, namespaces, "KEY")
    assert concise(result) == []
    assert [entry.name for entry in result.outcome.unverified] == ["ConfigMap/settings"]


def test_each_cluster_has_a_folder_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, {"staging/all.yaml": FLUX.replace("PATH", "config").replace("NAMESPACE", "shop")})
    assert concise(run(tmp_path, FLUX, {"web": "shop"}, "KEY")) == []


def test_objects_that_name_their_namespace_meet_there(tmp_path: Path) -> None:
    anywhere = FLUX.replace(", targetNamespace: NAMESPACE", "")
    assert concise(run(tmp_path, anywhere, {"config": "", "web": ""}, "KEY")) == [], "both may go to different ones"
    for path in ("config/settings.yaml", "web/pod.yaml"):
        text = (tmp_path / path).read_text(encoding="utf-8")
        write(tmp_path, {path: text.replace("}\n", ", namespace: shop}\n", 1)})
    with inside(tmp_path):
        assert concise(check(Request(rules=dict(rules())))) == [FOUND]


@pytest.mark.parametrize(
    ("template", "old", "new"),
    [
        (FLUX, "NAMESPACE", "'${NAMESPACE}'"),
        (ARGO, "NAMESPACE", "'{{ namespace }}'"),
        (ARGO, "https://kubernetes.default.svc", "'${SERVER}'"),
        (FLUX, "targetNamespace", "kubeConfig: {secretRef: {name: '${CLUSTER}'}}, targetNamespace"),
    ],
    ids=["namespace of flux", "namespace of argocd", "server", "kubeconfig"],
)
def test_destinations_that_are_still_to_be_filled_in_are_not_one_place(
    tmp_path: Path, template: str, old: str, new: str
) -> None:
    namespaces = {"config": "shop", "web": "shop"}
    assert concise(run(tmp_path, template, namespaces, "KEY")) == [FOUND]
    result = run(tmp_path, template.replace(old, new), namespaces, "KEY")
    why = "it is defined in config/kustomization.yaml, which may be applied together with this"
    assert (concise(result), [each for each in whys(result) if "placeholder" not in each]) == ([], [why])


@pytest.mark.parametrize(
    ("template", "target", "found"),
    [(FLUX, "shop", []), (FLUX, "", ["wrong-namespace"]), (ARGO, "shop", ["wrong-namespace"])],
    ids=["flux", "flux without a namespace", "argocd"],
)
def test_flux_moves_all_that_it_builds_to_its_namespace(
    tmp_path: Path, template: str, target: str, found: list[str]
) -> None:
    write(
        tmp_path,
        {
            "web/kustomization.yaml": "resources: [pod.yaml, settings.yaml]\n",
            "web/pod.yaml": WEB.replace("KEY", "CURRENCY").replace("}\n", ", namespace: shop}\n", 1),
            "web/settings.yaml": SETTINGS.replace("}\n", ", namespace: other}\n", 1),
            "cluster/all.yaml": template.replace("PATH", "web").replace("NAMESPACE", target or "''"),
        },
    )
    with inside(tmp_path):
        rules_found = [each.rule for each in check(Request(rules=dict(rules()))).outcome.findings]
    assert rules_found == found


READER = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: shop}
spec: {valuesFrom: [{kind: ConfigMap, name: settings}]}
"""
WITH_HASH = "configMapGenerator: [{name: settings, literals: [CURRENCY=EUR]}]\nconfigurations: [names.yaml]\n"
KNOWN_FIELDS = "nameReference: [{kind: ConfigMap, fieldSpecs: [{kind: HelmRelease, path: spec/valuesFrom/name}]}]\n"


@pytest.mark.parametrize(
    ("target", "names", "reader", "found"),
    [
        ("shop", KNOWN_FIELDS, READER, []),
        ("shop", KNOWN_FIELDS.replace("kind: HelmRelease, ", ""), READER, []),
        ("", KNOWN_FIELDS, READER, ["missing-configmap"]),
        ("shop", KNOWN_FIELDS.replace("valuesFrom", "values"), READER, ["missing-configmap"]),
        ("shop", KNOWN_FIELDS.replace("kind: ConfigMap", "kind: Secret"), READER, ["missing-configmap"]),
        ("shop", KNOWN_FIELDS.replace("HelmRelease", "Worker"), READER, ["missing-configmap"]),
        ("shop", "{}\n", WEB.replace("{name: web}", "{name: web, namespace: shop}").replace("KEY", "CURRENCY"), []),
        ("shop", "{}\n", WEB.replace("{name: web}", "{name: web, namespace: shop}"), ["missing-key"]),
        ("", "{}\n", WEB.replace("{name: web}", "{name: web, namespace: shop}"), ["missing-configmap"]),
    ],
)
def test_kustomize_renames_what_flux_moves_to_one_namespace(
    tmp_path: Path, target: str, names: str, reader: str, found: list[str]
) -> None:
    files = {
        "web/kustomization.yaml": f"resources: [reader.yaml]\n{WITH_HASH}",
        "web/reader.yaml": reader,
        "web/names.yaml": names,
        "cluster/all.yaml": FLUX.replace("PATH", "web").replace("NAMESPACE", target or "''"),
    }
    write(tmp_path, files)
    assert [each.rule for each in lint(tmp_path).outcome.findings] == found


PATCH = "[{patch: '[]', target: {kind: KIND}}]"
FIELDS = [
    ("patches", PATCH.replace("KIND", "Deployment|Pod"), []),
    ("patches", PATCH.replace("KIND", "*"), []),
    ("patches", "[{patch: 'kind: Pod'}]", []),
    ("patches", PATCH.replace("KIND", "HelmRelease"), [FOUND]),
    ("components", "[../../more]", []),
    ("components", "[]", [FOUND]),
    ("images", "[{name: web, newTag: 1.2.3}]", [FOUND]),
    ("commonMetadata", "{labels: {a: b}}", [FOUND]),
]


@pytest.mark.parametrize(("field", "value", "found"), FIELDS)
@pytest.mark.parametrize("kind", ["flux", "argocd"])
def test_what_is_changed_on_the_way_proves_nothing(
    tmp_path: Path, kind: str, field: str, value: str, found: list[str]
) -> None:
    changed = {
        "flux": FLUX.replace("spec: {", f"spec: {{{field}: {value}, "),
        "argocd": ARGO.replace("{path: PATH}", f"{{path: PATH, kustomize: {{{field}: {value}}}}}"),
    }[kind]
    template = {"config": FLUX if kind == "flux" else ARGO, "web": changed}
    write(tmp_path, {"both.yaml": "---\n".join(template[path].replace("PATH", path) for path in template)})
    run(tmp_path, "", {}, "KEY")
    text = (tmp_path / "both.yaml").read_text(encoding="utf-8").replace("NAMESPACE", "shop")
    write(tmp_path, {"both.yaml": text})
    with inside(tmp_path):
        assert concise(check(Request(rules=dict(rules())))) == found


def test_only_an_image_that_is_replaced_on_the_way_is_not_known(tmp_path: Path) -> None:
    containers = "\n".join(f"    - {{name: {each}, image: 'org/{each}:develop'}}" for each in ("web", "other"))
    pod = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec:\n  containers:\n{containers}\n"
    pod += "    - {name: none}\n"
    flux = FLUX.replace("spec: {", "spec: {images: [{name: org/web, newTag: 1.2.3}], ").replace("PATH", "web")
    kustomization = "resources: [pod.yaml]\n"
    write(tmp_path, {"web/pod.yaml": pod, "web/kustomization.yaml": kustomization, "flux.yaml": flux})
    found = [line for line in concise(lint(tmp_path)) if "[mutable-tag]" in line]
    assert [line.partition(": ")[0] for line in found] == ["web/pod.yaml:7:28"]


UNFILLED = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: NAME}
data: {KEY: x}
"""
FILLING = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: web, namespace: flux-system}
spec: {path: ./web, postBuild: POST}
"""
BUILT = {"web/kustomization.yaml": "resources: [pod.yaml, settings.yaml]\n"}


def filled(folder: Path, post: str, name: str, key: str, files: dict[str, str] | None = None) -> Result:
    """What cmlint finds of the key `URL` in `settings` beside a ConfigMap with variables in its name or key."""
    own = UNFILLED.replace("NAME", name).replace("KEY", key)
    web = {"web/pod.yaml": WEB.replace("KEY", "URL"), "web/settings.yaml": own}
    write(folder, {"cluster/web.yaml": FILLING.replace("POST", post), **web, **(BUILT if files is None else files)})
    with inside(folder):
        return check(Request(rules=dict(rules())))


def whys(result: Result) -> list[str]:
    """Why references are neither resolved nor reported."""
    return [entry.why for entry in result.outcome.unverified]


MISSING = "web/pod.yaml:10:47: error[missing-configmap] nothing defines the ConfigMap `settings`"
LACKING = "web/pod.yaml:10:62: error[missing-key] the ConfigMap `settings` has no key `URL`"
OPEN = "`${a}s` in web/kustomization.yaml may become this name"


def test_what_is_still_to_be_filled_in_proves_nothing(tmp_path: Path) -> None:
    post = "{substitute: {b: shop}}"
    result = filled(tmp_path, post, "settings", '"${a}_URL"')
    more = "the ConfigMap in web/kustomization.yaml may give it more keys"
    assert (concise(result), whys(result)) == ([], [more])
    result = filled(tmp_path, post, '"${a}s"', "URL")
    assert (concise(result), whys(result)) == ([], [OPEN])
    result = filled(tmp_path, post, '"${a}-config"', "URL")
    assert (concise(result), whys(result)) == ([MISSING], [])


@pytest.mark.parametrize("loose", [False, True], ids=["built", "loose"])
@pytest.mark.parametrize(
    ("name", "key", "found"),
    [
        ('"${a}s"', "URL", []),
        ('"${a}s"', '"${b}URL"', [LACKING]),
        ('"${none:=settings}"', "URL", []),
        ('"${none:-settings}"', "OTHER", [LACKING]),
        ('"${b}s"', "URL", [MISSING]),
        ("settings", '"${none:-URL}"', []),
        ('"$${a}s"', "URL", [MISSING]),
        ('"${a^^}s"', "URL", []),
    ],
)
def test_flux_fills_in_names_and_keys(tmp_path: Path, name: str, key: str, found: list[str], *, loose: bool) -> None:
    result = filled(tmp_path, "{substitute: {a: setting, b: shop}}", name, key, {} if loose else None)
    assert concise(result) == found


def test_a_filled_name_is_shown_where_it_is_written(tmp_path: Path) -> None:
    result = filled(tmp_path, "{substitute: {a: setting}}", "settings", "OTHER")
    assert concise(result) == [LACKING]
    write(tmp_path, {"web/pod.yaml": WEB.replace("{name: settings, key: KEY}", '{name: "${a}s", key: URL}')})
    with inside(tmp_path):
        result = check(Request(rules=dict(rules())))
    assert concise(result) == ["web/pod.yaml:10:61: error[missing-key] the ConfigMap `settings` has no key `URL`"]


@pytest.mark.parametrize("post", ["{substitute: {a: '${x}'}}", "{substituteFrom: [{kind: ConfigMap, name: shared}]}"])
def test_a_placeholder_for_a_variable_leaves_the_name_as_it_is_written(tmp_path: Path, post: str) -> None:
    files = {**BUILT, "cluster/shared.yaml": holding(value="'${x}'")}
    result = filled(tmp_path, post, '"${a}s"', "OTHER", files)
    assert (concise(result), whys(result)) == ([], [OPEN])


SHARED = """\
apiVersion: v1
kind: KIND
metadata: {name: shared, namespace: flux-system}
data: {a: VALUE}
"""
FROM = "{substituteFrom: [{kind: KIND, name: shared}]}"


def holding(kind: str = "ConfigMap", value: str = "setting") -> str:
    """An object that holds the variable `a`."""
    return SHARED.replace("KIND", kind).replace("VALUE", value)


def test_variables_come_from_config_maps_in_the_files(tmp_path: Path) -> None:
    post = FROM.replace("KIND", "ConfigMap")
    result = filled(tmp_path, post, '"${a}s"', "OTHER", {**BUILT, "cluster/shared.yaml": holding()})
    assert (concise(result), whys(result)) == ([LACKING], [])
    write(tmp_path, {"other/shared.yaml": holding(value="till").replace("flux-system", "other")})
    assert concise(filled(tmp_path, post, '"${a}s"', "OTHER")) == [LACKING], "Flux reads only its own namespace"
    write(tmp_path, {"other/shared.yaml": holding(value="till")})
    result = filled(tmp_path, post, '"${a}s"', "OTHER")
    assert (concise(result), whys(result)) == ([], [OPEN]), "it may be either"
    inline = post.replace("}]}", "}], substitute: {a: setting}}")
    assert concise(filled(tmp_path, inline, '"${a}s"', "OTHER")) == [LACKING], "what is inline wins"


@pytest.mark.parametrize("kind", ["ConfigMap", "Secret"])
def test_variables_from_elsewhere_are_not_known(tmp_path: Path, kind: str) -> None:
    post = FROM.replace("KIND", kind).replace("}]}", "}], substitute: {b: shop}}")
    result = filled(tmp_path, post, '"${a:=setting}s"', "OTHER")
    reader = "Kustomization reads it, and it may be created elsewhere"
    assert concise(result) == []
    assert whys(result) == [reader, "`${a:=setting}s` in web/kustomization.yaml may become this name"]


def test_values_of_secrets_are_never_filled_in(tmp_path: Path) -> None:
    files = {**BUILT, "cluster/shared.yaml": holding("Secret", "c2V0dGluZw==")}
    result = filled(tmp_path, FROM.replace("KIND", "Secret"), '"${a}s"', "OTHER", files)
    assert (concise(result), whys(result)) == ([], [OPEN])


def test_what_several_fill_in_differently_is_left_open(tmp_path: Path) -> None:
    other = FILLING.replace("name: web", "name: till").replace("POST", "{substitute: {a: till, b: s}}")
    post = "{substitute: {a: setting, b: s}}"
    result = filled(tmp_path, post, '"${a}s"', "OTHER", {**BUILT, "cluster/till.yaml": other})
    assert (concise(result), whys(result)) == ([], [OPEN])
    assert concise(filled(tmp_path, post, '"setting${b}"', "OTHER")) == [LACKING]


def test_patches_of_variables_leave_defaults_open(tmp_path: Path) -> None:
    patches = "spec: {path: ./cluster, patches: [{patch: 'spec: {postBuild: {substituteFrom: []}}'}]}"
    all_of_them = FILLING.replace("name: web", "name: all").replace("spec: {path: ./web, postBuild: POST}", patches)
    files = {**BUILT, "all.yaml": all_of_them}
    result = filled(tmp_path, "{substitute: {b: shop}}", '"${a:-setting}s"', "OTHER", files)
    assert (concise(result), whys(result)) == ([], ["`${a:-setting}s` in web/kustomization.yaml may become this name"])
    assert concise(filled(tmp_path, "{substitute: {a: setting}}", '"${a}s"', "OTHER", files)) == [LACKING]


@pytest.mark.parametrize("field", ["annotations", "labels"])
def test_an_object_may_be_left_as_it_is(tmp_path: Path, field: str) -> None:
    name = f'"${{a}}s", {field}: {{kustomize.toolkit.fluxcd.io/substitute: disabled}}'
    result = filled(tmp_path, "{substitute: {a: setting}}", name, "OTHER")
    assert (concise(result), whys(result)) == ([], [OPEN])


CHART = {
    "shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
    "shop/values.yaml": "key: KEY\n",
    "shop/templates/settings.yaml": SETTINGS,
    "shop/templates/pod.yaml": WEB.replace("KEY", "{{ .Values.key }}").replace("image:", "imege: x\n      image:"),
}
RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: shop}
spec:
  chart: {spec: {chart: ./shop, sourceRef: {kind: GitRepository, name: shop}}}
  values: VALUES
"""
HELM = ARGO.replace("source: {path: PATH}", "source: {path: shop, helm: {GIVEN}}")
HELM = HELM.replace("NAMESPACE", "shop").replace("PATH", "shop")
REFS = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop}
spec:
  sources:
    - {repoURL: https://git.example/shop, path: shop, helm: {valueFiles: [$values/test.yaml]}}
    - {repoURL: OTHER, ref: values}
  destination: {server: https://kubernetes.default.svc, namespace: shop}
"""
SET = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: shops}
spec:
  generators: [{list: {elements: [{city: ulm}, {city: bonn}]}}]
  template:
    metadata: {name: "{{city}}"}
    spec:
      source: {path: shop, helm: {GIVEN}}
      destination: {name: "{{city}}", namespace: shop}
"""
UNKNOWN = "shop/templates/pod.yaml:7:7: error[unknown-field] `imege` is not a field that Kubernetes knows"
ABSENT = "shop/templates/pod.yaml:11:62: error[missing-key] the ConfigMap `settings` has no key `KEY`"


FROM_SECRET = RELEASE.replace("VALUES", "{}\n  valuesFrom: [{kind: Secret, name: shop}]")


@pytest.mark.parametrize(
    "deployer",
    [
        FROM_SECRET,
        RELEASE.replace("VALUES", '{key: "${KEY}"}'),
        RELEASE.replace("VALUES", '{key: a, more: {of: {it: "{{ city }}"}}}'),
        RELEASE.replace("./shop,", "./shop, valuesFiles: ['${CITY}.yaml'],").replace("VALUES", "{}"),
        HELM.replace("GIVEN", "valueFiles: [$shared/values.yaml]"),
        REFS.replace("OTHER", "https://git.example/other"),
        SET.replace("GIVEN", "parameters: [{name: key, value: '{{city}}'}]"),
    ],
)
def test_values_from_elsewhere_leave_a_chart_open(tmp_path: Path, deployer: str) -> None:
    write(tmp_path, {**CHART, "cluster/shop.yaml": deployer})
    with inside(tmp_path):
        result = check(Request(rules=dict(rules())))
    given = "cluster/shop.yaml gives the chart values of its own"
    assert (concise(result), [why for why in whys(result) if "values" in why]) == ([UNKNOWN], [given])


def test_of_a_chart_with_other_values_only_what_its_templates_write_is_wrong(tmp_path: Path) -> None:
    pod = WEB.replace("valueFrom: {configMapKeyRef: {name: settings, key: KEY}}", "value: {{ .Values.port }}")
    pod += "        - name: PORT\n          value: 8080\n"
    chart = {"shop/values.yaml": "port: 80\n", "shop/templates/pod.yaml": pod}
    said = "error[non-string-env] the value of `{}` must be a string, but it is a number"
    written = f"shop/templates/pod.yaml:12:18: {said.format('PORT')}"
    filled_in = f"shop/templates/pod.yaml:10:18: {said.format('CURRENCY')}"
    for deployer, found in (("{}", [filled_in, written]), (FROM_SECRET, [written])):
        write(tmp_path, {**CHART, **chart, "cluster/shop.yaml": deployer})
        with inside(tmp_path):
            assert concise(check(Request(rules=dict(rules())))) == found


def wrong(key: str) -> list[str]:
    """What is found where a chart is given a key that does not exist."""
    return [UNKNOWN, ABSENT.replace("KEY", key)]


@pytest.mark.parametrize(
    ("deployer", "found"),
    [
        ("{}", wrong("KEY")),
        (RELEASE.replace("VALUES", "{}"), wrong("KEY")),
        (RELEASE.replace("VALUES", "{key: CURRENCY}"), [UNKNOWN]),
        (RELEASE.replace("VALUES", "{key: OTHER}"), wrong("OTHER")),
        (RELEASE.replace("VALUES", "{key: x}").replace("GitRepository", "HelmRepository"), wrong("KEY")),
        (RELEASE.replace("./shop,", "./shop, valuesFiles: [./shop/live.yaml],").replace("VALUES", "{}"), [UNKNOWN]),
        (RELEASE.replace("./shop,", "./shop, valuesFiles: [test.yaml],").replace("VALUES", "{}"), wrong("TEST")),
        (RELEASE.replace("./shop,", "./shop, valuesFiles: [test.yaml],").replace("VALUES", "{key: A}"), wrong("A")),
        (
            RELEASE.replace(
                "./shop,", "./shop, valuesFiles: [none.yaml, test.yaml], ignoreMissingValuesFiles: true,"
            ).replace("VALUES", "{}"),
            wrong("TEST"),
        ),
        (SET.replace("GIVEN", ""), wrong("KEY")),
        (HELM.replace("GIVEN", "valueFiles: [values.yaml]"), wrong("KEY")),
        (HELM.replace("GIVEN", "valueFiles: [values.yaml, live.yaml]"), [UNKNOWN]),
        (HELM.replace("GIVEN", "valueFiles: [../test.yaml]"), wrong("TEST")),
        (HELM.replace("GIVEN", "valueFiles: [/test.yaml]"), wrong("TEST")),
        (HELM.replace("GIVEN", "valueFiles: [none.yaml, /test.yaml], ignoreMissingValueFiles: true"), wrong("TEST")),
        (REFS.replace("OTHER", "https://git.example/shop.git"), wrong("TEST")),
        (HELM.replace("GIVEN", "valueFiles: [live.yaml], values: 'key: OTHER'"), wrong("OTHER")),
        (HELM.replace("GIVEN", "parameters: [{name: key, value: CURRENCY}]"), [UNKNOWN]),
        (HELM.replace("GIVEN", "values: 'key: A', parameters: [{name: key, value: B, forceString: true}]"), wrong("B")),
        (HELM.replace("GIVEN", "valuesObject: {key: CURRENCY}"), [UNKNOWN]),
        (HELM.replace("GIVEN", "values: 'key: CURRENCY'"), [UNKNOWN]),
        (HELM.replace("GIVEN", "valuesObject: {key: OTHER, more: {of: {it: {}}}}"), wrong("OTHER")),
        (RELEASE.replace("VALUES", "{key: OTHER, more: {of: {it: 1}}}"), wrong("OTHER")),
    ],
)
def test_a_chart_is_rendered_with_the_values_of_gitops(tmp_path: Path, deployer: str, found: list[str]) -> None:
    values = {"shop/live.yaml": "key: CURRENCY\n", "test.yaml": "key: TEST\n"}
    write(tmp_path, {**CHART, **values, "cluster/shop.yaml": deployer})
    with inside(tmp_path):
        result = check(Request(rules=dict(rules())))
    assert (concise(result), [why for why in whys(result) if "values" in why]) == (found, [])


def app_of_apps(value: str, template: str = HELM) -> dict[str, str]:
    """A chart that installs the chart `shop` with a value of its own, which it has by default."""
    return {
        "apps/Chart.yaml": "apiVersion: v2\nname: apps\nversion: 1.0.0\n",
        "apps/values.yaml": f"key: {value}\n",
        "apps/templates/shop.yaml": template.replace("GIVEN", "parameters: [{name: key, value: {{ .Values.key }}}]"),
    }


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (app_of_apps("CURRENCY"), [UNKNOWN]),
        (app_of_apps("OTHER"), wrong("OTHER")),
        (app_of_apps("OTHER", RELEASE.replace("VALUES", "{key: '{{ .Values.key }}'}")), wrong("OTHER")),
        (
            app_of_apps("OTHER")
            | {"root.yaml": HELM.replace("path: shop", "path: apps").replace("GIVEN", "values: 'key: CURRENCY'")},
            [UNKNOWN],
        ),
        (app_of_apps("OTHER", HELM.replace("path: shop", "path: other")), wrong("KEY")),
        (app_of_apps("OTHER", HELM.replace("kind: Application", "kind: AppProject")), wrong("KEY")),
    ],
)
def test_a_chart_is_rendered_with_the_values_that_another_chart_gives_it(
    tmp_path: Path, files: dict[str, str], found: list[str]
) -> None:
    write(tmp_path, {**CHART, **files})
    with inside(tmp_path):
        result = check(Request(rules=dict(rules())))
    assert (concise(result), [why for why in whys(result) if "values" in why]) == (found, [])


def test_values_that_a_chart_needs_may_come_from_another_chart(tmp_path: Path) -> None:
    needing = {"shop/templates/pod.yaml": WEB.replace("key: KEY", 'key: {{ required "a key" .Values.key }}')}
    write(tmp_path, {**CHART, **needing, "shop/values.yaml": "", **app_of_apps("CURRENCY")})
    with inside(tmp_path):
        assert failures(check(Request(rules=dict(rules())))) == []
        (tmp_path / "apps/templates/shop.yaml").unlink()
        (reason,) = failures(check(Request(rules=dict(rules()))))
        assert "a key" in reason


def test_each_who_gives_values_is_a_case(tmp_path: Path) -> None:
    names = {"a": "A", "b": "CURRENCY", "c": "B"}
    named = {name: RELEASE.replace("{name: shop}", f"{{name: {name}}}", 1) for name in names}
    cases = [named[name].replace("VALUES", f"{{key: {key}}}") for name, key in names.items()]
    write(tmp_path, {**CHART, "kustomization.yaml": "resources: [cases.yaml]\n", "cases.yaml": "---\n".join(cases)})
    with inside(tmp_path):
        result = check(Request(rules=dict(rules())))
    assert concise(result) == [UNKNOWN, ABSENT.replace("KEY", "A"), ABSENT.replace("KEY", "B")]
    assert "rendered with kustomization.yaml" in [place.label for place in result.outcome.findings[1].related]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (
            "values: 'p: ['",
            "broken: the chart is not built: failed to parse its values: error converting YAML to JSON: yaml: line 1: "
            "did not find expected node content",
        ),
        ("valueFiles: [none.yaml]", "values: the chart is not built: no such values file"),
        ("valueFiles: [/none.yaml]", "values: the chart is not built: no such values file"),
        ("valueFiles: [../../x.yaml]", "refused: the chart is not built: `../x.yaml` leads out of the folder"),
    ],
)
def test_values_that_cannot_be_given(tmp_path: Path, given: str, reason: str) -> None:
    write(tmp_path, {"x.yaml": "key: x\n"})
    write(tmp_path / "own", {**CHART, "cluster/shop.yaml": HELM.replace("GIVEN", given)})
    with inside(tmp_path / "own"):
        result = check(Request(rules=dict(rules())))
    assert failures(result) == [f"cluster/shop.yaml:1: {reason}"] and len(concise(result)) == 1


def test_values_that_aliases_make_too_large_are_not_read() -> None:
    lines = [f"    a: &a [{', '.join(['x'] * 1500)}]", f"    b: [{', '.join(['*a'] * 90)}]"]
    (given,) = read_chart_inputs(RELEASE.replace(" VALUES", "\n" + "\n".join(lines)))
    assert (given.texts, given.complete) == (("${}",), False)


@pytest.mark.parametrize(("given", "found"), [("", ["web/pod.yaml:10:62"]), ("fileParameters: [{name: x}]", [])])
def test_nothing_leads_into_a_chart_with_other_values(tmp_path: Path, given: str, found: list[str]) -> None:
    web = ARGO.replace("PATH", "web").replace("NAMESPACE", "shop")
    files = {"shop/Chart.yaml": CHART["shop/Chart.yaml"], "shop/templates/settings.yaml": SETTINGS}
    write(tmp_path, {**files, "web/pod.yaml": WEB, "web/kustomization.yaml": "resources: [pod.yaml]\n"})
    write(tmp_path, {"cluster/all.yaml": f"{web}---\n{HELM.replace('GIVEN', given)}"})
    with inside(tmp_path):
        result = check(Request(rules=dict(rules())))
    assert [line.partition(": ")[0] for line in concise(result)] == found
    why = "it is defined in shop/Chart.yaml, which may be applied together with this"
    assert whys(result) == ([] if found else [why])


def test_values_that_the_configuration_names_are_told_of(tmp_path: Path) -> None:
    release = RELEASE.replace("VALUES", "{key: CURRENCY}")
    write(tmp_path, {**CHART, "cluster/shop.yaml": release, "live.yaml": "key: KEY\n"})
    with inside(tmp_path):
        config = Config(helm=Helm(values={"shop": (str(tmp_path / "live.yaml"),)}))
        assert concise(check(Request(config=config, rules=dict(rules())))) == [UNKNOWN, ABSENT]


FULL = "{{ if contains .Chart.Name .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-shop{{ end }}"
"""A name as charts make it of the release's and their own (`helm create`)."""


@pytest.mark.parametrize(
    ("releases", "found", "why"),
    [
        (("till",), True, []),
        (("shop",), False, []),
        (("till", "shop"), False, ["shop makes it in the release of cluster/shop.yaml"]),
    ],
)
def test_names_that_are_right_for_a_release_of_gitops(
    tmp_path: Path, releases: Sequence[str], found: bool, why: list[str]
) -> None:
    named = SETTINGS.replace("name: settings", f'name: "{FULL}-settings"')
    pod = WEB.replace("settings", "shop-settings").replace("KEY", "CURRENCY")
    templates = {"shop/templates/settings.yaml": named, "shop/templates/pod.yaml": pod}
    deployers = {f"cluster/{name}.yaml": HELM.replace("GIVEN", f"releaseName: {name}") for name in releases}
    write(tmp_path, {**CHART, **templates, **deployers})
    with inside(tmp_path):
        result = check(Request(rules=dict(rules())))
    missing = "shop/templates/pod.yaml:10:47: error[missing-configmap] nothing defines the ConfigMap `shop-settings`"
    assert (concise(result), whys(result)) == ([missing] * found, why)


def test_advice_has_the_name_of_the_release_that_gitops_gives(tmp_path: Path) -> None:
    pod = WEB.replace("name: settings", 'name: "{{ .Release.Name }}-other"')
    write(tmp_path, {**CHART, "shop/templates/pod.yaml": pod})
    for deployers, name, note in (
        ((), "RELEASE", " (RELEASE is the name of your release)"),
        (("till",), "till", ""),
        (("till", "shop"), "RELEASE", " (RELEASE is the name of your release)"),
    ):
        for release in deployers:
            write(tmp_path, {f"cluster/{release}.yaml": HELM.replace("GIVEN", f"releaseName: {release}")})
        with inside(tmp_path):
            (finding,) = check(Request(rules=dict(rules()))).outcome.findings
        assert finding.message == f"nothing defines the ConfigMap `{name}-other`"
        assert finding.help == (
            "until it exists, the container stays in CreateContainerConfigError; create it: "
            f"`kubectl create configmap {name}-other --from-literal=KEY=...`{note}"
        )


def test_where_a_folder_goes() -> None:
    text = FLUX.replace("./PATH", "./apps/web").replace("NAMESPACE", "shop")
    post_build = PostBuild((), (), "", patches=False)
    assert read_text(text).documents[0].deploys == (Deploy("./apps/web", "shop", "flux:", post_build),)
    text = ARGO.replace("PATH", "apps/$(ENV)").replace("NAMESPACE", "shop")
    assert read_text(text).documents[0].deploys == ()


VALUES = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: flux-system}
spec:
  chart: {spec: {chart: app-template}}
  TARGET
  valuesFrom: [{kind: Secret, name: VALUES}]
  values:
    containers:
      app:
        env:
          - {name: A, valueFrom: {secretKeyRef: {name: web, key: A}}}
"""


@pytest.mark.parametrize(
    ("target", "ends"),
    [
        ("targetNamespace: web", {"resolved": 2}),
        ("targetNamespace: other", {"resolved": 1, "reported": 1}),
        ("interval: 1h", {"resolved": 1, "reported": 1}),
    ],
)
def test_the_values_of_a_release_are_read_in_its_target_namespace(
    tmp_path: Path, target: str, ends: dict[str, int]
) -> None:
    def secret(name: str, namespace: str) -> str:
        return (
            f"apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}, namespace: {namespace}}}\nstringData: {{A: b}}\n"
        )

    release = VALUES.replace("TARGET", target).replace("VALUES", "more")
    write(tmp_path, {"release.yaml": release, "a.yaml": secret("web", "web"), "b.yaml": secret("more", "flux-system")})
    outcome = lint(tmp_path).outcome
    assert outcome.ends == ends
    own = target.removeprefix("targetNamespace: ") if target.startswith("target") else "flux-system"
    message = f"the Secret `web` is defined in the namespace `web`, but not in `{own}`"
    assert [each.message for each in outcome.findings] == [message] * ends.get("reported", 0)


def test_flux_makes_nothing_of_a_name_that_is_misspelt(tmp_path: Path) -> None:
    flux = (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a, namespace: flux-system}\n"
        "spec: {path: ./apps, postBuild: {substituteFrom: [{kind: ConfigMap, name: cluster-setings}]}}\n"
    )
    own = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cluster-settings, namespace: flux-system}\n"
    write(tmp_path, {"flux/a.yaml": flux, "flux/b.yaml": own})
    assert concise(lint(tmp_path)) == [
        "flux/a.yaml:4:75: error[missing-configmap] nothing defines the ConfigMap `cluster-setings`"
    ]
    write(tmp_path, {"flux/a.yaml": flux.replace("cluster-setings", "other")})
    assert not concise(lint(tmp_path))


# charts that are not here

REMOTE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: redis, namespace: shop}
spec: SPEC
"""
INSTALLED = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: redis}
spec: SPEC
"""
GENERATED = INSTALLED.replace("Application", "ApplicationSet").replace("SPEC", "{template: {spec: SPEC}}")


@pytest.mark.parametrize(
    ("template", "spec", "number"),
    [
        (REMOTE, "{chart: {spec: {chart: redis, sourceRef: {kind: HelmRepository, name: a}}}}", 1),
        (REMOTE, "{chartRef: {kind: OCIRepository, name: a}}", 1),
        (REMOTE, "{chart: {spec: {chart: ./charts/redis, sourceRef: {kind: GitRepository, name: a}}}}", 0),
        (REMOTE, "{chart: {spec: {chart: ./charts/redis, sourceRef: {kind: Bucket, name: a}}}}", 0),
        (REMOTE, "{values: {a: b}}", 0),
        (INSTALLED, "{source: {chart: redis, repoURL: a}}", 1),
        (INSTALLED, "{sources: [{chart: redis, repoURL: a}, {repoURL: b, ref: values}, {chart: db, repoURL: a}]}", 2),
        (INSTALLED, "{source: {path: charts/redis, repoURL: a}}", 0),
        (GENERATED, "{source: {chart: redis, repoURL: a}}", 1),
        (GENERATED, "{source: {path: charts/redis, repoURL: a}}", 0),
        (REMOTE.replace("HelmRelease", "HelmChart"), "{chart: redis}", 0),
    ],
)
def test_charts_that_are_not_rendered_are_counted(tmp_path: Path, template: str, spec: str, number: int) -> None:
    write(tmp_path, {"a.yaml": template.replace("SPEC", spec)})
    reason = "a remote chart of a HelmRelease or an Application, not rendered"
    with inside(tmp_path):
        result = check(Request())
    assert result.outcome.skipped == [("a.yaml", reason)] * number
    assert render(result, View()).endswith(
        f"skipped: {reason} ({number}); `--verbose` lists them\n" if number else ")\n"
    )
    assert len(json.loads(render_json(result, View()))["summary"]["skipped"]) == number
