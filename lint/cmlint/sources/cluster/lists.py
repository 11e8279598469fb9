"""Lists of objects: page by page, begun again when they expire, and as much of them as RBAC allows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from cmlint.sources.cluster.connect import JSON, LARGEST, Connection
from cmlint.sources.cluster.manners import TOO_LARGE, BadAnswerError

LIMIT = 50
"""The objects of the first page of a list: nobody knows yet how large they are."""

PAGE = 4_000_000
"""The bytes that a later page should have: small objects come in fewer pages, large ones in more."""

MOST = 5000
"""The objects of a later page."""

LARGEST_PAGE = 16_000_000
"""The bytes of a page that is read to its end; of a larger one fewer objects are asked for, down to a single one."""

EMPTY = 50
"""As how many objects a page without any counts that says that there are more."""

FEWER = 8
"""By what the number of objects is divided then."""

OBJECTS = 500_000
"""The objects that a list may have, far more than Kubernetes is made for, so that a list without end ends.

https://kubernetes.io/docs/setup/best-practices/cluster-large/
"""

TRIES = 3
"""How often a list is begun before it counts as unreadable."""

METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
"""The type of an answer that holds metadata only (`staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go`)."""

EXPIRED, FORBIDDEN, NOT_FOUND, UNAUTHORIZED = 410, 403, 404, 401

T = TypeVar("T")


class Resource(NamedTuple):
    """A kind as the API server offers it: the path of its group, its plural, and what of it is asked for.

    Of one kind, a `variant` keeps other things of each object.
    """

    kind: str
    group: str
    plural: str
    query: tuple[tuple[str, str], ...] = ()
    accept: str = JSON
    variant: str = ""

    def path(self, namespace: str | None) -> str:
        """The path of the list in one namespace, or in all."""
        return f"{self.group}/namespaces/{namespace}/{self.plural}" if namespace else f"{self.group}/{self.plural}"


class Unread(NamedTuple):
    """A list that could not be read: of what, where (None for all namespaces), and why, as the server says it."""

    kind: str
    namespace: str | None
    status: int
    why: str


class ListMeta(msgspec.Struct, rename={"following": "continue"}):
    """What a page says of the list it belongs to."""

    following: str = ""


class Named(msgspec.Struct, gc=False):
    """The metadata that every object has."""

    name: str


class Object(msgspec.Struct, gc=False):
    """The least that an object is."""

    metadata: Named


class Shape(msgspec.Struct):
    """What the items of a page must be. Others, such as numbers, could take fifty times as much memory as the page."""

    items: list[Object]


class Page(msgspec.Struct, Generic[T]):
    """One page of a list."""

    items: list[T]
    metadata: ListMeta


class Taking(NamedTuple):
    """What is taken of each object of a list: the type as which it is decoded, and what makes of it what is kept.

    The type names only fields that are needed, so that all others are skipped. As `Raw`, an object is not decoded.
    """

    type: Any
    keep: Callable[[Any], Any]

    def page(self, body: bytes) -> Page[Any]:
        """A page whose objects have the type; raises what msgspec raises."""
        if self.type is msgspec.Raw:
            msgspec.json.decode(body, type=Shape)
        return decoder_of(self.type).decode(body)


@lru_cache(maxsize=64)
def decoder_of(type_: Any) -> msgspec.json.Decoder[Page[Any]]:
    """The decoder of pages with objects of a type."""
    page: Any = Page
    return msgspec.json.Decoder(page[type_])


def read_list(connection: Connection, resource: Resource, namespace: str | None, taking: Taking) -> list[Any]:
    """What is kept of each object of a list; raises BadAnswerError.

    A list whose pages expire while they are read (410) is begun again, so that what is given is one moment's truth.
    """
    for rest in reversed(range(TRIES)):
        try:
            return read_pages(connection, resource, namespace, taking)
        except BadAnswerError as error:
            if error.status != EXPIRED or not rest:
                raise (error.plain if resource.kind == "Secret" else error) from None
    raise AssertionError


def read_pages(connection: Connection, resource: Resource, namespace: str | None, taking: Taking) -> list[Any]:
    """All pages of a list, each thrown away before the next is asked for."""
    taken: list[Any] = []
    query, limit = dict(resource.query), LIMIT
    seen = 0
    while seen < OBJECTS:
        query["limit"] = str(limit)
        try:
            most = LARGEST_PAGE if limit > 1 else LARGEST
            body = connection.get(resource.path(namespace), query, resource.accept, most=most)
        except BadAnswerError as error:
            if error.status != TOO_LARGE or limit == 1:
                raise
            limit = max(limit // FEWER, 1)
            continue
        try:
            page = taking.page(body)
            taken.extend(map(taking.keep, page.items))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise BadAnswerError(200, f"the answer cannot be read: {where(error)}") from None
        if not page.metadata.following:
            return taken
        seen += len(page.items) or EMPTY
        limit = limit_after(len(page.items), len(body))
        query["continue"] = page.metadata.following
    raise BadAnswerError(200, f"it has not ended after {seen} objects")


def limit_after(count: int, size: int) -> int:
    """The number of objects to request next, after a page of a number of objects and bytes."""
    return min(max(PAGE * count // size, 1), MOST)


def where(error: Exception) -> str:
    """The place that a decoder complains of; its words could hold a value."""
    return str(error).rpartition(" - at ")[2] if " - at " in str(error) else type(error).__name__


class Note(NamedTuple):
    """What could not be read, in one line; unless it is `fatal`, a run is as good as without it."""

    text: str
    fatal: bool = False


def notes_of(unread: Iterable[Unread], needed: frozenset[str]) -> list[Note]:
    """What could not be read, one line for each kind and reason; fatal are the kinds that are `needed`."""
    found: dict[tuple[str, int, str], dict[str, None]] = {}
    for kind, namespace, status, why in unread:
        reason = "forbidden" if status == FORBIDDEN else why
        found.setdefault((kind, status, reason), {})[namespace or "all namespaces"] = None
    return [
        Note(f"{kind}s in {words(list(places))} could not be listed: {why}", kind in needed)
        for (kind, _, why), places in sorted(found.items())
    ]


SHOWN = 5


def words(places: list[str]) -> str:
    """Namespaces in words; of many the first few."""
    shown = [place if " " in place else f"`{place}`" for place in places[:SHOWN]]
    more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
    return ", ".join(shown) + more
