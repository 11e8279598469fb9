"""A value of a ConfigMap or Secret that is not a string."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Fault, Quote, rule
from cmlint_rules.images import number_in_values, rewritten


@rule(
    name="non-string-data",
    summary="a value of a ConfigMap or Secret that is not a string",
    consequence="rejected",
    since="0.1.0",
    fixable=True,
    codes=("data-value-type",),
)
def non_string_data(fault: Fault, ctx: Context) -> Iterator[Draft]:
    """YAML reads `8080`, `true`, `yes` and their like as numbers and booleans."""
    field, _, key = fault.path.partition(".")
    if number := number_in_values(fault.span, fault.text or "", ctx):
        yield rewritten(number, fault, key, ctx)
        return
    draft = ctx.finding(fault.span, f"the value of `{key}` {fault.reason}")
    if fault.quotable:
        draft.fix("quote it", Quote(fault.span), safe=True)
    if fault.kind == "substituted":
        yield draft.help(
            "define a variable for Flux that holds a quote, and put it around the value: `${QUOTE}${NAME}${QUOTE}`"
        )
    elif fault.found in ("mapping", "list"):
        yield draft.help(f"write it as text: `{key}: |`, with the content indented below")
    elif fault.text is not None:
        yield draft.help(f'quote it: `{key}: "{fault.text}"`')
    elif field == "data":
        yield draft.help("put it under `stringData`, in quotes; under `data` it must be base64")
    else:
        yield draft.help("put it in quotes")
