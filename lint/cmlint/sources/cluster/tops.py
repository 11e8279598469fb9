"""Which object a pod spec is judged at: the topmost owner that has one, once, and with all pods that come from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from msgspec.structs import replace

from cmlint.model.cluster import Pod
from cmlint.model.cluster_objects import LiveObject
from cmlint.sources.cluster.kinds import PodWorkload, Workload
from cmlint.sources.cluster.workloads import live_object

Key = tuple[str, str, str]
"""Namespace, kind and name."""


def judged(
    found: Iterable[Workload], custom: Iterable[LiveObject], prefix: str
) -> tuple[dict[str, list[LiveObject]], dict[Key, list[Pod]]]:
    """The live objects that rules look at by namespace, and the pods of each; `custom` are custom resources."""
    by_key = {each.head.key: each for each in found}
    pods: dict[Key, list[Pod]] = defaultdict(list)
    tops: dict[Key, Workload] = {}
    workloads: dict[str, list[LiveObject]] = defaultdict(list)
    describing: set[Key] = set()
    for live in custom:
        key = key_of(live)
        workloads[key[0]].append(live)
        if live.facts.documents[0].pods:
            describing.add(key)
    for each in by_key.values():
        top = top_of(each, by_key)
        owner = (top.head.namespace, *top.head.owner) if top.head.owner else top.head.key
        if isinstance(each, PodWorkload) and each.pod and not each.done:
            pods[owner if owner in describing else top.head.key].append(each.pod)
        if top is each and owner not in describing and is_judged(each):
            tops[each.head.key] = each
    for each in latest(tops.values(), pods):
        if each.spec is not None:
            rolling = replace(each.rolling, owner="/".join(each.head.owner)) if each.head.owner else each.rolling
            live = each.live or live_object(each.head, each.annotations, each.spec, prefix, rolling)
            workloads[each.head.namespace].append(live)
    return {name: sorted(here) for name, here in workloads.items()}, dict(pods)


def is_judged(found: Workload) -> bool:
    """Whether an object at the top runs or will, and is not the node's own affair."""
    return found.spec is not None and not (isinstance(found, PodWorkload) and found.mirror)


def key_of(live: LiveObject) -> Key:
    """Namespace, kind and name of a live object."""
    document = live.facts.documents[0]
    namespace, name = document.namespace, document.name
    return namespace.value if namespace else "", document.kind, name.value if name else ""


def top_of(found: Workload, by_key: dict[Key, Workload]) -> Workload:
    """The topmost owner that is there; an owner of which nothing is known, or that is gone, ends the way."""
    seen = {found.head.key}
    while found.head.owner is not None:
        key = (found.head.namespace, *found.head.owner)
        owner = by_key.get(key)
        if owner is None or key in seen:
            break
        seen.add(key)
        found = owner
    return found


def latest(tops: Iterable[Workload], pods: dict[Key, list[Pod]]) -> list[Workload]:
    """Of several objects that one unknown owner made, the newest, which gets the pods of all."""
    result: dict[Key, Workload] = {}
    for each in sorted(tops, key=lambda top: (top.created, top.head.name)):
        owner = each.head.owner
        key = (each.head.namespace, *owner) if owner else each.head.key
        before = result.get(key)
        if before is not None:
            pods[each.head.key] = pods.get(each.head.key, []) + pods.pop(before.head.key, [])
        result[key] = each
    return list(result.values())
