"""A suppression that is written so that it suppresses nothing."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Ignore, Rewrite, nearest, only_near, rule
from cmlint_rules.reading import meant


@rule(
    name="malformed-ignore",
    summary="a malformed suppression, or one of an unknown rule",
    consequence="silent",
    since="0.1.0",
    fixable=True,
)
def malformed_ignore(ignore: Ignore, ctx: Context) -> Iterator[Draft]:
    """Whoever wrote it believes that something is suppressed; any other comment that begins with `cmlint:` may stay."""
    for name in ignore.rules:
        if name.value not in ctx.names:
            draft = ctx.finding(name.span, f"unknown rule or family `{name.value}` in a suppression")
            near = nearest(name.value, ctx.names)
            if near and near == only_near(name.value, ctx.names):
                draft.fix(f"write `{near}`", Rewrite(name.span, name.value, near), safe=False)
            yield draft.help(f"did you mean `{near}`?" if near else "`cmlint rule` lists them")
    if not ignore.rules and (names := meant(ignore.reason, ctx.names)) is not None:
        draft = ctx.finding(ignore.span, "this suppression is malformed and suppresses nothing")
        yield draft.help(f"write `cmlint: ignore[{', '.join(names) or 'rule, ...'}] reason`")
