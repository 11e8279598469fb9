"""A suppression that suppresses nothing."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Ignore, Rewrite, Unlist, nearest, only_near, rule


@rule(
    name="unused-ignore",
    summary="a suppression that suppresses nothing",
    consequence="tidiness",
    since="0.1.0",
    fixable=True,
)
def unused_ignore(ignore: Ignore, ctx: Context) -> Iterator[Draft]:
    """Of a suppression with several names each is told alone; one without any is written wrongly."""
    for name in ignore.rules:
        if name.value in ctx.names:
            draft = ctx.finding(name.span, f"`{name.value}` is suppressed here, but finds nothing").help("remove it")
            yield draft.fix("remove it", Unlist(name.span), safe=True)
            continue
        draft = ctx.finding(name.span, f"there is no rule or family `{name.value}` to suppress")
        near = nearest(name.value, ctx.names)
        if near and near == only_near(name.value, ctx.names):
            draft.fix(f"write `{near}`", Rewrite(name.span, name.value, near), safe=False)
        yield draft.help(f"did you mean `{near}`?" if near else "`cmlint rule` lists them")
    if not ignore.rules:
        draft = ctx.finding(ignore.span, "this suppression names no rule, and so suppresses nothing")
        yield draft.help("write `cmlint: ignore[rule, ...] reason`")
