"""Values that GitOps objects write down for charts: read where a chart is rendered, and kept nowhere."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Container, Iterator

import msgspec
from msgspec.structs import replace

from cmlint.knowledge.placeholders import is_placeholder
from cmlint.kube.fields import group_of
from cmlint.kube.names import why_not_label
from cmlint.manifest.decode import Decoder
from cmlint.manifest.documents import cut
from cmlint.manifest.gitops import ARGO, RELEASE, argo_sources, gives_values, name_of_release, text
from cmlint.manifest.heads import head_of
from cmlint.manifest.nodes import (
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    TooDeepError,
    YamlSyntaxError,
    compose,
    size_of,
)
from cmlint.manifest.providers import walk

OPEN = ("valuesFrom", "valuesFile", "fileParameters", "postRenderers")
"""The fields that give what is not written down in the object, or not as values."""


LARGEST = 100_000
"""How many scalars and collections values may hold."""


class ChartInput(msgspec.Struct, frozen=True, kw_only=True):
    """What an object gives to the chart at a path: files beside it, then texts, then options of helm; the last wins.

    A file that begins with `/` is in the repository, every other one beside the chart. What is not there is left out
    where the object is `lenient`. It is `complete` where it is all that the object gives.
    """

    path: str
    files: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    release: str = ""
    lenient: bool = False
    complete: bool = False


def read_chart_inputs(manifests: str) -> Iterator[ChartInput]:
    """What the objects in a text give to charts."""
    for start, end in cut(manifests):
        chunk = manifests[start:end]
        head = head_of(chunk)
        reader = READERS.get((group_of(head.api_version), head.kind)) if head else None
        if reader:
            try:
                root = compose(chunk)
            except (YamlSyntaxError, TooDeepError):
                continue
            if root is not None:
                yield from reader(Decoder(chunk, start), root)


def release(decoder: Decoder, root: Node) -> Iterator[ChartInput]:
    """`spec.values` of a HelmRelease, and the files of its chart's repository over which they are laid.

    Their paths begin at the top of the repository (https://fluxcd.io/flux/components/source/helmcharts/#values-files).
    """
    texts = tuple(as_json(decoder, node) for node in walk(root, "spec.values"))
    if gives_values(decoder, root, "spec") or gives_values(decoder, root, "spec.chart.spec"):
        chart = fields_of(decoder, root, "spec.chart.spec")
        values = ChartInput(
            path=text(decoder, root, "spec.chart.spec.chart"),
            files=tuple(f"/{posixpath.normpath(file)}" for file in words_of(chart.get("valuesFiles"))),
            texts=texts,
            release=name_of_release(decoder, root),
            lenient=is_true(chart.get("ignoreMissingValuesFiles")),
        )
        yield checked(values, fields_of(decoder, root, "spec") | chart)


def argo(decoder: Decoder, root: Node) -> Iterator[ChartInput]:
    """`helm` of each source of an Application: parameters win over values, and these over files.

    A file that begins with `/` is in the repository, as is one of a source with `ref` for the same repository.
    """
    named_sources = {f"${text(decoder, each, 'ref')}": repository(decoder, each) for each in argo_sources(root)}
    for source in argo_sources(root):
        if gives_values(decoder, source, "helm"):
            fields = fields_of(decoder, source, "helm")
            own = {name for name, url in named_sources.items() if url == repository(decoder, source)}
            files = tuple(in_repository(file, own) for file in words_of(fields.get("valueFiles")))
            values = fields.get("valuesObject")
            written = as_json(decoder, values) if values else text(decoder, source, "helm.values")
            options = [word for node in walk(source, "helm.parameters[]") for word in option(decoder, node)]
            called = text(decoder, source, "helm.releaseName") or text(decoder, root, "metadata.name")
            texts = (written,) if written else ()
            given = ChartInput(
                path=text(decoder, source, "path"),
                files=files,
                texts=texts,
                options=tuple(options),
                release=called,
                lenient=is_true(fields.get("ignoreMissingValueFiles")),
            )
            yield checked(given, fields)


READERS = {RELEASE: release, ARGO: argo}


def checked(given: ChartInput, fields: dict[str, Node]) -> ChartInput:
    """What an object gives, which is not complete where a placeholder is left, or where some of it is elsewhere."""
    written = (given.path, given.release, *given.files, *given.texts, *given.options)
    elsewhere = any("://" in file or file.startswith(("$", "-")) for file in given.files)
    complete = not elsewhere and not any(map(is_placeholder, written)) and not any(name in fields for name in OPEN)
    return replace(given, complete=complete and why_not_label(given.release) is None)


def repository(decoder: Decoder, source: Node) -> str:
    """The address of the repository of a source."""
    return text(decoder, source, "repoURL").rstrip("/").removesuffix(".git")


def in_repository(file: str, own: Container[str]) -> str:
    """The path of a file of values: one of a source that is the chart's own repository begins with `/`."""
    name, _, path = file.partition("/")
    return f"/{path}" if name in own else file


def option(decoder: Decoder, parameter: Node) -> tuple[str, str]:
    """A parameter as an option of helm; commas in its value belong to it (`cleanSetParameters` in argoproj/argo-cd)."""
    fields = {name: node.value for name, _, node in decoder.items(parameter) if isinstance(node, ScalarNode)}
    value = fields.get("value", "").replace(",", "\\,")
    return "--set-string" if fields.get("forceString") == "true" else "--set", f"{fields.get('name', '')}={value}"


def fields_of(decoder: Decoder, node: Node, route: str) -> dict[str, Node]:
    """The fields of the mapping at a route."""
    return {name: value for found in walk(node, route) for name, _, value in decoder.items(found)}


def words_of(node: Node | None) -> list[str]:
    """The scalars of a list; none of anything else."""
    leaves = node.value if isinstance(node, SequenceNode) else []
    return [leaf.value for leaf in leaves if isinstance(leaf, ScalarNode)]


def is_true(node: Node | None) -> bool:
    """Whether a value is `true`."""
    return isinstance(node, ScalarNode) and node.value == "true"


def as_json(decoder: Decoder, node: Node) -> str:
    """What a node holds, as a text; of one that aliases make too large, what counts as a placeholder.

    Each value is on a line of its own, since two brackets that close together look like the end of a placeholder.
    """
    return json.dumps(plain(decoder, node), indent=0) if size_of(node, {}) <= LARGEST else "${}"


def plain(decoder: Decoder, node: Node) -> object:
    """What a node holds, as JSON has it."""
    if isinstance(node, MappingNode):
        return {name: plain(decoder, value) for name, _, value in decoder.items(node)}
    if isinstance(node, SequenceNode):
        return [plain(decoder, item) for item in node.value]
    return decoder.resolve(node) if isinstance(node, ScalarNode) else None
