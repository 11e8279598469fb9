"""What was built is fixed where it was written, and proven by building again; what a template renders is not."""

from __future__ import annotations

import os
from pathlib import Path

from tests.support.command import cmlint
from tests.support.run import write

BASE = {
    "push.sh": "".join(
        f"docker push registry.example.com/{name}\n" for name in ("shop:develop", "shop:main", "cart:main")
    ),
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "base/web.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata:
    name: web   # the shop
spec:
    selector: {matchLabels: {app: web}}
    template:
        metadata: {labels: {app: web}}
        spec:
            containers:
            -   image: "registry.example.com/shop:develop"
                name: web
                env:
                -   name: LEVEL
                    valueFrom: {configMapKeyRef: {key: 'LEVLE', name: settings}}
                -   {name: PORT, value: 8080}
---
apiVersion: v1
kind: ConfigMap
metadata:
    name: settings
data:
    LEVEL: debug
    OTHER: a
""",
}
OVERLAY = {
    "prod/kustomization.yaml": "namePrefix: prod-\nresources: [../base]\npatches:\n- path: patch.yaml\n",
    "prod/patch.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - name: web
        env:
        - {name: DEBUG, value: true} # for now
""",
}


def read(folder: Path, name: str) -> str:
    """A file's text, its line ends as they are."""
    return (folder / name).read_bytes().decode()


def test_a_base_and_a_patch_are_fixed_where_they_are_written(tmp_path: Path) -> None:
    write(tmp_path, BASE | OVERLAY)
    done = cmlint(tmp_path, "check", "--fix", "--unsafe-fixes")
    assert done.stderr == "cmlint: fixed: 4 findings in 2 files\n"
    assert done.returncode == 0, done.stdout
    fixed = BASE["base/web.yaml"].replace("LEVLE", "LEVEL").replace("8080", '"8080"')
    policy = '"registry.example.com/shop:develop"\n                imagePullPolicy: Always\n'
    assert read(tmp_path, "base/web.yaml") == fixed.replace('"registry.example.com/shop:develop"\n', policy)
    assert read(tmp_path, "prod/patch.yaml") == OVERLAY["prod/patch.yaml"].replace("true", '"true"')
    assert read(tmp_path, "base/kustomization.yaml") == BASE["base/kustomization.yaml"]


def test_a_patch_in_the_kustomization_is_fixed_there(tmp_path: Path) -> None:
    kustomization = """\
resources: [../base]
patches:
- patch: |-
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      template:
        spec:
          containers:
          - name: web
            image: registry.example.com/shop:main
"""
    base = {name: text.replace("LEVLE", "LEVEL").replace("8080", '"8080"') for name, text in BASE.items()}
    write(tmp_path, base | {"prod/kustomization.yaml": kustomization})
    done = cmlint(tmp_path, "check", "--fix")
    assert (done.returncode, done.stderr) == (0, "cmlint: fixed: 1 finding in 1 file\n")
    policy = "shop:main\n            imagePullPolicy: Always\n"
    assert read(tmp_path, "prod/kustomization.yaml") == kustomization.replace("shop:main\n", policy)


def test_a_name_with_a_prefix_is_fixed_as_it_is_written(tmp_path: Path) -> None:
    base = dict(BASE)
    base["base/web.yaml"] = base["base/web.yaml"].replace("name: settings}", "name: setings}").replace("LEVLE", "LEVEL")
    write(tmp_path, base | OVERLAY)
    done = cmlint(tmp_path, "check", "--fix", "--unsafe-fixes", "--select", "missing-configmap")
    assert done.stderr == "cmlint: fixed: 1 finding in 1 file\n"
    assert read(tmp_path, "base/web.yaml") == BASE["base/web.yaml"].replace("LEVLE", "LEVEL")


def test_a_reference_into_a_generator_is_fixed(tmp_path: Path) -> None:
    generator = "configMapGenerator:\n- name: settings\n  envs: [.env]\n"
    web = BASE["base/web.yaml"].partition("---\n")[0]
    files = {"kustomization.yaml": f"resources: [web.yaml]\n{generator}", "web.yaml": web, ".env": "LEVEL=debug\nA=b\n"}
    write(tmp_path, files)
    done = cmlint(tmp_path, "check", "--fix", "--unsafe-fixes", "--select", "missing-key")
    assert done.stderr == "cmlint: fixed: 1 finding in 1 file\n"
    assert read(tmp_path, "web.yaml") == web.replace("LEVLE", "LEVEL")
    assert read(tmp_path, ".env") == files[".env"]


def test_what_is_not_written_word_for_word_is_told(tmp_path: Path) -> None:
    base = {name: text.replace("LEVLE", "LEVEL").replace("8080", '"8080"') for name, text in BASE.items()}
    kustomization = "resources: [../base]\nimages:\n"
    kustomization += "- {name: registry.example.com/shop, newName: registry.example.com/cart, newTag: main}\n"
    write(tmp_path, base | {"prod/kustomization.yaml": kustomization})
    done = cmlint(tmp_path, "check", "--fix")
    why = "it is not written there word for word as it is built"
    assert done.stderr.splitlines() == [
        "cmlint: fixed: 0 findings in 0 files",
        f"cmlint: not fixed: prod/kustomization.yaml:3:81: `mutable-tag`: {why}",
    ]
    assert read(tmp_path, "base/web.yaml") == base["base/web.yaml"]


def test_a_fix_that_breaks_another_overlay_is_refused(tmp_path: Path) -> None:
    """One overlay adds the key that the base asks for; the other one does not."""
    overlays = {
        "dev/kustomization.yaml": "resources: [../base]\npatches: [{path: patch.yaml}]\n",
        "dev/patch.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {LEVLE: a, LEVEL: ~}\n",
        "prod/kustomization.yaml": "resources: [../base]\n",
    }
    write(tmp_path, BASE | overlays)
    done = cmlint(tmp_path, "check", "--fix", "--unsafe-fixes", "--select", "missing-key")
    why = "`missing-key` would be found at base/web.yaml:15:56"
    assert done.stderr.splitlines()[1] == f"cmlint: not fixed: base/web.yaml:15:56: `missing-key`: {why}"
    assert read(tmp_path, "base/web.yaml") == BASE["base/web.yaml"]


def test_random_names_of_a_chart_are_no_new_findings(tmp_path: Path) -> None:
    template = (
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ randAlphaNum 8 | lower }}\nspec:\n  containers:\n"
        "  - {name: web, image: registry.example.com/shop:develop}\n"
    )
    image = "registry.example.com/cart:main"
    pod = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec:\n  containers: [{{name: web, image: {image}}}]\n"
    chart = {"push.sh": "docker push registry.example.com/cart:main\n"}
    chart |= {"chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 0.1.0\n", "chart/values.yaml": "a: b\n"}
    write(tmp_path, chart | {"chart/templates/pod.yaml": template, "pod.yaml": pod})
    done = cmlint(tmp_path, "check", "--fix", PATH=os.environ["PATH"])
    assert done.stderr.splitlines()[0] == "cmlint: fixed: 1 finding in 1 file"
    assert read(tmp_path, "pod.yaml") == pod.replace("main", "main, imagePullPolicy: Always")


def test_a_template_is_never_changed(tmp_path: Path) -> None:
    template = (
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  containers:\n"
        "  - name: web\n    image: registry.example.com/shop:develop\n"
        "    env:\n    - {name: PORT, value: {{ .Values.port }}}\n"
    )
    files = {"Chart.yaml": "apiVersion: v2\nname: shop\nversion: 0.1.0\n", "values.yaml": "port: 8080\n"}
    write(tmp_path, files | {"templates/pod.yaml": template})
    done = cmlint(tmp_path, "check", "--fix", "--unsafe-fixes", PATH=os.environ["PATH"])
    why = "a template writes it, and templates are never changed"
    assert done.stderr.splitlines() == [
        "cmlint: fixed: 0 findings in 0 files",
        f"cmlint: not fixed: templates/pod.yaml:8:12: `mutable-tag`: {why}",
        f"cmlint: not fixed: templates/pod.yaml:10:27: `non-string-env`: {why}",
    ]
    assert read(tmp_path, "templates/pod.yaml") == template
