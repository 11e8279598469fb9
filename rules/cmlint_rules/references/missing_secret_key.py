"""A reference to a key that its Secret does not have."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Reference, rule
from cmlint_rules.references import absent_keys, speaks_of


@rule(
    name="missing-secret-key",
    summary="a reference to a missing key of a Secret",
    consequence="stuck",
    since="0.1.0",
    fixable=True,
)
def missing_secret_key(reference: Reference, ctx: Context) -> Iterator[Draft]:
    """As for ConfigMaps; a Secret written without any key is likely filled by someone else."""
    if reference.target != "Secret" or reference.optional:
        return
    resolution = ctx.resolve(reference)
    if speaks_of("Secret", resolution, ctx) or any(definition.provider.keys for definition in resolution.definitions):
        yield from absent_keys(reference, ctx)
