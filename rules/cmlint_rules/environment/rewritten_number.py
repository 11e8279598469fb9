"""A large number in the values of a chart that arrives with an exponent."""

from collections.abc import Iterator

from cmlint.api import Bundle, Context, Draft, rule


@rule(
    name="rewritten-number",
    summary="a large number in the values of a Helm chart, which helm writes with an exponent like `1e+06`",
    consequence="silent",
    since="0.1.0",
)
def rewritten_number(bundle: Bundle, ctx: Context) -> Iterator[Draft]:
    """Helm reads numbers of values as floating point, and Go prints large ones with an exponent (helm/helm#12195)."""
    for changed, template, values in bundle.changed_numbers():
        value = changed.value
        message = f"helm writes `{changed.text}` for `{value.route}`, which is the number {value.written}"
        draft = ctx.finding(changed.span, message, placed=template)
        draft.also(value.span, f"`{value.route}` is set here", values)
        yield draft.help(f'convert it with `int64`, or quote it in the values: `"{value.written}"`')
