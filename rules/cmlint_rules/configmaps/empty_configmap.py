"""A ConfigMap without a key."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Provider, rule
from cmlint_rules.configmaps import is_marked


@rule(
    name="empty-configmap",
    summary="a ConfigMap or Secret without a key",
    consequence="tidiness",
    since="0.1.0",
)
def empty_configmap(provider: Provider, ctx: Context) -> Iterator[Draft]:
    """Where nothing else may fill it: a controller leaves its mark, a type of Secret is filled by its own."""
    if provider.kind != provider.target or provider.keys or provider.open or provider.type not in ("", "Opaque"):
        return
    if not is_marked(ctx.document, live=ctx.bundle.live) and not provider.shared:
        draft = ctx.finding(provider.name.span, f"the {provider.kind} `{provider.name.value}` has no keys")
        yield draft.help("give it keys under `data`, or remove it")
