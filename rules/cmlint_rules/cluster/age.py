"""What runs with older data than a ConfigMap or Secret has now, as far as that can be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from typing import TYPE_CHECKING, NamedTuple

from cmlint.api import Container, Context, Draft, Reference
from cmlint_rules.cluster import counted, named
from cmlint_rules.rollout import renewal

if TYPE_CHECKING:
    from cmlint.api import Cluster, Held, Pod, Running


class Read(NamedTuple):
    """A reference, and the keys of its object that are read when a container starts; None for all keys."""

    reference: Reference
    keys: Set[str] | None


class Change(NamedTuple):
    """When an object was written, where that is known, and whether data that is read has surely changed then."""

    time: str
    sure: bool


def outdated(container: Container, reads: Iterable[Read], ctx: Context) -> Iterator[Draft]:
    """Once for each object: the pods in which a container runs since before a change of the data that it reads."""
    for read in reads:
        for cluster in ctx.bundle.clusters:
            name = read.reference.name.value
            held = cluster.held(read.reference.target, name, ctx.placed.namespace)
            if held is not None and (found := older(container, held, read.keys, ctx.pods)):
                yield draft_of(read.reference, found, cluster, ctx)
                break


def older(container: Container, held: Held, keys: Set[str] | None, pods: Iterable[Pod]) -> dict[Change, list[str]]:
    """The pods that are older than a change, by the change."""
    name = container.name.value if container.name else ""
    found: dict[Change, list[str]] = {}
    for pod in pods:
        for running in pod.containers:
            if running.name == name and running.started and (change := change_since(pod, running, held, keys)):
                found.setdefault(change, []).append(pod.name)
    return found


def change_since(pod: Pod, running: Running, held: Held, keys: Set[str] | None) -> Change | None:
    """What has changed since a container has started.

    A manager that owns nothing but keys that are read has surely changed one of them; of any other, it may have been a
    label, or another key. An object that was created since may have been there before. Where the API server has kept no
    times, the order of changes tells: the pod's state has not changed since the object has.
    """
    if not held.writes:
        return Change("", False) if 0 < pod.revision < held.revision else None
    read = set(keys if keys is not None else held.keys or ())
    since = [
        Change(write.time, write.only and held.created < write.time and read.issuperset(write.keys))
        for write in held.writes
        if running.started < write.time and (not read or not read.isdisjoint(write.keys))
    ]
    return max(since, key=lambda change: (change.sure, change.time), default=None)


def draft_of(reference: Reference, found: dict[Change, list[str]], cluster: Cluster, ctx: Context) -> Draft:
    """What is said of one object; what is not sure only where nothing is."""
    sure = {change: pods for change, pods in found.items() if change.sure}
    pods = sorted({name for each in (sure or found).values() for name in each})
    what, last = f"the {reference.target} `{reference.name.value}`", max(change.time for change in sure or found)
    when = f" at {last}" if last else ""
    if sure:
        said = f"{what} was last changed{when}, and may run with old values"
    else:
        said = f"{what} was last written{when}, perhaps with the same data"
    draft = ctx.finding(reference.name.span, f"{counted(len(pods))} started before {said}", pedantic=not sure)
    draft.severity = None if sure else "info"
    definition = cluster.definition(reference.target, reference.name.value, ctx.placed.namespace or "")
    draft.also(definition.provider.name.span, "changed since" if sure else "written since", definition.placed)
    draft.now(pods, last)
    return draft.help(f"{renewal(ctx, 'to let them read it')} ({named(pods)})")
