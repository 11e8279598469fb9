"""Custom resources: which kinds there are, and an object of one as facts.

Nobody knows their fields, so they are read by shape, as they are in manifests: the object becomes the same tree of
nodes that a YAML text becomes, except for places, which are in its listing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec
from yaml.error import Mark

from cmlint.kube.fields import BUILT_IN_GROUPS
from cmlint.manifest.decode import Decoder
from cmlint.manifest.documents import DocumentReader
from cmlint.manifest.nodes import MappingNode, Node, ScalarNode, SequenceNode
from cmlint.manifest.providers import Makers
from cmlint.model.cluster_objects import Listing, LiveObject, path_of
from cmlint.model.facts import FileFacts
from cmlint.sources.cluster.connect import Connection
from cmlint.sources.cluster.lists import Resource, Unread
from cmlint.sources.cluster.manners import BUSY, BadAnswerError

NONE_MADE = Makers(())
"""What controllers make of their resources is there in the cluster, or it is not."""

UNSEEN = ("metadata", "status")
"""What is left out of an object except its name: who has set what, and what has become of it."""


class Version(msgspec.Struct, rename={"group_version": "groupVersion"}):
    """A version of an API group."""

    group_version: str


class Group(msgspec.Struct, rename={"preferred": "preferredVersion"}):
    """An API group."""

    name: str
    preferred: Version


class Groups(msgspec.Struct):
    """All API groups but the core one."""

    groups: list[Group]


class Offered(msgspec.Struct):
    """A kind of an API group."""

    name: str
    kind: str
    namespaced: bool
    verbs: list[str]


class OfferedKinds(msgspec.Struct):
    """The kinds of an API group."""

    resources: list[Offered]


class Metadata(msgspec.Struct):
    """What is read of an object's metadata."""

    name: str
    namespace: str = ""
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None


class Headed(msgspec.Struct):
    """A custom resource, of which only the metadata has a known form."""

    metadata: Metadata


T = TypeVar("T")


def custom_kinds(connection: Connection, unread: list[Unread]) -> Iterator[Resource]:
    """The kinds of custom resources that are in namespaces; a group that does not answer is noted, and asked once."""
    for group in decoded(connection.get("/apis"), Groups).groups:
        if group.name in BUILT_IN_GROUPS:
            continue
        path = f"/apis/{group.preferred.group_version}"
        try:
            offered = decoded(connection.get(path, again=frozenset((BUSY,))), OfferedKinds).resources
        except BadAnswerError as error:
            unread.append(Unread(f"`{group.name}` resource", None, error.status, str(error)))
            continue
        for each in offered:
            if each.namespaced and "list" in each.verbs and "/" not in each.name:
                yield Resource(each.kind, path, each.name)


def decoded(body: bytes, type_: type[T]) -> T:
    """An answer of a type; raises BadAnswerError for any other."""
    try:
        return msgspec.json.decode(body, type=type_)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise BadAnswerError(200, "what it says of its kinds cannot be read") from None


def take_custom(resource: Resource, raw: msgspec.Raw, prefix: str) -> LiveObject:
    """A custom resource as a live object."""
    found: dict[str, Any] = msgspec.json.decode(raw)
    metadata = msgspec.convert(found, Headed).metadata
    name, namespace = metadata.name, metadata.namespace
    api_version = resource.group.removeprefix("/apis/")
    meta = {"name": name, "namespace": namespace, **annotated(metadata)}
    shown = {"apiVersion": api_version, "kind": resource.kind, "metadata": meta}
    shown.update((field, value) for field, value in found.items() if field not in (*shown, *UNSEEN))
    listing = Listing()
    root = node_of(shown, "", listing)
    decoder = Decoder(listing.text, 0)
    entries = {key: value for key, _, value in decoder.items(root)}
    document = DocumentReader(decoder, root, entries, api_version, resource.kind).read(NONE_MADE)
    document = msgspec.structs.replace(document, providers=(), deploys=())
    return LiveObject(path_of(resource.kind, namespace, name, prefix), FileFacts((document,)), listing.text)


def annotated(meta: Metadata) -> dict[str, Any]:
    """The labels and annotations of an object, the latter without what was last applied, which is all of it again."""
    annotations = dict(meta.annotations or {})
    annotations.pop("kubectl.kubernetes.io/last-applied-configuration", None)
    return {"labels": meta.labels or {}, "annotations": annotations}


def node_of(value: Any, path: str, listing: Listing) -> Node:
    """A value as a node, with its place in a listing."""
    start = listing.length
    if isinstance(value, dict):
        entries = [entry_of(key, inner, f"{path}.{key}" if path else key, listing) for key, inner in value.items()]
        return MappingNode("", entries, mark(start), mark(max(listing.length - 1, start)), flow_style=True)
    if isinstance(value, list):
        items = [node_of(inner, f"{path}[{i}]", listing) for i, inner in enumerate(value)]
        return SequenceNode("", items, mark(start), mark(max(listing.length - 1, start)), flow_style=True)
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    place = listing.put(path, text)
    style = '"' if isinstance(value, str) else None
    return ScalarNode("", text, mark(place.start), mark(place.end), style=style)


def entry_of(key: str, value: Any, path: str, listing: Listing) -> tuple[Node, Node]:
    """An entry of a mapping; the key is where its value begins."""
    start = mark(listing.length)
    node = node_of(value, path, listing)
    return ScalarNode("", key, start, start, style='"'), node


def mark(index: int) -> Mark:
    """A place in a listing."""
    return Mark("", index, 0, index, None, 0)
