"""Clusters that are to be read, and those that are being read while whoever asked for them does something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple

from cmlint.model.problems import Problem
from cmlint.sources.cluster.connect import Connection, NoClusterError, Wish, connect
from cmlint.sources.cluster.kinds import KINDS
from cmlint.sources.cluster.read import Progress, Reading, Scope, read_cluster


class Wanted(NamedTuple):
    """Which clusters are read, how, and how much of them; without `contexts` the current one.

    `user` and `groups` are whom to impersonate, `timeout` are the seconds that each answer may take.
    """

    contexts: tuple[str, ...] = ()
    kubeconfig: str | None = None
    namespaces: tuple[str, ...] = ()
    all_namespaces: bool = False
    qps: float = 100.0
    metadata_only_secrets: bool = False
    custom_resources: bool = False
    timeout: float = 30.0
    user: str | None = None
    groups: tuple[str, ...] = ()

    def connect(self, context: str | None) -> Connection:
        """A connection to one of the clusters; raises NoClusterError."""
        namespace = next(iter(self.namespaces), None)
        return connect(
            Wish(
                context=context,
                kubeconfig=self.kubeconfig,
                namespace=namespace,
                qps=self.qps,
                timeout=self.timeout,
                user=self.user,
                groups=self.groups,
            )
        )

    def scope(self, connection: Connection, *, workloads: bool) -> Scope:
        """What is read of a cluster of which nothing else says it."""
        namespaces = None if self.all_namespaces else self.namespaces or (connection.namespace,)
        needed = NEEDED if workloads else frozenset[str]()
        return Scope(
            namespaces=namespaces,
            workloads=workloads,
            metadata_only_secrets=self.metadata_only_secrets,
            custom_resources=self.custom_resources,
            existing=namespaces or (),
            needed=needed,
        )


NEEDED = frozenset(("Namespace", *KINDS))
"""What must be listed to know that nothing is wrong: all that may read ConfigMaps and Secrets."""


class Begun(NamedTuple):
    """A cluster that is being read: the context that it was asked for by, and what comes of it.

    `prefix` is before the paths of its objects.
    """

    name: str
    prefix: str
    reading: Future[Reading]


@contextmanager
def begun(wanted: Wanted, progress: Progress, *, workloads: bool = True) -> Iterator[list[Begun]]:
    """Begins to read clusters, if wanted with all that runs there. What is not read at the end stays so."""
    connections: list[Connection] = []
    threads = ThreadPoolExecutor(max(len(wanted.contexts), 1))
    found: list[Begun] = []
    try:
        for context in wanted.contexts or (None,):
            prefix = f"{context}/" if len(wanted.contexts) > 1 else ""
            reading: Future[Reading] = Future()
            try:
                connection = wanted.connect(context)
                connections.append(connection)
                scope = wanted.scope(connection, workloads=workloads)
                reading = threads.submit(read_cluster, connection, scope, prefix, progress)
            except NoClusterError as error:
                reading.set_exception(error)
            found.append(Begun(context or "", prefix, reading))
        yield found
    finally:
        for connection in connections:
            connection.pace.stopped.set()
        threads.shutdown(wait=False, cancel_futures=True)


def readings(clusters: Iterable[Begun], problems: list[Problem]) -> Iterator[tuple[Begun, Reading]]:
    """What was read of each cluster; notes those of which nothing was, and raises NoClusterError if it is all."""
    dead: list[NoClusterError] = []
    alive = False
    for each in clusters:
        try:
            reading = each.reading.result()
        except NoClusterError as error:
            dead.append(error)
            problems.append(Problem(each.name, 0, str(error)))
            continue
        alive = True
        yield each, reading
    if dead and not alive:
        raise NoClusterError("; ".join(map(str, dead)), dead[0].help)
