"""A variable read from a key of `binaryData`."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Reference, rule
from cmlint_rules.references import binary_key


@rule(
    name="binary-key-in-env",
    summary="a variable read from a key that is only in `binaryData`",
    consequence="stuck",
    since="0.1.0",
)
def binary_key_in_env(reference: Reference, ctx: Context) -> Iterator[Draft]:
    """The kubelet looks for the keys of variables in `data` alone."""
    if not reference.optional:
        yield from binary_key(reference, ctx)
