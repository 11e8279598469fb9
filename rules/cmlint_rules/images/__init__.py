"""Images: which build a container runs, and whether a new one ever reaches it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cmlint.api import (
    Context,
    Document,
    Draft,
    Fault,
    FileFacts,
    Placed,
    Pull,
    Settings,
    Span,
    Value,
    numbers,
    placeholders,
    pulls_of,
    tags,
)


def pulls(placed: Placed, ctx: Context) -> Iterator[Pull]:
    """The valid images of an object, with the policy that a node follows, without placeholders."""
    yield from (
        pull for pull in open_pulls(placed, ctx) if not placeholders.is_placeholder_image(pull.use.written.value)
    )


def open_pulls(placed: Placed, ctx: Context) -> Iterator[Pull]:
    """The same with images that have a placeholder in their name, if their tag has none."""
    return pulls_of(placed, ctx.bundle, always=ctx.settings.assume_always_pull)


def number_in_values(span: Span, text: str, ctx: Context) -> ChartValue | None:
    """The number in the values of a chart that helm has written as this text, which is another form of it."""
    built = ctx.placed.built
    found = (each for each in built.values_of(span) if numbers.is_rewritten(each.written, text)) if built else ()
    return next(map(ChartValue.of, found), None)


def rewritten(number: ChartValue, fault: Fault, name: str, ctx: Context) -> Draft:
    """The finding about a number in the values of a chart that helm writes in another form, where a text has to be."""
    message = f"`{number.route}` is the number {number.written}, which helm writes differently for `{name}`"
    draft = ctx.finding(number.span, message, placed=number.placed, container=fault.container)
    draft.also(fault.span, "must be a string", ctx.placed)
    return draft.help(f'quote it: `"{number.written}"`, and in the template with `| quote`')


class ChartValue(NamedTuple):
    """A value in the values of a chart, as a place of a finding."""

    route: str
    written: str
    span: Span
    placed: Placed

    @classmethod
    def of(cls, value: Value) -> ChartValue:
        """A value as a place."""
        document = Document(span=value.span, head=value.span, api_version="", kind="values", name=None, namespace=None)
        return cls(value.route, value.written, value.span, Placed(value.path, document, FileFacts(()), -1))


def movement(pull: Pull, settings: Settings) -> tags.Movement:
    """Whether an image moves; the configuration's patterns come first."""
    return tags.movement(pull.image, settings.mutable_tags, settings.pinned_tags)
