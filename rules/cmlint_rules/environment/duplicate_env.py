"""One variable set twice in one `env`."""

from collections.abc import Iterable, Iterator

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
    for entries in chains(container):
        *earlier, last = entries
        if not earlier or last.name is None:
            continue
        equal = len({meaning(entry) for entry in entries}) == 1
        times = "twice" if len(entries) == 2 else f"{len(entries)} times"
        alike = f", {'both' if len(entries) == 2 else 'all'} times alike" if equal else ""
        message = f"`{last.name.value}` is set {times}{alike}"
        draft = ctx.finding(last.name.span, message, consequence="tidiness" if equal else None)
        for number, entry in enumerate(earlier):
            if entry.name:
                draft.also(entry.name.span, "set here again" if number else "set here first")
        if equal and is_superfluous(earlier[-1], last):
            draft.fix("remove this one", Remove(last.span), safe=True)
        which = "one of the two" if len(entries) == 2 else "all but one"
        meant = "remove the one not meant" if len(entries) == 2 else "remove those not meant"
        yield draft.help(f"remove {which}" if equal else f"the last one counts; {meant}")


def chains(container: Container) -> Iterable[list[Env]]:
    """The entries that set one variable, each of which takes the place of the one before it."""
    found: list[list[Env]] = []
    current: dict[str, list[Env]] = {}
    for entry in container.env:
        if entry.name is None or not entry.name.value or placeholders.is_placeholder(entry.name.value):
            continue
        chain = current.get(entry.name.value)
        if chain is None or builds_on_itself(entry) or is_optional(entry):
            chain = current[entry.name.value] = []
            found.append(chain)
        chain.append(entry)
    return found


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
