"""A suppression that suppresses nothing."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Ignore, Unlist, rule
from cmlint_rules.reading import meant


@rule(
    name="unused-ignore",
    summary="a suppression that suppresses nothing",
    consequence="tidiness",
    since="0.1.0",
    fixable=True,
)
def unused_ignore(ignore: Ignore, ctx: Context) -> Iterator[Draft]:
    """Each name of a suppression is reported separately; another rule reports unknown names."""
    for name in ignore.rules:
        if name.value in ctx.names:
            draft = ctx.finding(name.span, f"`{name.value}` is suppressed here, but finds nothing").help("remove it")
            yield draft.fix("remove it", Unlist(name.span), safe=True)
    if not ignore.rules and meant(ignore.reason, ctx.names) is None:
        draft = ctx.finding(ignore.span, "this suppression names no rule and suppresses nothing")
        yield draft.help("write `cmlint: ignore[rule, ...] reason`")
