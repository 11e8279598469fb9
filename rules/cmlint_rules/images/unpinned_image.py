"""An image without a tag, or with `latest`."""

from collections.abc import Iterator

from cmlint.api import Context, Document, Draft, rule
from cmlint_rules.images import pulls


@rule(
    name="unpinned-image",
    summary="an image without a tag, or with `latest`",
    consequence="tidiness",
    since="0.1.0",
)
def unpinned_image(document: Document, ctx: Context) -> Iterator[Draft]:
    """Which build runs depends on when a node pulled it, and nothing can be rolled back to it.

    An image that is replaced before it is applied says nothing about what runs.
    """
    for pull in pulls(ctx.placed, ctx):
        if ctx.bundle.proofs.replaced(pull.subject):
            continue
        if pull.image.digest is None and ctx.settings.digest == "required":
            message = f"`{pull.use.written.value}` has no digest: which build runs depends on the day"
            draft = ctx.finding(pull.use.written.span, message, container=pull.use.container_name)
            yield draft.help("name the digest behind the tag: `@sha256:...`")
            continue
        if pull.image.digest is None and pull.image.tag in (None, "latest"):
            what = "has the tag `latest`" if pull.image.tag else "has no tag"
            message = f"`{pull.use.written.value}` {what}: which build runs depends on the day"
            draft = ctx.finding(pull.use.written.span, message, container=pull.use.container_name)
            yield draft.help("name a version, or a digest")
