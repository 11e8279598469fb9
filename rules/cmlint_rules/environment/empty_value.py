"""A value that YAML reads as empty although something is written."""

from collections.abc import Iterator

from cmlint.api import Bundle, Container, Context, Draft, Env, Placed, Span, Trait, rule
from cmlint_rules.environment import name_of

WHY: dict[Trait, str] = {
    "anchor": "in YAML, `&` begins an anchor, and nothing uses this one",
    "empty-block": "in YAML, `|` and `>` begin a block, and no line follows",
    "comment": "in YAML, ` #` begins a comment",
}


@rule(
    name="empty-value",
    summary="a value that YAML reads as empty: an unused anchor, a block without a line, or a comment",
    consequence="silent",
    since="0.1.0",
)
def empty_value(bundle: Bundle, ctx: Context) -> Iterator[Draft]:
    """A word after `&` or `#`, or a lone `>` or `|`; of keys that no variable reads it is shown on request."""
    for placed, container in containers_in(bundle):
        for entry in container.env:
            if reason := why_empty(entry.traits):
                yield in_env(entry, reason, placed, ctx)
    keys = (
        (placed, key) for placed in bundle.placed for provider in placed.document.providers for key in provider.keys
    )
    empty = [(placed, key, reason) for placed, key in keys if (reason := why_empty(key.traits))]
    read = set(read_in(bundle)) if empty else set()
    for placed, key, reason in empty:
        message = f"the value of `{key.name}` is empty: {reason}"
        pedantic = (placed.number, key.name) not in read
        draft = ctx.finding(key.span, message, placed=placed, pedantic=pedantic)
        yield draft.help('put it in quotes if it is text; for an empty value, write `""`')


def containers_in(bundle: Bundle) -> Iterator[tuple[Placed, Container]]:
    """All containers, each with its object."""
    for placed in bundle.placed:
        yield from ((placed, container) for pod in placed.document.pods for container in pod.containers)


def read_in(bundle: Bundle) -> Iterator[tuple[int, str]]:
    """The keys that variables read, each with the number of its object."""
    for placed, container in containers_in(bundle):
        if container.env_from or any(entry.reference for entry in container.env):
            for variable in bundle.environment(container, placed).variables.values():
                if (definition := variable.origin.definition) and variable.origin.key:
                    yield definition.placed.number, variable.origin.key


def in_env(entry: Env, reason: str, placed: Placed, ctx: Context) -> Draft:
    """The message about a variable."""
    span = entry.value.span if entry.value else end_of(entry.span)
    draft = ctx.finding(span, f"the value of `{name_of(entry)}` is empty: {reason}", placed=placed)
    return draft.help('put it in quotes if it is text; for an empty value, write `""`')


def end_of(span: Span) -> Span:
    """The last character of an entry, whose value is not there."""
    return Span(max(span.start, span.end - 1), span.end)


def why_empty(traits: tuple[Trait, ...]) -> str:
    """Why a value is empty, in words; nothing where it is not."""
    return next((why for trait, why in WHY.items() if trait in traits), "")
