"""A Secret that nothing reads."""

from collections.abc import Iterator

from cmlint.api import Bundle, Context, Draft, rule
from cmlint_rules.configmaps import Readers, cure


@rule(
    name="unused-secret",
    summary="a Secret that nothing reads",
    consequence="tidiness",
    since="0.1.0",
)
def unused_secret(bundle: Bundle, ctx: Context) -> Iterator[Draft]:
    """As `unused-configmap`; a Secret of a type that Ingresses, registries and accounts read is left alone."""
    if bundle.live:
        return
    readers = Readers(bundle, "Secret")
    for placed, provider in readers.unseen():
        name = provider.name.value
        if readers.read_keys(name) == set() and provider.type in ("", "Opaque"):
            draft = ctx.finding(provider.name.span, f"nothing reads the Secret `{name}`", placed=placed)
            yield draft.help(cure(placed, ctx))
