"""One variable set twice in one `env`."""

from collections.abc import Iterator

from cmlint.api import Container, Context, Draft, Env, Remove, placeholders, rule
from cmlint_rules.environment import builds_on_itself


@rule(
    name="duplicate-env",
    summary="a variable that is set twice in one `env`",
    consequence="silent",
    since="0.1.0",
    fixable=True,
)
def duplicate_env(container: Container, ctx: Context) -> Iterator[Draft]:
    """The last entry counts; to append to oneself is no duplicate, nor is an optional entry after its default."""
    seen: dict[str, Env] = {}
    for entry in container.env:
        if entry.name is None or not entry.name.value or placeholders.is_placeholder(entry.name.value):
            continue
        first = seen.get(entry.name.value)
        if first and first.name and not builds_on_itself(entry) and not is_optional(entry):
            equal = meaning(first) == meaning(entry)
            message = f"`{entry.name.value}` is set twice{', both times alike' if equal else ''}"
            draft = ctx.finding(entry.name.span, message, consequence="tidiness" if equal else None)
            draft.also(first.name.span, "set here first")
            if equal and is_superfluous(first, entry):
                draft.fix("remove this one", Remove(entry.span), safe=True)
            yield draft.help("remove one of the two" if equal else "the last one counts; remove the one not meant")
        seen[entry.name.value] = entry


def is_superfluous(first: Env, entry: Env) -> bool:
    """Whether an entry surely sets what an equal one has set: what it is expanded from may change between the two."""
    plain = entry.source == "literal" and entry.value is not None and "$(" not in entry.value.value
    return plain or (entry.reference is not None and not is_optional(first))


def is_optional(entry: Env) -> bool:
    """Whether an entry may leave the variable as it was."""
    return entry.optional or (entry.reference is not None and entry.reference.optional)


def meaning(entry: Env) -> tuple[object, ...]:
    """What an entry sets, wherever it is written."""
    reference = entry.reference
    read = (reference.name.value, reference.keys[0].value) if reference else None
    return entry.source, entry.value.value if entry.value else "", read
