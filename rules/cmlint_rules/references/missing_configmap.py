"""A reference to a ConfigMap that nothing defines."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Reference, rule
from cmlint_rules.references import absent_provider, is_own_field, is_repeated, with_others


@rule(
    name="missing-configmap",
    summary="a reference to a ConfigMap that nothing defines",
    consequence="stuck",
    since="0.1.0",
    fixable=True,
)
def missing_configmap(reference: Reference, ctx: Context) -> Iterator[Draft]:
    """`env`, `envFrom`, volumes and projected sources; a name that something else may create is not reported."""
    if (
        reference.target != "ConfigMap"
        or reference.optional
        or is_own_field(reference, ctx)
        or is_repeated(reference, ctx)
    ):
        return
    resolution = ctx.resolve(reference)
    if resolution.status == "missing":
        yield with_others(absent_provider(reference, resolution, ctx), reference, ctx)
