"""The environment of containers: names, values, and what hides or misses what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from cmlint.api import Container, Context, Draft, Env, Fault, Origin, Placed, Span, Trait

ENTRY = re.compile(r"(.*)\.(env\[(\d+)\])")


def variable_of(fault: Fault, ctx: Context) -> str:
    """The variable that a fault is in: its name, or its place in `env` when it has none."""
    found = ENTRY.match(fault.path)
    if not found:
        return fault.path
    containers = (container for pod in ctx.document.pods for container in pod.containers)
    entry = next((c.env[int(found[3])] for c in containers if c.path == found[1]), None)
    return (entry and name_of(entry)) or found[2]


def name_of(entry: Env) -> str:
    """The name of a variable; empty when it has none."""
    return entry.name.value if entry.name else ""


def builds_on_itself(entry: Env) -> bool:
    """Whether an entry appends to what its name meant before: `X=$(X):more` (`pkg/api/pod/warnings.go`)."""
    own = f"$({name_of(entry)})"
    text = entry.value.value if entry.source == "literal" and entry.value else ""
    return own in text and text != own


class Arriving(NamedTuple):
    """A value that reaches a variable otherwise than it looks: the variable, how, and where the value is defined."""

    variable: str
    traits: tuple[Trait, ...]
    span: Span
    placed: Placed
    origin: Origin | None = None

    @property
    def what(self) -> str:
        """Where the value is defined, in words."""
        if self.origin is None:
            return f"the value of `{self.variable}`"
        return f"the value of `{self.origin.key}` in the {self.origin.kind} `{self.origin.name}`"

    def finding(self, message: str, ctx: Context) -> Draft:
        """A finding at the definition: once, whoever reads it."""
        draft = ctx.finding(self.span, message, placed=self.placed)
        if self.origin:
            draft.container = None
            draft.also(self.origin.span, "read here", ctx.placed)
        return draft


def arriving(container: Container, ctx: Context, *traits: Trait) -> Iterator[Arriving]:
    """The values that a container's variables get, and that have one of some traits."""
    wanted = frozenset(traits)
    for entry in container.env:
        if entry.source == "literal" and not wanted.isdisjoint(entry.traits):
            yield Arriving(name_of(entry), entry.traits, entry.value.span if entry.value else entry.span, ctx.placed)
    if not container.env_from and not any(entry.reference for entry in container.env):
        return
    for variable in ctx.environment(container).variables.values():
        origin = variable.origin
        if origin.key_fact and origin.definition and not wanted.isdisjoint(origin.key_fact.traits):
            placed = origin.definition.placed
            yield Arriving(variable.name, origin.key_fact.traits, origin.key_fact.span, placed, origin)
