"""ConfigMaps that an installation no longer has and that somebody else still reads: on a cluster that has it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.apiserver import Cluster
from tests.support.live import Ran, config_map, deployment, run, spec
from tests.support.run import write
from tests.support.tools import HELM

THEME = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: theme\ndata:\n  COLOUR: blue\n"
SETTINGS = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  HOST: db\n"
WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1.4.2
          envFrom: [{{configMapRef: {{name: {reads}}}}}]
"""
SAID = "error[live-key-removed] {} no longer has the ConfigMap `{}`, which the live Deployment `{}/reports` still reads"
FLUX = "kustomize.toolkit.fluxcd.io/name"


def check(cluster: Cluster, folder: Path, space: str) -> Ran:
    """What a check finds of a folder that goes to a namespace."""
    words = ("check", "--live", "-n", space, "--select", "live-key-removed", "--format", "concise")
    return run(cluster.admin, *words, folder=folder)


def reader(cluster: Cluster, space: str, *names: str) -> None:
    """A Deployment that nobody else has brought, which reads ConfigMaps."""
    body = spec()
    body["containers"][0]["envFrom"] = [{"configMapRef": {"name": name}} for name in names]
    deployment(cluster, space, "reports", body)


# kustomize


def kustomized(cluster: Cluster, folder: Path, space: str, mark: str = "label") -> None:
    """Applies a kustomization, marks its ConfigMaps as Flux does it, and takes the second out of the files."""
    write(folder, {"settings.yaml": SETTINGS, "theme.yaml": THEME})
    write(folder, {"kustomization.yaml": "resources: [settings.yaml, theme.yaml]\n"})
    assert cluster.kubectl("apply", "-n", space, "-k", str(folder)).returncode == 0
    marked = cluster.kubectl(mark, "configmaps", "settings", "theme", f"{FLUX}=shop", "-n", space)
    assert marked.returncode == 0, marked.stderr
    write(folder, {"kustomization.yaml": "resources: [settings.yaml]\n"})
    (folder / "theme.yaml").unlink()


@pytest.mark.parametrize("mark", ["label", "annotate"])
def test_what_a_kustomization_no_longer_has(cluster: Cluster, tmp_path: Path, mark: str) -> None:
    space = cluster.namespace(f"removed-flux-{mark}")
    kustomized(cluster, tmp_path, space, mark)
    assert check(cluster, tmp_path, space) == Ran(0, [], "")  # nobody reads it
    reader(cluster, space, "theme")
    said = SAID.format("the Flux Kustomization `shop`", "theme", space)
    assert check(cluster, tmp_path, space) == Ran(1, [f"settings.yaml:4:9: {said}"], "")


def test_what_another_installation_has_brought_is_not_missed(cluster: Cluster, tmp_path: Path) -> None:
    space = cluster.namespace("removed-other")
    kustomized(cluster, tmp_path, space)
    config_map(cluster, space, "theirs", "A", metadata={"labels": {FLUX: "other"}})
    config_map(cluster, space, "nobodys", "A")
    reader(cluster, space, "theirs", "nobodys")
    assert check(cluster, tmp_path, space) == Ran(0, [], "")


def test_what_stays_when_it_is_no_longer_installed(cluster: Cluster, tmp_path: Path) -> None:
    space = cluster.namespace("removed-kept")
    kustomized(cluster, tmp_path, space)
    reader(cluster, space, "theme")
    kept = cluster.kubectl("annotate", "configmap", "theme", "-n", space, "kustomize.toolkit.fluxcd.io/prune=disabled")
    assert kept.returncode == 0
    assert check(cluster, tmp_path, space) == Ran(0, [], "")


def test_files_that_no_kustomization_names_prove_nothing(cluster: Cluster, tmp_path: Path) -> None:
    space = cluster.namespace("removed-files")
    kustomized(cluster, tmp_path, space)
    reader(cluster, space, "theme")
    (tmp_path / "kustomization.yaml").unlink()
    assert check(cluster, tmp_path, space) == Ran(0, [], "")


# Helm


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    """A chart, of which some names follow the release's."""
    templates = {"settings": SETTINGS, "theme": THEME, "own": THEME.replace("theme", "{{ .Release.Name }}-own")}
    templates["web"] = WEB.format(name="{{ .Release.Name }}-web", reads='"{{ .Release.Name }}-own"')
    templates["shown"] = WEB.format(name="shown", reads="theme")
    write(tmp_path, {f"chart/templates/{name}.yaml": text for name, text in templates.items()})
    write(tmp_path, {"chart/Chart.yaml": "apiVersion: v2\nname: chart\nversion: 1.0.0\n"})
    return tmp_path / "chart"


def helm(cluster: Cluster, *words: str) -> None:
    """Runs the real helm."""
    assert HELM.is_file(), f"there is no {HELM}: `make test-live` builds it"
    home = {"HOME": str(cluster.folder)}
    command = [str(HELM), *words, "--kubeconfig", str(cluster.admin)]
    done = subprocess.run(command, env=home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def second(chart: Path) -> None:
    """The second version of the chart, without `theme` and what has shown it."""
    write(chart, {"Chart.yaml": "apiVersion: v2\nname: chart\nversion: 2.0.0\n"})
    for name in ("theme", "shown"):
        (chart / "templates" / f"{name}.yaml").unlink()


def test_what_a_release_no_longer_has(cluster: Cluster, chart: Path) -> None:
    space = cluster.namespace("removed-release")
    helm(cluster, "install", "shop", str(chart), "-n", space)
    reader(cluster, space, "theme", "shop-own")
    assert check(cluster, chart.parent, space) == Ran(0, [], "")
    second(chart)
    said = SAID.format("the Helm release `shop`", "theme", space)
    assert check(cluster, chart.parent, space) == Ran(1, [f"chart/templates/settings.yaml:4:9: {said}"], "")
    # and so it is: the upgrade takes away what the Deployment needs to start again
    helm(cluster, "upgrade", "shop", str(chart), "-n", space)
    assert {each["metadata"]["name"] for each in cluster.get("ConfigMap", space)["items"]} == {"settings", "shop-own"}
    assert check(cluster, chart.parent, space) == Ran(0, [], "")
    assert audit_of(cluster, space) == [
        f"deployment/{space}/reports:spec.template.spec.containers[0].envFrom[0].configMapRef.name: "
        "error[missing-configmap] nothing defines the ConfigMap `theme`"
    ]


def audit_of(cluster: Cluster, space: str) -> list[str]:
    """What is missing in a namespace."""
    return run(cluster.admin, "audit", "-n", space, "--select", "missing-configmap", "--format", "concise").lines


def test_readers_that_the_release_has_brought_go_or_change_with_it(cluster: Cluster, chart: Path) -> None:
    space = cluster.namespace("removed-inside")
    helm(cluster, "install", "shop", str(chart), "-n", space)
    second(chart)
    assert check(cluster, chart.parent, space) == Ran(0, [], "")


def test_what_a_chart_may_still_make_with_other_values(cluster: Cluster, chart: Path) -> None:
    space = cluster.namespace("removed-values")
    write(chart, {"values.yaml": "themed: true\n"})
    write(chart, {"templates/theme.yaml": f"{{{{ if .Values.themed }}}}\n{THEME}{{{{ end }}}}\n"})
    helm(cluster, "install", "shop", str(chart), "-n", space)
    reader(cluster, space, "theme")
    write(chart, {"values.yaml": "themed: false\n"})
    (chart / "templates" / "shown.yaml").unlink()
    assert check(cluster, chart.parent, space) == Ran(0, [], "")


def test_what_an_optional_part_of_a_chart_makes(cluster: Cluster, chart: Path) -> None:
    space = cluster.namespace("removed-part")
    part = chart / "charts" / "part"
    (part / "templates").mkdir(parents=True)
    shutil.move(chart / "templates" / "theme.yaml", part / "templates" / "theme.yaml")
    write(part, {"Chart.yaml": "apiVersion: v2\nname: part\nversion: 1.0.0\n"})
    named = "dependencies: [{name: part, version: 1.0.0, condition: part.enabled}]\n"
    write(chart, {"Chart.yaml": f"apiVersion: v2\nname: chart\nversion: 1.0.0\n{named}"})
    write(chart, {"values.yaml": "part: {enabled: false}\n"})
    helm(cluster, "install", "shop", str(chart), "-n", space, "--set", "part.enabled=true")
    reader(cluster, space, "theme")
    assert check(cluster, chart.parent, space) == Ran(0, [], "")


def test_what_helm_is_told_to_keep(cluster: Cluster, chart: Path) -> None:
    space = cluster.namespace("removed-policy")
    kept = THEME.replace("  name: theme\n", "  name: theme\n  annotations: {helm.sh/resource-policy: keep}\n")
    write(chart, {"templates/theme.yaml": kept})
    helm(cluster, "install", "shop", str(chart), "-n", space)
    reader(cluster, space, "theme")
    second(chart)
    assert check(cluster, chart.parent, space) == Ran(0, [], "")
    helm(cluster, "upgrade", "shop", str(chart), "-n", space)
    assert audit_of(cluster, space) == []
