"""A key that a ConfigMap or Secret cannot have."""

import re
from collections.abc import Iterator

from cmlint.api import Context, Draft, Fault, names, rule


@rule(
    name="invalid-data-key",
    summary="a key that a ConfigMap or Secret cannot have",
    consequence="rejected",
    since="0.1.0",
    codes=("data-key",),
)
def invalid_data_key(fault: Fault, ctx: Context) -> Iterator[Draft]:
    """Letters, digits, `-`, `_` and `.`, no more than 253 of them."""
    key = fault.text
    if key is None:
        yield ctx.finding(fault.span, f"a key {fault.reason}")
        return
    written = next((k.written for p in ctx.document.providers for k in p.keys if k.span == fault.span), key)
    if written.strip("'\"") != key:
        draft = ctx.finding(fault.span, f"the key `{key}`, as YAML reads `{written}`, {fault.reason}")
        yield draft.help(f'put it in quotes: `"{written}"`')
        return
    draft = ctx.finding(fault.span, f"the key `{key}` {fault.reason}")
    near = re.sub(r"^\.\.+", ".", re.sub(r"[^-._a-zA-Z0-9]+", "_", key).strip("_"))
    if re.match(r"export\s", key):
        draft.help(f"no shell reads this file: write `{re.sub(r'^export[ ]+', '', key)}` without `export`")
    elif "/" in key:
        draft.help(f"a key has no folders; `items` of a volume can mount one with `path: {key}`")
    elif near and not names.why_not_data_key(near):
        draft.help(f"for example `{near}`")
    yield draft
