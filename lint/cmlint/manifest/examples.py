"""Objects that a text tells its reader, or a program, to make: manifests in documents and in comments, tables of Prow,
resources of Terraform.

They define nothing: nobody may have applied them yet, or with other keys. They only show that somebody knows the name
and where it comes from.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from cmlint.model.facts import EXAMPLE, Document, Provider, Scalar, Span, Target

KIND = re.compile(
    r"^(?P<lead>[ \t]*(?:(?:#+|//|>|\*)[ \t]*)?)kind:[ \t]*[\"']?(?P<kind>ConfigMap|Secret)\b", re.MULTILINE
)
BOUNDARY = re.compile(r"^[ \t#>/*]*(?:-{3,}|`{3,}|~{3,})", re.MULTILINE)
"""A line between objects, or around one in a document."""

NAME = r"(?P<name>[a-z0-9][a-z0-9.-]*)[\"']?[ \t]*(?:[,}}#].*)?\r?$"

UPDATED = re.compile(r"^config_updater:[ \t]*(?:#.*)?\r?\n(?P<body>(?:[ \t#].*\n|\r?\n)*)", re.MULTILINE)
UPDATED_NAME = re.compile(rf"^[ \t]+name:[ \t]*[\"']?{NAME}", re.MULTILINE)
"""https://docs.prow.k8s.io/docs/components/plugins/updateconfig/"""


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
    names: dict[tuple[int, str], re.Match[str] | None] = {}
    for kind in KIND.finditer(text):
        if not manifest or "#" in kind["lead"]:
            behind = bisect_right(bounds, kind.start())
            key = behind, kind["lead"]
            if key not in names:
                pattern = re.compile(named(kind["lead"]), re.MULTILINE)
                names[key] = pattern.search(text, bounds[behind - 1], bounds[behind])
            if name := names[key]:
                yield example("ConfigMap" if kind["kind"] == "ConfigMap" else "Secret", name)
    for updated in UPDATED.finditer(text):
        for name in UPDATED_NAME.finditer(text, updated.start("body"), updated.end("body")):
            yield example("ConfigMap", name)
    for resource in RESOURCE.finditer(text):
        end = RESOURCE_END.search(text, resource.end())
        if name := RESOURCE_NAME.search(text, resource.end(), end.start() if end else len(text)):
            yield example("Secret" if resource["kind"] == "secret" else "ConfigMap", name)


def named(lead: str) -> str:
    """What leads to the name of an object whose lines all begin alike."""
    begin = re.escape(lead)
    below = rf"\r?\n(?:{begin}[ \t]+\S.*\n)*?{begin}[ \t]+name:"
    return rf"^{begin}metadata:[ \t]*(?:\{{[^}}\n]*?\bname:|{below})[ \t]*[\"']?{NAME}"


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
