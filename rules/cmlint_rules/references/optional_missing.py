"""An optional reference that nothing satisfies."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Reference, rule
from cmlint_rules.references import (
    absent_keys,
    absent_provider,
    binary_key,
    is_repeated,
    speaks_of,
    with_others,
)


@rule(
    name="optional-missing",
    summary="an optional reference that nothing satisfies",
    consequence="silent",
    since="0.1.0",
    fixable=True,
)
def optional_missing(reference: Reference, ctx: Context) -> Iterator[Draft]:
    """A near name or key suggests a typo, which `optional` hides; without one it may well be meant so."""
    if not reference.optional or reference.via == "field":
        return
    resolution = ctx.resolve(reference)
    if resolution.status in ("missing", "wrong-namespace"):
        if not is_repeated(reference, ctx) and not resolution.cause and speaks_of(reference.target, resolution, ctx):
            yield with_others(absent_provider(reference, resolution, ctx), reference, ctx)
    else:
        yield from absent_keys(reference, ctx)
        yield from binary_key(reference, ctx)
