"""Trees with kustomizations, for `bench.speed`: many small applications, and an operator with large definitions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.scale import CONFIG, DEPLOYMENT, LINES, SECRET, SERVICE, word

APPLICATIONS = 20
OVERLAYS = ("dev", "prod")
CLUSTERS = ("dev", "test", "prod")

BASE = "resources: [deployment.yaml, config.yaml, settings.yaml, service.yaml]\n"
WITH_SECRET = 4
"""Of so many applications one has its Secret among its files; nothing that builds one is cached."""

OVERLAY = """\
namespace: {overlay}
resources: [../base]
images: [{{name: registry.example.com/{name}, newTag: 1.4.3}}]
patches:
  - path: replicas.yaml
    target: {{kind: Deployment}}
configMapGenerator:
  - name: {name}-{overlay}
    literals: [LEVEL=info]
"""

REPLICAS = "- op: replace\n  path: /spec/replicas\n  value: 3\n"

DEFINITIONS, KINDS = 3, 5
"""The number of files with CustomResourceDefinitions, and of definitions in each."""

FIELDS = 220
"""The number of fields of a definition, with which all of them are 1.5 MB."""

DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: {plural}.example.com}}
spec:
  group: example.com
  scope: Namespaced
  names: {{kind: {kind}, listKind: {kind}List, plural: {plural}, singular: {singular}}}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
{fields}"""

FIELD = """\
                field{number}:
                  description: >-
                    Field {number} says how the controller treats part {number} of the
                    resource. If it is not set, the controller takes the value of its own
                    configuration.
                  type: object
                  properties:
                    name: {{type: string, maxLength: 253}}
                    limit: {{type: integer, format: int32, minimum: 0}}
"""


def applications() -> Iterator[tuple[str, str]]:
    """The files of applications with a base and two overlays each, 60 kustomizations in all."""
    for number in range(APPLICATIONS):
        yield from application(word(number), secret=number % WITH_SECRET == 0)


def application(name: str, *, secret: bool = False) -> Iterator[tuple[str, str]]:
    """The files of one application."""
    words = {"name": name, "reads": f"{name}-config"}
    yield f"{name}/base/kustomization.yaml", BASE.replace("[", "[secret.yaml, ") if secret else BASE
    yield f"{name}/base/deployment.yaml", DEPLOYMENT.format(**words)
    yield f"{name}/base/config.yaml", CONFIG.format(name=f"{name}-config", lines=LINES)
    yield f"{name}/base/settings.yaml", CONFIG.format(name="settings", lines=LINES)
    if secret:
        yield f"{name}/base/secret.yaml", SECRET.format(**words)
    yield f"{name}/base/service.yaml", SERVICE.format(**words)
    for overlay in OVERLAYS:
        yield f"{name}/{overlay}/kustomization.yaml", OVERLAY.format(name=name, overlay=overlay)
        yield f"{name}/{overlay}/replicas.yaml", REPLICAS


def operator() -> Iterator[tuple[str, str]]:
    """The files of an operator with three overlays, each of which builds all of its definitions."""
    names = [f"crds-{number}.yaml" for number in range(DEFINITIONS)]
    for number, name in enumerate(names):
        yield f"base/{name}", "---\n".join(map(definition, range(number * KINDS, (number + 1) * KINDS)))
    others = dict(application("operator"))
    for name, text in others.items():
        if name.startswith("operator/base/"):
            yield name.removeprefix("operator/"), text.replace("[", f"[{', '.join(names)}, ") if text == BASE else text
    for cluster in CLUSTERS:
        overlay = others["operator/dev/kustomization.yaml"].replace("dev", cluster)
        yield f"{cluster}/kustomization.yaml", overlay
        yield f"{cluster}/replicas.yaml", REPLICAS


def definition(number: int) -> str:
    """A definition of a kind."""
    kind = f"Thing{word(number)}"
    fields = "".join(FIELD.format(number=each) for each in range(FIELDS))
    return DEFINITION.format(kind=kind, singular=kind.lower(), plural=f"{kind.lower()}s", fields=fields)


def write(folder: Path, tree: Iterator[tuple[str, str]]) -> list[Path]:
    """Writes a tree, and gives the folders of the kustomizations that no other one uses."""
    for name, text in tree:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return sorted(path.parent for path in folder.rglob("kustomization.yaml") if path.parent.name != "base")
