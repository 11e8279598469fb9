"""Objects that a text tells its reader, or a program, to make: manifests in documents and in comments, tables of Prow,
resources of Terraform, names with a comment that leaves them to the reader (`name: settings # your ConfigMap`).

They define nothing: nobody may have applied them yet, or with other keys. They only show that somebody knows the name
and where it comes from.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from cmlint.model.facts import EXAMPLE, Document, Provider, Scalar, Span, Target

LEAD = r"^(?P<lead>[ \t]*(?:(?:#+|//|>|\*)[ \t]*)?)"
KIND = re.compile(rf"{LEAD}kind:[ \t]*[\"']?(?P<kind>ConfigMap|Secret)\b", re.MULTILINE)
BOUNDARY = re.compile(r"^[ \t#>/*]*(?:-{3,}|`{3,}|~{3,})", re.MULTILINE)
"""A line between objects, or around one in a document."""

NAME = r"(?P<name>[a-z0-9][a-z0-9.-]*)[\"']?[ \t]*(?:[,}}#].*)?\r?$"
NAMED = re.compile(
    rf"{LEAD}(?=metadata:[ \t]*(?:\{{[^}}\n]*?\bname:|\r?\n(?:(?P=lead)[ \t]+\S.*\n)*?(?P=lead)[ \t]+name:)"
    rf"[ \t]*[\"']?{NAME})",
    re.MULTILINE,
)
"""What leads to the name of an object whose lines all begin alike."""

UPDATED = re.compile(r"^config_updater:[ \t]*(?:#.*)?\r?\n(?P<body>(?:[ \t#].*\n|\r?\n)*)", re.MULTILINE)
UPDATED_NAME = re.compile(rf"^[ \t]+name:[ \t]*[\"']?{NAME}", re.MULTILINE)
"""https://docs.prow.k8s.io/docs/components/plugins/updateconfig/"""


YOURS = re.compile(
    r"[nN]ame:[ \t]*[\"']?(?P<name>[a-z0-9][a-z0-9.-]*)[\"']?[ \t]+#[^\n]*?"
    r"(?i:\b(?:your|deine?[mnrs]?|votre|vos|seus?|suas?|tuo|tua|tus?|ваш\w*|тво\w+)\b|你的|您的|あなたの|당신의)"
)
"""A name, and behind it a comment that says whose it is: the reader's."""

GENERATORS = re.compile(
    r"^(?P<lead>[ \t]*)(?P<kind>configMap|secret)Generator:[ \t]*(?:#.*)?\r?\n"
    r"(?P<body>(?:(?P=lead)(?:[ \t]|-[ \t]).*\n?|[ \t]*\r?\n)*)",
    re.MULTILINE,
)
GENERATED = re.compile(
    r"^[ \t]*-[ \t]+name:[ \t]*[\"']?(?P<name>[a-z0-9][a-z0-9.-]*)[\"']?[ \t]*(?:#.*)?\r?$", re.MULTILINE
)
"""https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/configmapgenerator/"""

RESOURCE = re.compile(
    r'^[ \t]*resource[ \t]+"kubernetes_(?P<kind>config_map|secret)(?:_v1)?(?:_data)?"[ \t]+"[^"\n]*"[ \t]*\{',
    re.MULTILINE,
)
RESOURCE_NAME = re.compile(r'^[ \t]*name[ \t]*=[ \t]*"(?P<name>[a-z0-9][a-z0-9.-]*)"', re.MULTILINE)
RESOURCE_END = re.compile(r"^\}", re.MULTILINE)
"""https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs/resources/config_map"""


def read_examples(text: str, *, manifest: bool) -> Iterator[Document]:
    """The ConfigMaps and Secrets that a text shows; of a manifest those in comments, for others are its own."""
    bounds = [0, *(found.start() for found in BOUNDARY.finditer(text)), len(text)]
    names: dict[int, dict[str, re.Match[str]]] = {}
    for kind in KIND.finditer(text):
        if not manifest or "#" in kind["lead"]:
            behind = bisect_right(bounds, kind.start())
            if behind not in names:
                found = NAMED.finditer(text, bounds[behind - 1], bounds[behind])
                names[behind] = {name["lead"]: name for name in reversed(list(found))}
            if name := names[behind].get(kind["lead"]):
                yield example("ConfigMap" if kind["kind"] == "ConfigMap" else "Secret", name)
    for yours in YOURS.finditer(text) if manifest else ():
        yield example("ConfigMap", yours)
        yield example("Secret", yours)
    for updated in UPDATED.finditer(text):
        for name in UPDATED_NAME.finditer(text, updated.start("body"), updated.end("body")):
            yield example("ConfigMap", name)
    for shown in GENERATORS.finditer(text) if not manifest else ():
        for name in GENERATED.finditer(text, shown.start("body"), shown.end("body")):
            yield example("Secret" if shown["kind"] == "secret" else "ConfigMap", name)
    resources = list(RESOURCE.finditer(text))
    for resource, limit in zip(resources, [*(each.start() for each in resources[1:]), len(text)], strict=False):
        end = RESOURCE_END.search(text, resource.end(), limit)
        if name := RESOURCE_NAME.search(text, resource.end(), end.start() if end else limit):
            yield example("Secret" if resource["kind"] == "secret" else "ConfigMap", name)


def example(target: Target, name: re.Match[str]) -> Document:
    """An object of which only kind and name count."""
    scalar = Scalar(name["name"], name.start("name"), name.end("name"))
    provider = Provider(
        target=target,
        kind=EXAMPLE,
        name=scalar,
        keys=(),
        open=True,
        immutable=False,
        span=Span(scalar.start, scalar.end),
    )
    return Document(
        span=provider.span,
        head=provider.span,
        api_version="",
        kind=EXAMPLE,
        name=scalar,
        namespace=None,
        providers=(provider,),
    )
