"""A suppression that is written so that it suppresses nothing."""

import re
from collections.abc import Iterator

from cmlint.api import Context, Draft, Ignore, Rewrite, nearest, only_near, rule

VERBS = ("ignore", "ignores", "ignored", "disable", "disabled", "noqa", "nolint", "skip", "suppress")


@rule(
    name="malformed-ignore",
    summary="a suppression that is written wrongly, or of a rule that does not exist",
    consequence="silent",
    since="0.2.0",
    fixable=True,
)
def malformed_ignore(ignore: Ignore, ctx: Context) -> Iterator[Draft]:
    """Whoever wrote it believes that something is suppressed; any other comment that begins with `cmlint:` may stay."""
    for name in ignore.rules:
        if name.value not in ctx.names:
            draft = ctx.finding(name.span, f"there is no rule or family `{name.value}` to suppress")
            near = nearest(name.value, ctx.names)
            if near and near == only_near(name.value, ctx.names):
                draft.fix(f"write `{near}`", Rewrite(name.span, name.value, near), safe=False)
            yield draft.help(f"did you mean `{near}`?" if near else "`cmlint rule` lists them")
    if not ignore.rules and (names := meant(ignore.reason, ctx.names)) is not None:
        draft = ctx.finding(ignore.span, "this suppression is written wrongly, and so suppresses nothing")
        yield draft.help(f"write `cmlint: ignore[{', '.join(names) or 'rule, ...'}] reason`")


def meant(text: str, names: frozenset[str]) -> list[str] | None:
    """The rules that a comment means to suppress; None where it means to suppress nothing."""
    words = re.findall(r"[A-Za-z][\w-]*", text)
    if not words:
        return [] if "[" in text else None
    first = words[0].lower()
    named = first in names and "-" in first
    if first not in VERBS and not named and not (nearest(first, VERBS) and "[" in text):
        return None
    return [word for word in words if word in names and word not in VERBS]
