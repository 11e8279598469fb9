"""What may be written at the cursor: names, keys, variables, volumes, rules."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import LIVE, Definition
from cmlint.bundle.nearest import meets
from cmlint.kube import scalars
from cmlint.model.facts import EXAMPLE, Span, Target
from cmlint.server.at import Spot
from cmlint.server.cursor import ITEM, Cursor, Node, cursor_at, items
from cmlint.system.text import printable

MOST = 300
"""The most proposals at once."""

Kind = Literal["object", "key", "variable", "volume", "value", "rule", "block"]

REFERENCES: dict[str, tuple[Target, str]] = {
    "configMapKeyRef": ("ConfigMap", "name"),
    "configMapRef": ("ConfigMap", "name"),
    "configMap": ("ConfigMap", "name"),
    "secretKeyRef": ("Secret", "name"),
    "secretRef": ("Secret", "name"),
    "secret": ("Secret", "secretName"),
}
"""The fields that hold a reference: the kind of object, and the field of its name."""

IGNORE = re.compile(r"#\s*cmlint:\s*ignore\[(?:[^\]]*,)?\s*([\w/-]*)$")
OPEN_EXPANSION = re.compile(r"\$\(([\w.-]*)$")
POLICIES = ("Always", "IfNotPresent", "Never")


class Proposal(NamedTuple):
    """What may be written in the place of a stretch of the text, and what it is; `deprecated` where it hardly helps."""

    label: str
    detail: str
    text: str
    span: Span
    kind: Kind
    deprecated: bool = False


class Completion(NamedTuple):
    """Proposals in order; there are more where they are not `complete`."""

    proposals: list[Proposal]
    complete: bool


def complete(spot: Spot) -> Completion:
    """What may be written at the cursor."""
    text, offset = spot.opened.text, spot.offset
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    if found := IGNORE.search(line):
        return first(rules(spot, Span(offset - len(found[1]), offset)))
    if in_template(text, offset):
        return Completion([], True)
    cursor = cursor_at(text, offset)
    if found := OPEN_EXPANSION.search(line):
        return first(variables(spot, cursor, Span(offset - len(found[1]), offset)))
    return first(each for way in WAYS for each in way(spot, cursor))


def first(found: Iterable[Proposal]) -> Completion:
    """The first proposals, each once; no name of which a part would not be shown."""
    known: dict[str, Proposal] = {}
    for each in found:
        if printable(each.label) != each.label:
            continue
        known.setdefault(each.label, each)
        if len(known) > MOST:
            break
    proposals = list(known.values())
    return Completion(proposals[:MOST], len(proposals) <= MOST)


def in_template(text: str, offset: int) -> bool:
    """Whether helm renders the document at the cursor; its own server completes there."""
    start = text.rfind("\n---", 0, offset) + 1
    end = text.find("\n---", offset)
    return "{{" in text[start : end if end >= 0 else None]


# names and keys of objects


def names(spot: Spot, cursor: Cursor) -> Iterator[Proposal]:
    """The objects that a reference may name, the nearest first."""
    target = named_at(cursor)
    if target is None:
        return
    for definition in reachable(spot, cursor.node, target):
        yield proposal(cursor, definition.spelled, described(definition, spot), "object")


def named_at(cursor: Cursor) -> Target | None:
    """The kind of object of which the name is to be written at the cursor."""
    *_, around, field = ("", "", *cursor.path)
    found = REFERENCES.get(around)
    if cursor.inside or found is None:
        return None
    target, named = found
    in_projected = around == "secret" and "projected" in cursor.path and field == "name"
    return target if field == named or in_projected else None


def keys(spot: Spot, cursor: Cursor) -> Iterator[Proposal]:
    """The keys of the object that is named beside the cursor."""
    node = None if cursor.inside else cursor.node
    if node is None or node.name not in ("key", "subPath"):
        return
    if node.name == "subPath":
        yield from sub_paths(spot, cursor)
        return
    holder = node.parent
    if holder and holder.name == ITEM:
        holder = holder.parent and holder.parent.parent
    if holder is None or holder.name not in REFERENCES:
        return
    target, field = REFERENCES[holder.name]
    yield from keys_of(spot, cursor, target, holder.text(field) or holder.text("name"))


def keys_of(spot: Spot, cursor: Cursor, target: Target, name: str) -> Iterator[Proposal]:
    """The keys of an object; binary ones last."""
    found = [each for each in reachable(spot, cursor.node, target) if each.spelled == name]
    for binary in (False, True):
        for definition in found:
            for key in definition.provider.keys:
                if key.binary == binary:
                    detail = f"{'binary key' if binary else 'key'} of {target} {name}"
                    yield proposal(cursor, key.name, detail, "key", deprecated=binary)


def sub_paths(spot: Spot, cursor: Cursor) -> Iterator[Proposal]:
    """The files in the volume that is mounted: its items, or the keys of its object."""
    mount = cursor.node.parent
    pod = pod_of(cursor.node)
    wanted = mount.text("name") if mount else ""
    for volume in items(pod.child("volumes")) if pod and wanted else ():
        if volume.text("name") != wanted:
            continue
        for field, target, named in (("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName")):
            source = volume.child(field)
            if source is None:
                continue
            if paths := [each.text("path") for each in items(source.child("items"))]:
                yield from (proposal(cursor, path, f"item of volume {wanted}", "value") for path in paths if path)
            else:
                yield from keys_of(spot, cursor, "Secret" if target == "Secret" else "ConfigMap", source.text(named))


def volumes(_: Spot, cursor: Cursor) -> Iterator[Proposal]:
    """The volumes of the pod, for the name of a mount."""
    if cursor.inside or cursor.path[-3:] != ("volumeMounts", ITEM, "name"):
        return
    pod = pod_of(cursor.node)
    for volume in items(pod.child("volumes")) if pod else ():
        what = next((each.name for each in volume.children if each.name != "name"), "volume")
        if name := volume.text("name"):
            yield proposal(cursor, name, what, "volume")


def policies(_: Spot, cursor: Cursor) -> Iterator[Proposal]:
    """The pull policies."""
    if not cursor.inside and cursor.node.name == "imagePullPolicy":
        yield from (proposal(cursor, each, "pull policy", "value") for each in POLICIES)


def blocks(spot: Spot, cursor: Cursor) -> Iterator[Proposal]:
    """Behind `valueFrom:` one proposal for each key, which writes the complete reference."""
    if cursor.node.name != "valueFrom" or cursor.node.children or cursor.node.value:
        return
    indentation = " " * (cursor.node.column + 2)
    targets: tuple[tuple[Target, str], ...] = (("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef"))
    for target, field in targets:
        for definition in reachable(spot, cursor.node, target):
            for key in definition.provider.keys:
                lines = (f"{field}:", f"  name: {written(definition.spelled)}", f"  key: {written(key.name)}")
                text = f"\n{indentation}".join(lines)
                before = "" if cursor.inside else f"\n{indentation}"
                label = f"{definition.spelled} > {key.name}"
                yield Proposal(label, described(definition, spot), f"{before}{text}", cursor.word, "block")


WAYS: tuple[Callable[[Spot, Cursor], Iterator[Proposal]], ...] = (names, keys, volumes, policies, blocks)
"""What is proposed by the place of the cursor."""


# variables


def variables(spot: Spot, cursor: Cursor, span: Span) -> Iterator[Proposal]:
    """The variables that `$(` may name: in `env` those above, in a command and its arguments all."""
    entry = cursor.node if cursor.node.name == ITEM else cursor.node.parent
    container = container_of(cursor.node)
    if container is None:
        return
    found = list(entries(container))
    if entry in found:
        found = found[: found.index(entry)]
    closing = "" if spot.opened.text[spot.offset : spot.offset + 1] == ")" else ")"
    for each in reversed(found):
        if name := each.text("name"):
            yield Proposal(name, origin_of(each), f"{name}{closing}", span, "variable")
    for source in items(container.child("envFrom")):
        for name, detail in brought(spot, source):
            yield Proposal(name, detail, f"{name}{closing}", span, "variable")


def entries(container: Node) -> Iterator[Node]:
    """The entries of `env`."""
    yield from items(container.child("env"))


def origin_of(entry: Node) -> str:
    """Where the value of a variable comes from, in words."""
    source = entry.child("valueFrom")
    for field, (target, _) in REFERENCES.items():
        if source and (reference := source.child(field)):
            return f"{target} {reference.text('name')}, key {reference.text('key')}"
    return "literal" if entry.child("value") else "variable"


def brought(spot: Spot, source: Node) -> Iterator[tuple[str, str]]:
    """The variables that an entry of `envFrom` brings, each with its origin."""
    prefix = source.text("prefix")
    targets: tuple[tuple[Target, str], ...] = (("ConfigMap", "configMapRef"), ("Secret", "secretRef"))
    for target, field in targets:
        name = source.text(field, "name")
        for definition in reachable(spot, source, target) if name else ():
            if definition.spelled == name:
                keys = (key.name for key in definition.provider.keys if not key.binary)
                yield from ((f"{prefix}{key}", f"{target} {name}, key {key}") for key in keys)


def container_of(node: Node) -> Node | None:
    """The container around a node: the item of a list whose name ends in `containers`, in any letter case."""
    found: Node | None = node
    while found and not (found.name == ITEM and found.parent and found.parent.name.lower().endswith("containers")):
        found = found.parent
    return found


def pod_of(node: Node) -> Node | None:
    """What has the volumes of the pod around a node."""
    container = container_of(node)
    return container.parent.parent if container and container.parent else None


# rules


def rules(spot: Spot, span: Span) -> Iterator[Proposal]:
    """The rules that a comment may name: those that are found on its line or the next one first."""
    line = spot.opened.lines.position(spot.offset).line
    for near in (True, False):
        here = {
            finding.rule
            for finding in spot.snapshot.findings
            if finding.location.path == spot.point.path and finding.location.start.line - 1 in (line, line + 1)
        }
        for rule in spot.project.rules.values():
            if (rule.name in here) is near:
                yield Proposal(rule.name, rule.summary, rule.name, span, "rule")


# what is defined


def reachable(spot: Spot, node: Node, target: Target) -> list[Definition]:
    """The objects of a kind that a reference at a node could reach, the nearest first, each name once."""
    bundles, wanted = spot.bundles or spot.everything, namespace_at(node)
    found: dict[str, tuple[tuple[int, str], Definition]] = {}
    for bundle in bundles:
        for definition in defined_in(bundle, target, wanted):
            if not definition.placed.built and not meets(wanted, definition.namespace):
                continue  # a build may give both another namespace than is written
            rank = rank_of(definition, spot), definition.spelled
            known = found.get(definition.spelled)
            if known is None or rank < known[0]:
                found[definition.spelled] = rank, definition
    return [definition for _, definition in sorted(found.values(), key=lambda each: each[0])]


def namespace_at(node: Node) -> str | None:
    """The namespace in which a reference at a node is looked up, as far as it is written."""
    while node.parent:
        if node.name in REFERENCES and (own := node.text("namespace")):
            return own
        node = node.parent
    return node.text("metadata", "namespace") or None


def rank_of(definition: Definition, spot: Spot) -> int:
    """How far a definition is from the file at hand; what is only in a cluster is the farthest."""
    if definition.placed.number == LIVE:
        return sys.maxsize
    return distance(spot.point.path, definition.placed.written(definition.provider.name.span)[0])


def defined_in(bundle: Bundle, target: Target, wanted: str | None) -> Iterator[Definition]:
    """The objects of a kind in a bundle, those that commands make, and those in clusters that it goes to.

    Of a name that a cluster has in several namespaces, the one in the namespace that is wanted.
    """
    for (kind, _), definitions in (*bundle.index.by_name.items(), *bundle.index.commands.items()):
        if kind == target:
            yield from (each for each in definitions if each.provider.kind != EXAMPLE and not each.provider.glob)
    for cluster in bundle.clusters:
        for (kind, name), namespaces in cluster.namespaces_of.items():
            if kind == target:
                near = next((each for each in (wanted, cluster.namespace) if each in namespaces), namespaces[0])
                yield cluster.definition(target, name, near or "")


def distance(here: str, there: str) -> int:
    """How far one file is from another: folders upwards and downwards; a file is nearest to itself."""
    if here == there:
        return -1
    mine, other = here.split("/")[:-1], there.split("/")[:-1]
    shared = 0
    for one, two in zip(mine, other, strict=False):
        if one != two:
            break
        shared += 1
    return 2 * (len(mine) - shared) + len(other) - shared


def described(definition: Definition, spot: Spot) -> str:
    """What an object is, in few words."""
    provider = definition.provider
    count = len(provider.keys)
    keys = f"{count} key{'' if count == 1 else 's'}{' or more' if provider.open else ''}"
    if definition.placed.number == LIVE:
        return f"{provider.target}, {keys}, in the cluster"
    path, span = definition.placed.written(provider.name.span)
    return f"{provider.target}, {keys}, {path}:{spot.snapshot.shown_texts.get(path).position(span.start).line}"


def separated(cursor: Cursor, text: str) -> str:
    """A text with a blank before it where the cursor is right behind a colon."""
    return f" {text}" if cursor.behind_colon else text


def proposal(cursor: Cursor, text: str, detail: str, kind: Kind, *, deprecated: bool = False) -> Proposal:
    """A scalar in the place of the one at the cursor, with the quotes that it has or needs."""
    shown = within(cursor.quote, text) if cursor.quote else separated(cursor, written(text))
    return Proposal(label=text, detail=detail, text=shown, span=cursor.word, kind=kind, deprecated=deprecated)


def written(text: str) -> str:
    """A string as it is written in YAML: quoted where it would be read as something else."""
    plain = re.fullmatch(r"[A-Za-z0-9_./][\w./-]*", text) and isinstance(scalars.resolve("", text), str)
    return text if plain else '"' + within('"', text) + '"'


def within(quote: str, text: str) -> str:
    """A string as it is written between quotes."""
    return text.replace("'", "''") if quote == "'" else text.replace("\\", r"\\").replace('"', r"\"")
