"""One variable set twice in one `env`."""

from collections.abc import Iterator

from cmlint.api import Container, Context, Draft, Env, Remove, placeholders, rule
from cmlint_rules.environment import builds_on_itself

APPLIED = "run `kubectl apply` twice, or once with `--server-side`: the first run removes both entries"
"""kubernetes/kubectl#1750: the merge of `env` by name takes all entries of a name away with the one that is gone."""


@rule(
    name="duplicate-env",
    summary="a variable that is set twice in one `env`",
    consequence="silent",
    since="0.1.0",
    fixable=True,
)
def duplicate_env(container: Container, ctx: Context) -> Iterator[Draft]:
    """The last entry counts. An entry that extends itself, or an optional one after its default, is not a duplicate."""
    first: dict[str, Env] = {}
    again: dict[str, list[Env]] = {}
    for entry in container.env:
        if entry.name is None or not entry.name.value or placeholders.is_placeholder(entry.name.value):
            continue
        name = entry.name.value
        if name in first and not builds_on_itself(entry) and not is_optional(entry):
            again.setdefault(name, []).append(entry)
        else:
            first[name] = entry
    for name, entries in again.items():
        yield several(first[name], entries, ctx)


def several(first: Env, entries: list[Env], ctx: Context) -> Draft:
    """The message about a variable that is set several times: at the second place, with all others beside it.

    The help alone says whether the entries are equal, for with other values of a chart they may not be.
    """
    entry, others = entries[0], entries[1:]
    assert entry.name and first.name
    equal = all(meaning(first) == meaning(other) for other in entries)
    often = "twice" if not others else f"{len(entries) + 1} times"
    message = f"`{entry.name.value}` is set {often}"
    draft = ctx.finding(entry.name.span, message, consequence="stale" if equal else None)
    draft.also(first.name.span, "set here first")
    for other in others:
        draft.also(other.name.span if other.name else other.span, "and again here")
    if equal and not others and is_superfluous(first, entry):
        draft.fix("remove this one", Remove(entry.span), safe=False)
    which = "all but one" if others else "one of the two" if equal else "the one not meant"
    counts = "the entries are equal; " if equal else "the last entry wins; "
    return draft.help(f"{counts}remove {which}, and {APPLIED}")


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
