"""The value of a variable that is not a string."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Fault, Quote, rule
from cmlint_rules.environment import variable_of
from cmlint_rules.images import number_in_values, rewritten


@rule(
    name="non-string-env",
    summary="the value of a variable that is not a string",
    consequence="rejected",
    since="0.1.0",
    fixable=True,
    codes=("env-value-type",),
)
def non_string_env(fault: Fault, ctx: Context) -> Iterator[Draft]:
    """YAML reads `8080`, `true`, `yes` and their like as numbers and booleans."""
    if number := number_in_values(fault.span, fault.text or "", ctx):
        yield rewritten(number, fault, variable_of(fault, ctx), ctx)
        return
    message = f"the value of `{variable_of(fault, ctx)}` {fault.reason}"
    draft = ctx.finding(fault.span, message, container=fault.container)
    if fault.quotable:
        draft.fix("quote it", Quote(fault.span), safe=True)
    if fault.kind == "substituted":
        yield draft.help(
            "define a variable for Flux that holds a quote, and put it around the value: `${QUOTE}${NAME}${QUOTE}`"
            " (https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-substitution-of-numbers-and-booleans)"
        )
        return
    quoted = (fault.text or "").strip("'\"")
    yield draft.help(f'quote it: `value: "{quoted}"`' if fault.text else "write it as one string")
