"""A reference to a key that its ConfigMap does not have."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Reference, rule
from cmlint_rules.references import absent_keys


@rule(
    name="missing-key",
    summary="a reference to a missing key of a ConfigMap",
    consequence="stuck",
    since="0.1.0",
    fixable=True,
)
def missing_key(reference: Reference, ctx: Context) -> Iterator[Draft]:
    """The key of an `env` entry, the `items` of a volume and of a projected source, a field of a custom resource."""
    if reference.target == "ConfigMap" and not reference.optional:
        yield from absent_keys(reference, ctx)
