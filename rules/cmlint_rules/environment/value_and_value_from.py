"""A variable with `value` and `valueFrom`, or with none or several sources."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Fault, rule
from cmlint_rules.environment import variable_of


@rule(
    name="value-and-value-from",
    summary="a variable with `value` and `valueFrom`, or whose `valueFrom` has none or several sources",
    consequence="rejected",
    since="0.1.0",
    codes=("env-sources",),
)
def value_and_value_from(fault: Fault, ctx: Context) -> Iterator[Draft]:
    """Each variable has exactly one place that its value comes from."""
    message = f"`valueFrom` of `{variable_of(fault, ctx)}` {fault.reason}"
    draft = ctx.finding(fault.span, message, container=fault.container)
    if fault.other:
        draft.also(fault.other, fault.label)
    yield draft.help("keep the one that is meant" if fault.kind == "several-sources" else "name the source")
