"""A template of a chart that reads a value which no file has, while one of a similar name is there."""

from collections.abc import Iterator

from cmlint.api import Bundle, Context, Draft, rule


@rule(
    name="missing-value",
    summary="a template of a Helm chart reads a value that does not exist, and a similar one does",
    consequence="silent",
    since="0.1.0",
)
def missing_value(bundle: Bundle, ctx: Context) -> Iterator[Draft]:
    """Helm renders nothing in its place (`missingkey=zero` in `pkg/engine/engine.go` of helm/helm)."""
    for missing, template, values in bundle.missing_values():
        message = f"the chart has no value `{missing.route}`, so helm renders nothing here"
        draft = ctx.finding(missing.span, message, placed=template)
        draft.also(missing.near.span, "a similar value is defined here", values)
        yield draft.help(f"did you mean `.Values.{missing.meant}`?")
