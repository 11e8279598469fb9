"""The environment of containers: names, values, and what hides or misses what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from cmlint.api import (
    Container,
    Context,
    Draft,
    Env,
    Environment,
    Fault,
    Origin,
    Placed,
    Program,
    Programs,
    Span,
    Trait,
    Variable,
    is_described,
)

ENTRY = r"(.*)\.(env\[(\d+)\])"


def variable_of(fault: Fault, ctx: Context) -> str:
    """The variable that a fault is in: its name, or its place in `env` when it has none."""
    found = re.match(ENTRY, fault.path)
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
        """A finding at the definition: once, whoever reads it, so that the message names no variable."""
        draft = ctx.finding(self.span, message, placed=self.placed)
        if self.origin:
            draft.container = None
            draft.also(self.origin.span, f"read here as `{self.variable}`", ctx.placed)
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


class Giver(NamedTuple):
    """What gives a variable to another container of the same image, and where."""

    what: str
    span: Span
    placed: Placed


class Started(NamedTuple):
    """A container whose program and environment are both known."""

    container: Container
    program: Program
    environment: Environment
    programs: Programs

    def texts(self, ctx: Context) -> Iterator[str]:
        """The texts of ConfigMaps in the volumes of the pod, which may be scripts that read variables."""
        for volume in ctx.pod.volumes if ctx.pod else ():
            for source in volume.sources:
                resolution = ctx.resolve(source.reference)
                for definition in resolution.definitions if resolution.status == "found" else ():
                    yield from (key.value for key in definition.provider.keys if key.value)

    def is_read_by_others(self, variable: Variable, ctx: Context) -> bool:
        """Whether another container with the same object in its `envFrom` may read a variable of it."""
        origin = variable.origin
        if origin.via != "envFrom":
            return False
        for placed, container in containers_of(ctx):
            names = {entry.reference.described for entry in container.env_from if entry.reference}
            if container is not self.container and f"{origin.kind}/{origin.name}" in names:
                program = self.programs.program(self.programs.link(container, placed))
                if program is None or program.open or program.knows(variable.name):
                    return True
        return False

    def giver(self, name: str, ctx: Context) -> Giver | None:
        """Another container of the same image, or the compose service, that gets a variable."""
        for placed, container in containers_of(ctx):
            if container is not self.container and self.container.image and container.image:
                same = container.image.value.partition(":")[0] == self.container.image.value.partition(":")[0]
                variable = ctx.bundle.environment(container, placed).variables.get(name) if same else None
                if variable:
                    return Giver(placed.described, variable.origin.span, placed)
        for proof in self.programs.builds_of(self.program.link):
            if any(name in build.gives for build in proof.fact.builds):
                return Giver("the compose service", proof.fact.span, proof.placed)
        return None


def containers_of(ctx: Context) -> Iterator[tuple[Placed, Container]]:
    """All containers of the bundle, each with its document."""
    for placed in ctx.bundle.placed:
        for pod in placed.document.pods:
            yield from ((placed, container) for container in pod.containers)


def program_of(container: Container, ctx: Context) -> Started | None:
    """The program of a container and its environment, where all is known of both; None where something is not."""
    pod, programs = ctx.pod, ctx.bundle.programs
    if programs is None or pod is None or not (pod.exact or ctx.placed.plain_pods) or container.image is None:
        return None
    link = programs.link(container, ctx.placed)
    if not link.sure or ctx.bundle.is_kustomized(ctx.placed):
        return None
    environment = ctx.environment(container)
    known = environment.complete and not is_described(environment)
    if not known or not programs.is_changed(link, ctx.placed, environment):
        return None
    program = programs.program(link)
    return Started(container, program, environment, programs) if program and not program.open else None


def shown_build(draft: Draft, program: Program) -> None:
    """Shows where the image of a program is built."""
    if program.link.proof:
        folder = program.link.context or "."
        draft.also(program.link.proof.fact.span, f"the image is built of `{folder}` here", program.link.proof.placed)
