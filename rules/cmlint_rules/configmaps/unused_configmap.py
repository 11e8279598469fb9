"""A ConfigMap that nothing reads."""

from collections.abc import Iterator

from cmlint.api import Bundle, Context, Draft, rule
from cmlint_rules.configmaps import Readers, cure


@rule(
    name="unused-configmap",
    summary="a ConfigMap that nothing reads",
    consequence="tidiness",
    since="0.1.0",
)
def unused_configmap(bundle: Bundle, ctx: Context) -> Iterator[Draft]:
    """Only beside pods, and where nothing else could read it: no controller, no program, no template."""
    readers = Readers(bundle)
    for placed, provider in readers.unseen():
        name = provider.name.value
        if readers.read_keys(name) == set():
            draft = ctx.finding(provider.name.span, f"nothing reads the ConfigMap `{name}`", placed=placed)
            yield draft.help(cure(placed, ctx))
