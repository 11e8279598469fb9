"""A value of a Secret that is base64 of base64."""

import re
from collections.abc import Iterator

from cmlint.api import Container, Context, Draft, rule
from cmlint_rules.environment import arriving

WANTED = r"(?i)base_?64|b64|\AOP_SESSION\Z"
"""Names of variables and keys whose program decodes the value itself.

`OP_SESSION` of 1Password Connect: https://developer.1password.com/docs/connect/get-started
"""


@rule(
    name="encoded-twice",
    summary="a value of a Secret that is still base64 when it reaches the variable",
    consequence="silent",
    since="0.1.0",
    pedantic=True,
)
def encoded_twice(container: Container, ctx: Context) -> Iterator[Draft]:
    """Kubernetes decodes `data` once, and `stringData` not at all; a program may well decode the rest itself."""
    for found in arriving(container, ctx, "encoded-twice"):
        key = found.origin.key if found.origin else None
        if re.search(WANTED, found.variable) or (key and re.search(WANTED, key)):
            continue
        draft = found.finding(f"{found.what} is still base64 when decoded", ctx)
        yield draft.help("encode it once under `data`, or not at all under `stringData`")
