"""A pull policy that is none of the three."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Fault, Rewrite, rule


@rule(
    name="invalid-pull-policy",
    summary="a pull policy that is not `Always`, `IfNotPresent` or `Never`",
    consequence="rejected",
    since="0.1.0",
    fixable=True,
    codes=("pull-policy",),
)
def invalid_pull_policy(fault: Fault, ctx: Context) -> Iterator[Draft]:
    """The case counts."""
    field = fault.path.rpartition(".")[2]
    message = f"`{field}` {fault.reason}" + (f", not `{fault.text}`" if fault.kind == "not-a-choice" else "")
    draft = ctx.finding(fault.span, message, container=fault.container)
    if fault.near and fault.text:
        draft.fix(f"write `{fault.near}`", Rewrite(fault.span, fault.text, fault.near), safe=True)
    yield draft.help(f"write `{fault.near}`" if fault.near else "without the field, the tag decides the policy")
