"""Containers that started before the ConfigMap or Secret that their environment is made of was changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cmlint.api import Container, Context, Draft, rule
from cmlint_rules.cluster import KeysRead, outdated, references_of_container


@rule(
    name="stale-environment",
    summary="containers that started before the ConfigMap or Secret in their environment was changed",
    consequence="stale",
    since="0.1.0",
)
def stale_environment(container: Container, ctx: Context) -> Iterator[Draft]:
    """Once for each object: variables are set when a container starts, and never again."""
    if ctx.pods:
        yield from outdated("stale-environment", container, reads_of(container), ctx)


def reads_of(container: Container) -> Iterable[KeysRead]:
    """What the environment of a container reads: of each object the keys, None for all, and the first reference."""
    found: dict[tuple[str, str], KeysRead] = {}
    for reference in references_of_container(container):
        key = reference.target, reference.name.value
        keys = None if not reference.keys else {each.value for each in reference.keys}
        first, known = found.get(key, KeysRead(reference, set()))
        found[key] = KeysRead(first, None if keys is None or known is None else known | keys)
    return found.values()
