"""A document that cannot be parsed."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Fault, rule

ACTIONS = {
    "a merge conflict": "keep what is right of both sides, and remove the lines `<<<<<<<`, `=======` and `>>>>>>>`",
    "tab": "replace the tab by spaces",
    "mapping values are not allowed": "put a value with `: ` in quotes, or fix the indentation of this line",
    "did not find expected key": "fix the indentation of this line, or the quotes above it",
    "did not find expected '-' indicator": "fix the indentation of this line",
    "could not find expected ':'": "a key needs a `:` and a space; a text of several lines begins with `|`",
    "cannot start any token": "put a value that begins with `@`, `%` or a backtick in quotes",
    "unknown escape character": r"in double quotes write `\\` for a backslash, or use single quotes",
    "incompatible YAML document": "remove the line `%YAML`: Kubernetes reads YAML 1.1",
    "unexpected end of stream": "close the quote",
}
"""What to do about libyaml's errors, by what is in their words."""


@rule(
    name="yaml-syntax",
    summary="a document that cannot be parsed",
    consequence="rejected",
    since="0.1.0",
    codes=("syntax",),
)
def yaml_syntax(fault: Fault, ctx: Context) -> Iterator[Draft]:
    """Only of what is a Kubernetes object by its `kind` and `apiVersion`; the other documents of a file are checked."""
    draft = ctx.finding(fault.span, f"not valid YAML: {fault.reason}")
    action = next((action for words, action in ACTIONS.items() if words in fault.reason), None)
    yield draft.help(action) if action else draft
