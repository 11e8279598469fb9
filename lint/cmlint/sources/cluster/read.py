"""Reads a cluster: which lists are asked for, all at once, and what comes of them together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import starmap
from shlex import join
from threading import Lock
from typing import Any, NamedTuple

import msgspec

from cmlint.kube.near import nearest
from cmlint.kube.versions import NEWEST
from cmlint.model.cluster import ClusterRead, Inventory, Mounting, Pod, Space
from cmlint.model.cluster_objects import LiveObject
from cmlint.sources.cluster import kinds
from cmlint.sources.cluster.connect import Connection, NoClusterError
from cmlint.sources.cluster.kinds import Event, Named, PodWorkload, Workload
from cmlint.sources.cluster.lists import (
    FORBIDDEN,
    NOT_FOUND,
    UNAUTHORIZED,
    Note,
    Resource,
    Taking,
    Unread,
    notes_of,
    read_list,
)
from cmlint.sources.cluster.manners import BROKEN, BadAnswerError
from cmlint.sources.cluster.tops import judged

THREADS = 4
"""Lists read at the same time."""

PROVIDERS = (kinds.CONFIG_MAPS, kinds.SECRETS, kinds.NAMES_OF_SECRETS)
BUILT_IN = (*PROVIDERS, *kinds.WITH_PODS, kinds.PODS_WITH_SPECS, kinds.SERVICES, *kinds.EARLIER.values(), kinds.EVENTS)

Progress = Callable[[str], None]
"""Told what is being read."""


class Scope(NamedTuple):
    """What is read: of which namespaces (None for all), whether workloads too, and whether any data of Secrets.

    A run fails where one of the `existing` namespaces does not exist, or a `needed` kind cannot be listed.
    """

    namespaces: tuple[str, ...] | None
    workloads: bool = True
    metadata_only_secrets: bool = False
    custom_resources: bool = False
    existing: tuple[str, ...] = ()
    needed: frozenset[str] = frozenset()


class Taken(NamedTuple):
    """A list that was read, in one namespace or in all: what is kept of its objects."""

    resource: Resource
    namespace: str | None
    objects: list[Any]


class Reading(msgspec.Struct):
    """What was read of a cluster; `notes` say what was not, `options` are those by which kubectl reaches it."""

    inventory: Inventory
    workloads: dict[str, list[LiveObject]]
    pods: dict[tuple[str, str, str], list[Pod]]
    reads: list[tuple[str, tuple[ClusterRead, ...]]]
    notes: list[Note]
    options: tuple[str, ...] = ()


def read_cluster(connection: Connection, scope: Scope, prefix: str, progress: Progress) -> Reading:
    """All that a scope asks for; raises NoClusterError where nothing can be had at all."""
    lists = Lists(connection, prefix, progress)
    version = version_of(connection, lists.notes)
    inventory = Inventory(connection.name, version, connection.namespace, scope.namespaces is None)
    try:
        lists.read_all(scope)
    finally:
        lists.stop()
    if lists.unread and not lists.taken:
        first = min(lists.unread, key=lambda each: each.kind)
        raise no_cluster(connection, BadAnswerError(first.status, first.why), everywhere=scope.namespaces is None)
    reading = together(inventory, lists.taken, lists.unread, prefix)
    reading.options = connection.options
    reading.notes = [*lists.notes, *notes_of(lists.unread, scope.needed), *crowded(lists.taken, reading)]
    return reading


def together(inventory: Inventory, lists: Sequence[Taken], unread: Sequence[Unread], prefix: str = "") -> Reading:
    """What was read as one: every name in its place, every pod with the object that it comes from."""
    for taken in lists:
        if taken.resource in PROVIDERS:
            put(inventory, taken)
    for each in unread:
        forget(inventory, each)
    found = [
        each for taken in lists if taken.resource in (*kinds.WITH_PODS, kinds.PODS_WITH_SPECS) for each in taken.objects
    ]
    add_events(found, [each for taken in lists if taken.resource == kinds.EVENTS for each in taken.objects])
    custom = [each for taken in lists if taken.resource not in BUILT_IN for each in taken.objects]
    workloads, pods = judged(found, custom, prefix)
    return Reading(inventory, workloads, pods, [(each.head.namespace, each.reads) for each in found], [])


MANY = 1000
"""The Services of a namespace from which on their variables make pods start slowly."""

ALLOWED = 2
"""The MiB that Linux allows for arguments and environment (a quarter of the usual stack)."""


def crowded(lists: Iterable[Taken], reading: Reading) -> Iterator[Note]:
    """The namespaces with more Services than pods can start with in time, or at all, because of the variables of these.

    `getServiceEnvVarMap` in `pkg/kubelet/kubelet_pods.go` adds them unless `enableServiceLinks` is false.
    """
    found: dict[str, list[kinds.Variables]] = defaultdict(list)
    for each in (each for taken in lists if taken.resource == kinds.SERVICES for each in taken.objects):
        if each.number:
            found[each.namespace].append(each)
    for namespace, services in sorted(found.items()):
        linked = [live for live in reading.workloads.get(namespace, ()) if has_links(live)]
        if len(services) >= MANY and linked:
            number, size = sum(each.number for each in services), sum(each.size for each in services)
            mib = f"{size / 1024 / 1024:.1f} MiB of the {ALLOWED} MiB"
            yield Note(
                f"{len(services)} Services in `{namespace}` give each container {number} variables, about {mib} that "
                "Linux allows: pods start slowly, and in the end fail with `argument list too long`; set "
                f"`enableServiceLinks: false` in {len(linked)} of its workloads"
            )


def has_links(live: LiveObject) -> bool:
    """Whether the kubelet gives the variables of Services to pods of an object."""
    return any(pod.service_links for document in live.facts.documents for pod in document.pods)


def version_of(connection: Connection, notes: list[Note]) -> str:
    """The cluster's version, empty where that may not be known; raises NoClusterError where nothing answers."""
    why = "it is not understood"
    try:
        if version := connection.version():
            return version
    except BadAnswerError as error:
        if error.status not in (FORBIDDEN, NOT_FOUND):
            raise no_cluster(connection, error) from None
        why = "forbidden" if error.status == FORBIDDEN else "not found"
    notes.append(Note(f"the version could not be read ({why}): taken for the newest, {NEWEST[0]}.{NEWEST[1]}"))
    return ""


def no_cluster(connection: Connection, error: BadAnswerError, *, everywhere: bool = False) -> NoClusterError:
    """The message about a cluster that gives nothing, or nothing of all namespaces."""
    what = f"the cluster `{connection.name}` ({connection.configuration.host})"
    if error.status == UNAUTHORIZED:
        return NoClusterError(f"{what} does not accept the credentials: {error}", "log in to the cluster again")
    if error.status == FORBIDDEN:
        named = ", or name the namespaces in which you may with `-n`" if everywhere else ""
        help_ = f"log in as somebody who may list what is there{named}"
        return NoClusterError(f"{what} lets nothing be read: {error}", help_)
    problem = "cannot be reached" if error.status == BROKEN else "does not answer"
    return NoClusterError(
        f"{what} {problem}: {error}", f"see whether `{join(('kubectl', 'version', *connection.options))}` reaches it"
    )


class Lists:
    """Reads lists in threads; what RBAC allows in no namespace at once is asked for in each.

    `taken` are the lists that were read.
    """

    def __init__(self, connection: Connection, prefix: str, progress: Progress) -> None:
        self.connection, self.prefix, self.progress = connection, prefix, progress
        self.threads = ThreadPoolExecutor(THREADS)
        self.taken: list[Taken] = []
        self.unread: list[Unread] = []
        self.notes: list[Note] = []
        self.at: dict[str, None] = {}
        self.lock = Lock()

    def read_all(self, scope: Scope) -> None:
        """Everything that a scope asks for, and what that shows to be needed."""
        self.read_scope(scope)
        if blind := {each.namespace for each in self.unread if each.kind in kinds.KINDS and each.kind != "Pod"}:
            self.read((kinds.PODS_WITH_SPECS, namespace) for namespace in sorted(blind, key=str))
        empty = [name for name in scope.existing if self.is_empty(name)]
        if empty:
            self.find(empty)

    def is_empty(self, namespace: str) -> bool:
        """Whether all that was listed in a namespace is nothing."""
        return not any(each.objects for each in self.taken if each.namespace == namespace) and not any(
            each.namespace == namespace for each in self.unread
        )

    def find(self, names: Iterable[str]) -> None:
        """Notes which namespaces do not exist; the API server lists nothing in one as it does in an empty one."""
        try:
            there = read_list(self.connection, kinds.NAMESPACES, None, kinds.taking_of(kinds.NAMESPACES))
        except BadAnswerError:
            self.notes.extend(
                Note(f"nothing is in the namespace `{name}`, and whether it exists is not known") for name in names
            )
            return
        for name in names:
            if name not in there:
                near = nearest(name, there)
                self.notes.append(
                    Note(f"the namespace `{name}` does not exist{f': did you mean `{near}`?' if near else ''}", True)
                )

    def read_scope(self, scope: Scope) -> None:
        """Everything that a scope asks for."""
        wanted = [kinds.CONFIG_MAPS, kinds.NAMES_OF_SECRETS if scope.metadata_only_secrets else kinds.SECRETS]
        if scope.workloads:
            wanted += [kinds.PODS, *kinds.WORKLOADS, kinds.EVENTS]
        if scope.needed:
            wanted.append(kinds.SERVICES)
        if scope.custom_resources:
            wanted += self.custom_kinds()
        if scope.namespaces is not None:
            self.read((resource, namespace) for resource in wanted for namespace in scope.namespaces)
            return
        forbidden = self.read((resource, None) for resource in wanted)
        if forbidden:
            names = self.names()
            self.read((resource, namespace) for resource in forbidden for namespace in names)

    def custom_kinds(self) -> list[Resource]:
        """The kinds of custom resources that the cluster offers."""
        from cmlint.sources.cluster.custom import custom_kinds

        try:
            with self.doing("the kinds of custom resources"):
                return list(custom_kinds(self.connection, self.unread))
        except BadAnswerError as error:
            self.unread.append(Unread("custom resource", None, error.status, str(error)))
            return []

    def names(self) -> list[str]:
        """The namespaces that there are, or where that may not be known the context's own."""
        try:
            return read_list(self.connection, kinds.NAMESPACES, None, kinds.taking_of(kinds.NAMESPACES))
        except BadAnswerError as error:
            self.unread.append(Unread("Namespace", None, error.status, str(error)))
            return [self.connection.namespace]

    def read(self, jobs: Iterable[tuple[Resource, str | None]]) -> list[Resource]:
        """Reads lists, and gives the kinds that may not be listed in all namespaces at once."""
        forbidden: list[Resource] = []
        running: dict[Future[list[Any]], tuple[Resource, str | None]] = {}
        for resource, namespace in jobs:
            running[self.threads.submit(self.one, resource, namespace)] = resource, namespace
        while running:
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                resource, namespace = running.pop(future)
                try:
                    self.taken.append(Taken(resource, namespace, future.result()))
                except BadAnswerError as error:
                    if error.status == UNAUTHORIZED:
                        raise no_cluster(self.connection, error) from None
                    if error.status == FORBIDDEN and namespace is None and resource in BUILT_IN:
                        forbidden.append(resource)
                    elif error.status != NOT_FOUND:
                        self.unread.append(Unread(resource.kind, namespace, error.status, str(error)))
        return forbidden

    def one(self, resource: Resource, namespace: str | None) -> list[Any]:
        """One list."""
        with self.doing(f"{resource.plural}{f' in {namespace}' if namespace else ''}"):
            try:
                return read_list(self.connection, resource, namespace, self.taking_of(resource))
            except BadAnswerError as error:
                earlier = kinds.EARLIER.get(resource)
                if error.status != NOT_FOUND or earlier is None:
                    raise
                return read_list(self.connection, earlier, namespace, self.taking_of(earlier))

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """Shows on the line of progress all that is being read, what began first at first."""
        self.show(self.at.setdefault, what)
        try:
            yield
        finally:
            self.show(self.at.pop, what)

    def show(self, change: Callable[[str, None], None], what: str) -> None:
        """Changes what is being read, and shows it."""
        with self.lock:
            change(what, None)
            if self.at:
                self.progress(f"{self.prefix}{', '.join(self.at)}")

    def taking_of(self, resource: Resource) -> Taking:
        """What is taken of each object of a list."""
        if resource in BUILT_IN:
            return kinds.taking_of(resource, self.prefix)
        from cmlint.sources.cluster.custom import take_custom

        return Taking(msgspec.Raw, lambda raw: take_custom(resource, raw, self.prefix))

    def stop(self) -> None:
        """Leaves no thread behind that still asks for something."""
        self.connection.pace.stopped.set()
        self.threads.shutdown(wait=False, cancel_futures=True)


def put(inventory: Inventory, taken: Taken) -> None:
    """Adds the ConfigMaps or Secrets of a list."""
    if taken.namespace is not None:
        inventory.spaces.setdefault(taken.namespace, Space())
    objects: list[Named] = taken.objects
    for where, name, held in objects:
        space = inventory.spaces.setdefault(where, Space())
        (space.config_maps if taken.resource.kind == "ConfigMap" else space.secrets)[name] = held


def forget(inventory: Inventory, unread: Unread) -> None:
    """Notes that a kind is not known, in one namespace or in all of them."""
    reason = "forbidden" if unread.status == FORBIDDEN else unread.why
    if unread.kind == "Namespace":
        inventory.complete = False
    elif unread.namespace is not None:
        inventory.spaces.setdefault(unread.namespace, Space()).unread[unread.kind] = reason
    else:
        inventory.unread[unread.kind] = reason
        for space in inventory.spaces.values():
            space.unread[unread.kind] = reason


def add_events(found: Iterable[Workload], events: Iterable[Event]) -> None:
    """Gives each pod the events about it, and not those of an earlier pod of its name."""
    about: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in events:
        if event.involved_object.kind == "Pod":
            about[event.involved_object.namespace, event.involved_object.name].append(event)
    for each in found if about else ():
        if isinstance(each, PodWorkload) and each.pod:
            here = about.get((each.head.namespace, each.head.name), ())
            last: dict[str, str] = {}
            for event in here:
                if event.involved_object.uid in ("", each.pod.uid):
                    last[event.message] = max(event.last, last.get(event.message, ""))
            each.pod = msgspec.structs.replace(each.pod, events=tuple(starmap(Mounting, last.items())))
