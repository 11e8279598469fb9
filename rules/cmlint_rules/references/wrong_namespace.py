"""A reference to a ConfigMap or Secret of another namespace."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Reference, rule
from cmlint_rules.references import is_own_field, is_repeated, with_others


@rule(
    name="wrong-namespace",
    summary="a reference to a ConfigMap or Secret that is defined in another namespace only",
    consequence="stuck",
    since="0.1.0",
)
def wrong_namespace(reference: Reference, ctx: Context) -> Iterator[Draft]:
    """A pod reaches the ConfigMaps and Secrets of its own namespace, and no others."""
    if reference.optional or is_own_field(reference, ctx) or is_repeated(reference, ctx):
        return
    resolution = ctx.resolve(reference)
    if resolution.status != "wrong-namespace":
        return
    own = ctx.placed.namespace_of(reference)
    others = sorted({f"`{definition.namespace}`" for definition in resolution.definitions})
    where = f"namespace{'s' if len(others) > 1 else ''} {' and '.join(others)}"
    message = f"the {reference.target} `{reference.name.value}` is defined in the {where}, but not in `{own}`"
    draft = ctx.finding(reference.name.span, message)
    for definition in resolution.definitions:
        label = f"defined here, in `{definition.namespace}`"
        draft.also(definition.provider.name.span, label, definition.placed)
    draft.help(f"a pod reaches only what is in its own namespace: define it in `{own}`, or move one of the two")
    yield with_others(draft, reference, ctx)
