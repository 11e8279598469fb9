"""What an audit says of each finding besides: in which state its object is, since when, and what to run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from cmlint.bundle.cluster import Cluster
from cmlint.bundle.renewal import ready
from cmlint.model.findings import Audited, Consequence, Finding, Location, State

WAITING = "stuck-pod"
"""The rule about pods that wait now; all others say what happens once a pod starts again."""

CRASHED = "internal-error"

STATES: Mapping[Consequence, State] = {
    "stuck": "at-restart",
    "rejected": "unchecked",
    "stale": "stale",
    "silent": "silent",
    "unchecked": "unchecked",
    "tidiness": "unused",
}


class Waiting(NamedTuple):
    """What is known of the pods that wait for what is at one place."""

    group: str
    pods: tuple[str, ...]
    since: str


def audited(findings: Iterable[Finding], cluster: Cluster) -> list[Finding]:
    """Findings about live objects with what is known of these; what a cluster has accepted is never called rejected.

    Pods that wait for what is missing, and what says that it is missing, are one problem with one group.
    """
    accepted = [each for each in findings if each.consequence != "rejected" or each.rule == CRASHED]
    groups = {each.location: each.group for each in accepted if each.rule != WAITING and each.consequence == "stuck"}
    waiting = waiting_at(accepted)
    return [with_state(each, groups, waiting, cluster) for each in accepted]


def waiting_at(findings: Iterable[Finding]) -> dict[Location, Waiting]:
    """The pods that wait for what is at a place, by the place."""
    found: dict[Location, Waiting] = {}
    for each in findings:
        if each.rule == WAITING and each.audit:
            before = found.get(each.location, Waiting(each.group, (), each.audit.since))
            pods = tuple(sorted({*before.pods, *each.audit.pods}))
            found[each.location] = Waiting(each.group, pods, min(before.since, each.audit.since))
    return found


def with_state(
    finding: Finding, groups: Mapping[Location, str], waiting: Mapping[Location, Waiting], cluster: Cluster
) -> Finding:
    """A finding with its state, and in the group of what it is a consequence of."""
    known = finding.audit or Audited()
    state = STATES[finding.consequence]
    group = finding.group
    if finding.rule == WAITING:
        state, group = "broken", groups.get(finding.location, group)
    elif state == "at-restart" and (now := waiting.get(finding.location)):
        state, known = "broken", replace(known, pods=now.pods, since=now.since)
    identity = finding.object
    namespace = (identity.namespace if identity else None) or ""
    pods = cluster.pods.get((namespace, identity.kind, identity.name or ""), ()) if identity else ()
    return replace(
        finding,
        group=f"{cluster.prefix}{group}",
        audit=replace(
            known,
            cluster=cluster.name,
            namespace=namespace,
            state=state,
            running=sum(any(each.started for each in pod.containers) for pod in pods),
            commands=tuple(ready(finding.help or "")),
        ),
    )
