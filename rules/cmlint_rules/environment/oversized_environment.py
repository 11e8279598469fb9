"""A variable, or an environment, with which Linux starts no program."""

from collections.abc import Iterator

from cmlint.api import Container, Context, Draft, Variable, rule, stops
from cmlint_rules.environment import name_of


@rule(
    name="oversized-environment",
    summary="a variable of 128 KiB or more, or an environment of 2 MiB or more",
    consequence="stuck",
    since="0.1.0",
)
def oversized_environment(container: Container, ctx: Context) -> Iterator[Draft]:
    """`execve` fails with E2BIG, and the container stays in a crash loop: `argument list too long`."""
    if not container.env_from and not any(entry.reference or entry.value for entry in container.env):
        return
    environment = ctx.environment(container)
    for variable in environment.variables.values():
        if (size := stops.size_of(variable)) >= stops.LONGEST:
            yield too_long(variable, size, container, ctx)
    if (total := stops.total_of(environment)) >= stops.LARGEST:
        span = container.name.span if container.name else container.span
        draft = ctx.finding(span, f"the environment has {total} bytes, and Linux starts no program with 2 MiB or more")
        yield draft.help("mount large values as files")


def too_long(variable: Variable, size: int, container: Container, ctx: Context) -> Draft:
    """The message about one variable, at the key that it is read of."""
    origin = variable.origin
    message = f"the variable `{variable.name}` has {size} bytes, and Linux starts no program with 131072 or more in one"
    if origin.key_fact and origin.definition:
        draft = ctx.finding(origin.key_fact.span, message, placed=origin.definition.placed)
        draft.also(origin.span, "read here", ctx.placed)
    else:
        entry = next((entry for entry in reversed(container.env) if name_of(entry) == variable.name), None)
        draft = ctx.finding(entry.name.span if entry and entry.name else origin.span, message)
    return draft.help("mount it as a file")
