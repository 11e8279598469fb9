"""A change to the data of a live object that is immutable."""

from collections.abc import Iterator

from cmlint.api import Context, Definition, Draft, Provider, rule
from cmlint_rules.cluster import held_for, listed


@rule(
    name="immutable-change",
    summary="a change to a ConfigMap or Secret that is immutable in the cluster",
    consequence="rejected",
    since="0.1.0",
)
def immutable_change(provider: Provider, ctx: Context) -> Iterator[Draft]:
    """Keys are compared, values of ConfigMaps by a digest, values of Secrets never."""
    definition = Definition(ctx.placed, provider)
    for cluster in () if ctx.bundle.live else ctx.bundle.clusters:
        held = held_for(definition, cluster)
        if held is None or not held.immutable or held.keys is None:
            continue
        name, keys = provider.name.value, {key.name for key in provider.keys}
        on_server = ctx.settings.server_side_apply
        changed = sorted(keys.difference(held.keys) | held.removed(keys, on_server=on_server))
        what = f"the {provider.target} `{name}`"
        if changed:
            why = f"{listed(changed)} {'is' if len(changed) == 1 else 'are'} added or removed"
        elif held.digest and keys == held.keys.keys() and cluster.has_other_data(held, provider):
            why = "its values are changed"
        elif not provider.immutable and (before := held.before(on_server=on_server)) and before.immutable:
            why = "`immutable` is taken back"
        else:
            continue
        message = f"{what} is immutable in the cluster `{cluster.name}`, and {why}"
        draft = ctx.finding(provider.name.span, message)
        yield draft.help(f"give it a new name, and let what reads `{name}` name that one; or delete it first")
