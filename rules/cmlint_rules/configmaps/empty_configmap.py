"""A ConfigMap without a key."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from cmlint.api import Context, Draft, Provider, rule
from cmlint_rules.configmaps import READ_BY_NAME, is_marked


@rule(
    name="empty-configmap",
    summary="a ConfigMap without a key",
    consequence="tidiness",
    since="0.1.0",
)
def empty_configmap(provider: Provider, ctx: Context) -> Iterator[Draft]:
    """Where nothing else may fill it, or look for it by its name; a Secret is often left empty for its own program."""
    name = provider.name.value
    if provider.kind != "ConfigMap" or provider.keys or provider.open or provider.shared:
        return
    named = any(fnmatchcase(name, pattern) for pattern in READ_BY_NAME)
    if not named and not is_marked(ctx.document, live=ctx.bundle.live):
        draft = ctx.finding(provider.name.span, f"the ConfigMap `{name}` has no keys")
        yield draft.help("give it keys under `data`, or remove it")
