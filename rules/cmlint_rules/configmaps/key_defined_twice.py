"""A key in both `data` and `binaryData`."""

from cmlint.api import fault_rule

key_defined_twice = fault_rule(
    __name__,
    name="key-defined-twice",
    summary="a key in both `data` and `binaryData`",
    since="0.1.0",
    code="key-twice",
    message="the key `{text}` {reason}",
    help="remove one of the two",
)
