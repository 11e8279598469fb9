"""A reference to a Secret that nothing defines."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Reference, rule
from cmlint_rules.references import absent_provider, is_own_field, is_repeated, speaks_of, with_others


@rule(
    name="missing-secret",
    summary="a reference to a Secret that nothing defines",
    consequence="stuck",
    since="0.1.0",
    fixable=True,
)
def missing_secret(reference: Reference, ctx: Context) -> Iterator[Draft]:
    """Most Secrets are kept elsewhere, so only a similar name is reported unless the configuration asks for all."""
    if (
        reference.target != "Secret"
        or reference.optional
        or is_own_field(reference, ctx)
        or is_repeated(reference, ctx)
    ):
        return
    resolution = ctx.resolve(reference)
    if resolution.status == "missing" and speaks_of("Secret", resolution, ctx):
        yield with_others(absent_provider(reference, resolution, ctx), reference, ctx)
