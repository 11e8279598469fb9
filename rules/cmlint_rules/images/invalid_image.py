"""An image that is not a valid reference."""

import re
from collections.abc import Iterator

from cmlint.api import Context, Document, Draft, Use, images, placeholders, resolves_tags, rule, uses
from cmlint_rules.images import number_in_values

ACTIONS = {
    "unset": "name the image to run",
    "outer-space": "remove the space",
}


@rule(
    name="invalid-image",
    summary="an invalid image reference",
    consequence="stuck",
    since="0.1.0",
    codes=("image",),
)
def invalid_image(document: Document, ctx: Context) -> Iterator[Draft]:
    """The API server refuses few; of all others the kubelet says InvalidImageName."""
    refused: set[int] = set()
    for fault in document.faults:
        if fault.code == "image":
            refused.add(fault.span.start)
            message = f"`{fault.path.rpartition('.')[2]}` {fault.reason}"
            draft = ctx.finding(fault.span, message, consequence="rejected", container=fault.container)
            yield draft.help(ACTIONS.get(fault.kind, "write one string: `[registry/]name[:tag][@digest]`"))
    for use in uses(document):
        if use.written.start not in refused and not placeholders.is_placeholder_image(use.written.value):
            yield from unreadable(use, ctx)


def unreadable(use: Use, ctx: Context) -> Iterator[Draft]:
    """What the kubelet cannot read, unless it is a blank that a controller fills."""
    text = use.written.value
    if number := number_of(use, ctx):
        yield number
        return
    if not text.strip() and resolves_tags(ctx.document):
        return
    try:
        images.parse_image(text)
    except images.BadImageError as error:
        message = f"`{text}` is not a valid image reference: {error}"
        draft = ctx.finding(use.written.span, message, container=use.container_name)
        draft.pedantic = is_rendered(ctx) and is_unfinished(text)
        yield draft.help(f"did you mean `{meant}`?") if (meant := mended(text)) else draft


def is_rendered(ctx: Context) -> bool:
    """Whether the document is rendered by helm."""
    return ctx.placed.built is not None and ctx.placed.built.rendered


def is_unfinished(text: str) -> bool:
    """Whether a part of an image is left empty, as in the default of a chart that each installation has to set."""
    head = text.rpartition(":")[0]
    return head.endswith("/") or text.endswith(("/", ":")) or text.startswith((":", "/"))


def number_of(use: Use, ctx: Context) -> Draft | None:
    """The message about a tag that is a number in the values of a chart, which helm writes in another form."""
    tag = use.written.value.rpartition(":")[2]
    value = number_in_values(use.written.span, tag, ctx)
    if value is None:
        return None
    changed = "e" not in tag
    then = (
        f"helm writes `{tag}`: another version runs"
        if changed
        else "helm writes it with an exponent, which is not a valid tag"
    )
    message = f"`{value.route}` is the number {value.written}, and {then}"
    draft = ctx.finding(value.span, message, placed=value.placed, container=use.container_name)
    draft.consequence = "silent" if changed else None
    draft.also(use.written.span, "the tag of this image", ctx.placed)
    return draft.help(f'quote it: `"{value.written}"`')


def mended(text: str) -> str | None:
    """The reference that was probably meant: without a scheme, spaces and what is doubled, the name in lower case."""
    plain = re.sub(r"^[a-z]+://|\s+", "", "".join(character for character in text if character not in images.ODD))
    plain = plain.replace("//", "/").rstrip(":@/")
    name, at, digest = plain.partition("@")
    head, colon, tag = name.rpartition(":")
    name = f"{head.lower()}:{tag.replace('+', '_')}" if colon and "/" not in tag else name.lower()
    try:
        images.parse_image(f"{name}{at}{digest}")
    except images.BadImageError:
        return None
    return f"{name}{at}{digest}"
