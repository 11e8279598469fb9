"""What Flux and Argo CD bring to one namespace of one cluster stands together."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmlint.check import check
from cmlint.config import Config
from cmlint.manifest.documents import read_text
from cmlint.model.facts import Deploy
from cmlint.result import Result
from tests.support.run import concise, inside, rules, write

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
        return check((".",), Config(), dict(rules()))


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
        assert concise(check((".",), Config(), dict(rules()))) == [FOUND]


UNFILLED = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: NAME}
data: {KEY: x}
"""


def test_what_is_still_to_be_filled_in_proves_nothing(tmp_path: Path) -> None:
    flux = FLUX.replace("PATH", "web").replace(", targetNamespace: NAMESPACE", ", postBuild: {substitute: {a: shop}}")
    files = {"cluster/web.yaml": flux, "web/kustomization.yaml": "resources: [pod.yaml, settings.yaml]\n"}
    write(tmp_path, {**files, "web/pod.yaml": WEB.replace("KEY", "URL")})

    def found(name: str, key: str) -> tuple[list[str], list[str]]:
        write(tmp_path, {"web/settings.yaml": UNFILLED.replace("NAME", name).replace("KEY", key)})
        with inside(tmp_path):
            result = check((".",), Config(), dict(rules()))
        return concise(result), [entry.why for entry in result.outcome.unverified]

    assert found("settings", '"${a}_URL"') == ([], [])
    why = "`${a}s` in web/kustomization.yaml may become it"
    assert found('"${a}s"', "URL") == ([], [why])
    missing = ["web/pod.yaml:10:47: error[missing-configmap] nothing defines the ConfigMap `settings`"]
    assert found('"${a}-config"', "URL") == (missing, [])


def test_where_a_folder_goes() -> None:
    text = FLUX.replace("./PATH", "./apps/web").replace("NAMESPACE", "shop")
    assert read_text(text).documents[0].deploys == (Deploy("./apps/web", "shop", "flux:"),)
    text = ARGO.replace("PATH", "apps/$(ENV)").replace("NAMESPACE", "shop")
    assert read_text(text).documents[0].deploys == ()
