"""A variable, or an environment, with which Linux starts no program."""

from collections.abc import Iterator

from cmlint.api import Container, Context, Draft, Variable, rule
from cmlint_rules.environment import name_of

LONGEST = 131_072
"""The bytes of `NAME=value` from which on it is too long: `MAX_ARG_STRLEN` of Linux, the closing NUL included."""

LARGEST = 2 * 1024 * 1024
"""About the bytes that arguments and environment may have together: a quarter of the usual stack of 8 MiB."""


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
    total = 0
    for variable in environment.variables.values():
        size = size_of(variable)
        total += size
        if size >= LONGEST:
            yield too_long(variable, size, container, ctx)
    if total >= LARGEST:
        span = container.name.span if container.name else container.span
        draft = ctx.finding(span, f"the environment has {total} bytes, and Linux starts no program with 2 MiB or more")
        yield draft.help("mount large values as files")


def size_of(variable: Variable) -> int:
    """The bytes of `NAME=value`, as far as the value is known; of a Secret only large ones count."""
    key = variable.origin.key_fact
    known = len(variable.value.encode("utf-8", "surrogatepass")) if variable.value else 0
    return len(variable.name.encode()) + 1 + (key.size if key and key.size else known)


def too_long(variable: Variable, size: int, container: Container, ctx: Context) -> Draft:
    """What is said of one variable, at the key that it is read of."""
    origin = variable.origin
    message = f"the variable `{variable.name}` has {size} bytes, and Linux starts no program with 131072 or more in one"
    if origin.key_fact and origin.definition:
        draft = ctx.finding(origin.key_fact.span, message, placed=origin.definition.placed)
        draft.also(origin.span, "read here", ctx.placed)
    else:
        entry = next((entry for entry in reversed(container.env) if name_of(entry) == variable.name), None)
        draft = ctx.finding(entry.name.span if entry and entry.name else origin.span, message)
    return draft.help("mount it as a file")
