"""A value from `envFrom` that a different one hides."""

from collections.abc import Iterator

from cmlint.api import Bundle, Container, Context, Draft, Origin, Placed, Span, Variable, rule
from cmlint_rules.environment import builds_on_itself, name_of


@rule(
    name="shadowed-env",
    summary="a value from `envFrom` that another value overrides",
    consequence="silent",
    since="0.1.0",
)
def shadowed_env(bundle: Bundle, ctx: Context) -> Iterator[Draft]:
    """Where both values are known and differ; one that others still get is likely meant as a default.

    Of a cluster no value is known.
    """
    reaching: set[tuple[int, str]] | None = None
    for placed, container in () if bundle.live else containers_of(bundle):
        if not container.env_from:
            continue
        for variable in bundle.environment(container, placed).variables.values():
            for hidden in variable.shadows:
                if not loses(hidden, variable, container):
                    continue
                reaching = reaching or values_that_reach(bundle)
                draft = hiding(hidden, variable, container, placed, ctx)
                if value_of(hidden) in reaching or is_laid_over(hidden, variable, container, placed):
                    draft.consequence = "tidiness"
                yield draft


def containers_of(bundle: Bundle) -> Iterator[tuple[Placed, Container]]:
    """All containers, each with its document."""
    for placed in bundle.placed:
        for pod in placed.document.pods:
            for container in pod.containers:
                yield placed, container


def loses(hidden: Origin, variable: Variable, container: Container) -> bool:
    """Whether a value of `envFrom` is known to be replaced by a different one, and not built upon."""
    if hidden.via != "envFrom" or hidden.key_fact is None or hidden.key_fact.value is None or variable.value is None:
        return False
    building = any(builds_on_itself(entry) for entry in container.env if name_of(entry) == variable.name)
    return hidden.key_fact.value != variable.value and not building


def is_laid_over(hidden: Origin, variable: Variable, container: Container, placed: Placed) -> bool:
    """Whether a patch of a kustomization sets the value over one that another file brings in: that is its purpose."""
    return placed.written(place(variable, container))[0] != placed.written(hidden.span)[0]


def value_of(origin: Origin) -> tuple[int, str]:
    """What tells one value of one provider from all others."""
    return (origin.definition.placed.number if origin.definition else -1), origin.key or ""


def values_that_reach(bundle: Bundle) -> set[tuple[int, str]]:
    """The values that some container gets as a variable, or some pod as a file."""
    reaching = {
        value_of(variable.origin)
        for placed, container in containers_of(bundle)
        for variable in bundle.environment(container, placed).variables.values()
    }
    for placed in bundle.placed:
        for pod in placed.document.pods:
            for source in (source for volume in pod.volumes for source in volume.sources):
                for definition in bundle.resolver.resolve(source.reference, placed).definitions:
                    reaching.update((definition.placed.number, key.name) for key in definition.provider.keys)
    return reaching


def hiding(hidden: Origin, variable: Variable, container: Container, placed: Placed, ctx: Context) -> Draft:
    """The message about one value that another hides."""
    winner = variable.origin
    by = "`env`" if winner.via == "env" else f"the {winner.kind} `{winner.name}`"
    message = f"`{variable.name}` of the {hidden.kind} `{hidden.name}` is overridden by another value, from {by}"
    name = container.name.value if container.name else None
    draft = ctx.finding(place(variable, container), message, container=name, placed=placed)
    if hidden.definition and hidden.key_fact:
        draft.also(hidden.key_fact.span, "this value is overridden", hidden.definition.placed)
    if winner.via == "env":
        return draft.help("`env` overrides `envFrom`; remove the value that you do not want")
    return draft.help("a later source of `envFrom` overrides an earlier one; remove the value that you do not want")


def place(variable: Variable, container: Container) -> Span:
    """Where the value that counts is brought into the container."""
    for entry in reversed(container.env):
        if entry.name and entry.name.value == variable.name and variable.origin.via == "env":
            return entry.name.span
    for source in container.env_from:
        if source.reference and source.reference.span == variable.origin.span:
            return source.reference.name.span
    return variable.origin.span
