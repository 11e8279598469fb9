"""A reference to a key that its Secret does not have."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Reference, Resolution, rule
from cmlint_rules.references import absent_keys, speaks_of

PULL_KEYS = (".dockerconfigjson", ".dockercfg")
"""The keys of which the kubelet reads one in a pull secret."""


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
    if reference.via == "pull" and is_no_pull_secret(resolution):
        message = f"the Secret `{reference.name.value}` has no key `{PULL_KEYS[0]}`, so no image is pulled with it"
        draft = ctx.finding(reference.name.span, message)
        for definition in resolution.definitions:
            draft.also(definition.provider.name.span, "defined here, without it", definition.placed)
        yield draft.help("`kubectl create secret docker-registry` makes a Secret that has it")


def is_no_pull_secret(resolution: Resolution) -> bool:
    """Whether all definitions have keys, and surely none that the kubelet reads."""
    found = resolution.definitions if resolution.status == "found" else ()
    filled = bool(found) and all(definition.provider.keys for definition in found)
    return filled and all(resolution.lacking(key) == found for key in PULL_KEYS)
