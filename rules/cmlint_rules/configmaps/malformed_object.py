"""A ConfigMap or Secret whose own fields the API server refuses."""

import re
from collections.abc import Iterator

from cmlint.api import Context, Draft, Fault, names, rule
from cmlint_rules.configmaps import is_example


@rule(
    name="malformed-object",
    summary="a ConfigMap or Secret whose metadata or fields the API server refuses",
    consequence="rejected",
    since="0.1.0",
    codes=("object",),
)
def malformed_object(fault: Fault, ctx: Context) -> Iterator[Draft]:
    """Names, labels, annotations, and fields of the wrong type; in a file to be copied, a name may be left empty."""
    if fault.path == "metadata.name" and not fault.text and is_example(ctx):
        return
    draft = ctx.finding(fault.span, f"`{fault.path}` {fault.reason}")
    if fault.path == "metadata.name" and fault.text and (near := as_name(fault.text)):
        draft.help(f"for example `{near}`")
    elif fault.expected == "string" and fault.text:
        draft.help(f'put it in quotes: `"{fault.text}"`')
    elif fault.expected == "boolean":
        draft.help("write `true` or `false`, without quotes")
    elif fault.expected == "mapping":
        draft.help("write one `name: value` a line below it")
    yield draft


def as_name(text: str) -> str | None:
    """A name of an object that is near to a text, or None."""
    near = re.sub(r"[^a-z0-9.-]+", "-", text.lower()).strip("-.")
    return None if not near or near == text or names.why_not_subdomain(near) else near
