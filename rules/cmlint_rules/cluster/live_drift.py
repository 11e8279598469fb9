"""A live object that has other keys than its file."""

from collections.abc import Iterator

from cmlint.api import Context, Definition, Draft, Provider, rule
from cmlint_rules.cluster import held_for, listed


@rule(
    name="live-drift",
    summary="a ConfigMap or Secret that has other keys in the cluster than in its file",
    consequence="tidiness",
    since="0.1.0",
)
def live_drift(provider: Provider, ctx: Context) -> Iterator[Draft]:
    """What the cluster has more is what the next apply takes away, what it lacks is still to come."""
    for cluster in () if ctx.bundle.live else ctx.bundle.clusters:
        held = held_for(Definition(ctx.placed, provider), cluster)
        if held is None or held.keys is None:
            continue
        written = {key.name for key in provider.keys}
        more, less = sorted(held.keys.keys() - written), sorted(written - held.keys.keys())
        parts = [f"{listed(more)} more"] * bool(more) + [f"not {listed(less)}"] * bool(less)
        if parts:
            what = f"the {provider.target} `{provider.name.value}`"
            message = f"in the cluster `{cluster.name}`, {what} has {' and '.join(parts)}"
            yield ctx.finding(provider.name.span, message).help(
                "apply the file, or write down what was changed by hand"
            )
