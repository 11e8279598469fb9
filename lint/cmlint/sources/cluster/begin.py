"""Clusters that are to be read, and those that are being read while whoever asked for them does something else."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple

from cmlint.sources.cluster.connect import Connection, Wish, connect
from cmlint.sources.cluster.read import Progress, Reading, Scope, read_cluster


class Wanted(NamedTuple):
    """Which clusters are read, how, and how much of them; without `contexts` the current one."""

    contexts: tuple[str, ...] = ()
    kubeconfig: str | None = None
    namespaces: tuple[str, ...] = ()
    all_namespaces: bool = False
    qps: float = 100.0
    metadata_only_secrets: bool = False
    custom_resources: bool = False

    def connections(self) -> Iterator[Connection]:
        """A connection to each cluster; raises NoClusterError."""
        for context in self.contexts or (None,):
            yield connect(Wish(context, self.kubeconfig, next(iter(self.namespaces), None), self.qps))

    def scope(self, connection: Connection, *, workloads: bool) -> Scope:
        """What is read of a cluster of which nothing else says it."""
        namespaces = None if self.all_namespaces else self.namespaces or (connection.namespace,)
        return Scope(namespaces, workloads, self.metadata_only_secrets, self.custom_resources)


class Begun(NamedTuple):
    """A cluster that is being read: what is before the paths of its objects, and what comes of it.

    `context` is the one by which it was asked for, and empty for the current one.
    """

    prefix: str
    reading: Future[Reading]
    context: str = ""


@contextmanager
def begun(wanted: Wanted, progress: Progress) -> Iterator[list[Begun]]:
    """Begins to read clusters with all that runs there; raises NoClusterError. What is not read at the end stays so."""
    connections: list[Connection] = []
    threads = ThreadPoolExecutor(max(len(wanted.contexts), 1))
    found: list[Begun] = []
    try:
        for connection in wanted.connections():
            connections.append(connection)
            prefix = f"{connection.name}/" if len(wanted.contexts) > 1 else ""
            scope = wanted.scope(connection, workloads=True)
            reading = threads.submit(read_cluster, connection, scope, prefix, progress)
            found.append(Begun(prefix, reading, connection.name if wanted.contexts else ""))
        yield found
    finally:
        for connection in connections:
            connection.pace.stopped.set()
        threads.shutdown(wait=False, cancel_futures=True)
