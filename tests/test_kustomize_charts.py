"""Charts that a kustomization takes from Helm and that cannot be had: the rest is built without them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmlint.config.config import Config
from cmlint.system.programs import find
from tests.support.run import concise, run, write
from tests.support.tools import KUSTOMIZE

ARGO = "{name: argo-cd, repo: https://charts.example, valuesInline: {auth: {existing: given}}}"
REDIS = "{name: redis, releaseName: cache, repo: https://charts.example}"
KUSTOMIZATION = f"""\
resources: [web.yaml]
configMapGenerator: [{{name: settings, literals: [CITY=ulm]}}]
helmCharts:
  - {ARGO}
  - {REDIS}
"""
WEB = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: registry.example/web:1.0.0
      env: [{name: A, valueFrom: {configMapKeyRef: {name: NAME, key: KEY}}}]
"""
UNASKED = "a Helm chart is rendered only with `--enable-helm`"
UNFETCHED = "`https://charts.example/argo-cd` would have to be fetched, which `--allow-remote` allows"
LEFT_OUT = "kustomization.yaml:4:5: warning[not-built] the kustomization is built without `helmCharts`: "
MISSPELT = "web.yaml:8:74: error[missing-key] the ConfigMap `settings` has no key `CTIY`"
PATCH = "  - patch: '{apiVersion: apps/v1, kind: Deployment, metadata: {name: NAME}, spec: {replicas: 2}}'\n"
REPLACEMENT = """\
replacements:
  - source: {kind: Deployment, name: argocd, fieldPath: metadata.name}
    targets: [{select: {kind: Pod}, fieldPaths: [PATH], options: {create: true}}]
"""


def missing(name: str) -> str:
    """What is said of a ConfigMap that nothing can make."""
    return f"web.yaml:8:59: error[missing-configmap] nothing defines the ConfigMap `{name}`"


def found(
    folder: Path, kustomization: str = KUSTOMIZATION, name: str = "settings", key: str = "CTIY", *, asked: bool = False
) -> list[str]:
    """The findings of a kustomization with a container that reads a key."""
    write(folder, {"kustomization.yaml": kustomization, "web.yaml": WEB.replace("NAME", name).replace("KEY", key)})
    return concise(run(folder, config=Config(enable_helm=asked, kustomize=str(KUSTOMIZE))))


@pytest.mark.parametrize(
    ("name", "key", "expected"),
    [
        ("settings", "CITY", []),
        ("settings", "CTIY", [MISSPELT]),
        ("setings", "CITY", [missing("setings")]),
        ("redis", "A", []),
        ("shop-redis", "A", []),
        ("cache-values", "A", []),
        ("argo-cd-cm", "A", []),
        ("argocd-cm", "A", []),
        ("given", "A", []),
        ("db-auth", "A", []),
        ("auth-db", "A", [missing("auth-db")]),
        ("postgres", "A", [missing("postgres")]),
    ],
)
@pytest.mark.parametrize("asked", [False, True])
def test_names_that_a_chart_may_make_are_open_and_no_others(
    tmp_path: Path, name: str, key: str, expected: list[str], asked: bool
) -> None:
    reason = UNFETCHED if asked else UNASKED
    assert found(tmp_path, name=name, key=key, asked=asked) == [f"{LEFT_OUT}{reason}", *expected]


def test_the_names_in_files_of_values_are_open_and_those_of_a_lost_file_may_be_any(tmp_path: Path) -> None:
    kustomization = KUSTOMIZATION.replace(REDIS, "{name: redis, repo: https://charts.example, valuesFile: redis.yaml}")
    assert found(tmp_path, kustomization, "postgres", "A") == [f"{LEFT_OUT}{UNASKED}"]
    write(tmp_path, {"redis.yaml": "existing: users\n"})
    assert found(tmp_path, kustomization, "postgres", "A") == [f"{LEFT_OUT}{UNASKED}", missing("postgres")]
    assert found(tmp_path, kustomization, "users", "A") == [f"{LEFT_OUT}{UNASKED}"]


def test_a_chart_makes_objects_only_where_the_kustomization_puts_them(tmp_path: Path) -> None:
    write(tmp_path, {"tool/kustomization.yaml": f"namespace: tool\nhelmCharts: [{REDIS}]\n"})
    kustomization = "namespace: shop\nresources: [web.yaml]\n"
    write(tmp_path, {"shop/kustomization.yaml": kustomization, "shop/web.yaml": WEB.replace("NAME", "redis")})
    write(tmp_path, {"kustomization.yaml": "resources: [shop, tool]\n"})
    assert concise(run(tmp_path)) == [
        f"shop/{missing('redis')}",
        f"tool/kustomization.yaml:2:14: warning[not-built] the kustomization is built without `helmCharts`: {UNASKED}",
    ]


def test_a_base_of_charts_alone_is_left_out_with_them(tmp_path: Path) -> None:
    write(tmp_path, {"base/kustomization.yaml": f"helmCharts:\n- {REDIS}\n"})
    kustomization = KUSTOMIZATION[: KUSTOMIZATION.index("helmCharts")].replace("web.yaml", "web.yaml, base")
    expected = "base/kustomization.yaml:2:3: warning[not-built] the kustomization is built without `helmCharts`: "
    assert found(tmp_path, kustomization) == [f"{expected}{UNASKED}", MISSPELT]
    assert found(tmp_path, kustomization, "postgres", "A") == [f"{expected}{UNASKED}", missing("postgres")]
    whole = expected.replace("built without `helmCharts`", "not built")
    assert found(tmp_path, "resources: [base]\n")[0] == f"{whole}{UNASKED}"


def test_a_generator_that_takes_a_chart_is_left_out(tmp_path: Path) -> None:
    chart = "apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: any}\nname: redis\n"
    write(tmp_path, {"chart.yaml": f"{chart}releaseName: cache\nrepo: https://charts.example\n"})
    kustomization = f"{KUSTOMIZATION[: KUSTOMIZATION.index('helmCharts')]}generators: [chart.yaml]\n"
    expected = "kustomization.yaml:3:14: warning[not-built] the kustomization is built without `chart.yaml`: "
    assert found(tmp_path, kustomization) == [f"{expected}{UNASKED}", MISSPELT]
    assert found(tmp_path, kustomization, "cache", "A") == [f"{expected}{UNASKED}"]
    assert found(tmp_path, kustomization, "postgres", "A") == [f"{expected}{UNASKED}", missing("postgres")]


def test_charts_that_are_here_are_rendered_although_others_cannot_be_had(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "charts/own/Chart.yaml": "apiVersion: v2\nname: own\nversion: 1.0.0\n",
            "charts/own/values.yaml": "{}\n",
            "charts/own/templates/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: made}\n"
            "data: {A: b}\n",
        },
    )
    kustomization = KUSTOMIZATION.replace("helmCharts:\n", "helmCharts:\n  - {name: own}\n")
    first = LEFT_OUT.replace(":4:", ":5:")
    no_key = "web.yaml:8:70: error[missing-key] the ConfigMap `made` has no key `B`"
    assert found(tmp_path, kustomization, "made", "B", asked=True) == [f"{first}{UNFETCHED}", no_key]
    assert found(tmp_path, kustomization, "postgres", "A", asked=True) == [f"{first}{UNFETCHED}", missing("postgres")]
    assert found(tmp_path, kustomization, "made", "B") == [f"{LEFT_OUT}{UNASKED}"]


def test_a_chart_that_is_nowhere_is_a_mistake_of_the_entry(tmp_path: Path) -> None:
    kustomization = KUSTOMIZATION.replace(REDIS, "{name: redis}")
    assert found(tmp_path, kustomization, asked=True) == [
        f"{LEFT_OUT}{UNFETCHED}",
        "kustomization.yaml:5:5: error[not-built] the kustomization is built without `helmCharts`: the chart "
        "`charts/redis` is not there, and no `repo` says where to fetch it",
        MISSPELT,
    ]


def test_without_helm_the_rest_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find("helm") is None
    write(tmp_path, {"charts/redis/Chart.yaml": "apiVersion: v2\nname: redis\nversion: 1.0.0\n"})
    kustomization = KUSTOMIZATION.replace(f"  - {ARGO}\n", "")
    reason = "helm, which renders its charts, is not installed"
    assert found(tmp_path, kustomization, asked=True) == [f"{LEFT_OUT}{reason}", MISSPELT]
    (finding, _) = run(tmp_path, config=Config(enable_helm=True, kustomize=str(KUSTOMIZE))).outcome.findings
    assert finding.help == "install helm"


def test_patches_for_objects_of_a_chart_have_a_target(tmp_path: Path) -> None:
    patches = "".join(PATCH.replace("NAME", f"argocd-{number}") for number in range(7))
    merged = KUSTOMIZATION.replace("literals: [CITY=ulm]}]", "literals: [CITY=ulm]}, {name: cm, behavior: merge}]")
    assert found(tmp_path, f"{merged}patches:\n{patches}") == [f"{LEFT_OUT}{UNASKED}", MISSPELT]


def test_a_patch_without_a_target_is_reported_where_no_chart_may_make_it(tmp_path: Path) -> None:
    plain = KUSTOMIZATION[: KUSTOMIZATION.index("helmCharts")]
    assert found(tmp_path, f"{plain}patches:\n{PATCH}") == [
        "kustomization.yaml:4:12: error[not-built] the kustomization is built without `patches[0]`: no matches for Id "
        "Deployment.v1.apps/NAME.[noNs]; failed to find unique target for patch",
        MISSPELT,
    ]


@pytest.mark.parametrize(("path", "expected"), [("metadata.labels.a", [MISSPELT]), ("spec.containers.0.env.0", [])])
def test_what_a_replacement_from_an_object_of_a_chart_may_change_is_open(
    tmp_path: Path, path: str, expected: list[str]
) -> None:
    replacement = REPLACEMENT.replace("PATH", path)
    assert found(tmp_path, KUSTOMIZATION + replacement) == [f"{LEFT_OUT}{UNASKED}", *expected]
    plain = KUSTOMIZATION[: KUSTOMIZATION.index("helmCharts")]
    assert found(tmp_path, plain + replacement) == [
        "kustomization.yaml:4:5: error[not-built] the kustomization is built without `replacements[0]`: nothing "
        "selected by Deployment.[noVer].[noGrp]/argocd.[noNs]:metadata.name",
        *expected,
    ]


def test_a_chart_beside_what_is_not_fetched_stays_open(tmp_path: Path) -> None:
    address = "https://github.com/shop/db/releases/download/v1.0.0/install.yaml"
    kustomization = KUSTOMIZATION.replace("[web.yaml]", f"[web.yaml, '{address}']")
    others = [found(tmp_path, kustomization, name, "A")[2:] for name in ("db-config", "redis", "postgres")]
    assert others == [[], [], [missing("postgres")]]
