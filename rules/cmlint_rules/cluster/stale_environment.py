"""Containers that started before the ConfigMap or Secret that their environment is made of was changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cmlint.api import Container, Context, Draft, Reference, rule
from cmlint_rules.cluster import counted, named, references_of_container
from cmlint_rules.rollout import renewal

if TYPE_CHECKING:
    from cmlint.api import Cluster, Held, Pod


@rule(
    name="stale-environment",
    summary="containers that started before the ConfigMap or Secret in their environment was changed",
    consequence="stale",
    since="0.1.0",
)
def stale_environment(container: Container, ctx: Context) -> Iterator[Draft]:
    """Once for each object: variables are set when a container starts, and never again."""
    seen: set[tuple[str, str]] = set()
    for reference in references_of_container(container) if ctx.pods else ():
        target, name = reference.target, reference.name.value
        for cluster in ctx.bundle.clusters:
            held = cluster.held(target, name, ctx.placed.namespace)
            if held is None or (target, name) in seen:
                continue
            seen.add((target, name))
            if pods := older_pods(container, held, ctx.pods):
                yield draft_of(reference, held, pods, cluster, ctx)


def older_pods(container: Container, held: Held, pods: Sequence[Pod]) -> list[str]:
    """The pods in which the container has run since before a change.

    Where the API server has kept no time, the order of changes tells: the pod's state has not changed since the object
    has, so the container has started before.
    """
    name = container.name.value if container.name else ""
    return [
        pod.name
        for pod in pods
        for running in pod.containers
        if running.name == name
        and running.started
        and (running.started < held.changed if held.changed else 0 < pod.revision < held.revision)
    ]


def draft_of(reference: Reference, held: Held, pods: list[str], cluster: Cluster, ctx: Context) -> Draft:
    """What is said of one object."""
    what = f"the {reference.target} `{reference.name.value}`"
    when = f" at {held.changed}" if held.changed else ""
    message = f"{counted(len(pods))} started before {what} was last changed{when}, and may run with old values"
    draft = ctx.finding(reference.name.span, message)
    definition = cluster.definition(reference.target, reference.name.value, ctx.placed.namespace or "")
    draft.also(definition.provider.name.span, "changed since", definition.placed)
    return draft.help(f"{renewal(ctx, 'to let them read it')} ({named(pods)})")
