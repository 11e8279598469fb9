"""Which YAML scalars are strings, and what name a mapping key really gets.

kubectl and the API server read YAML with `sigs.k8s.io/yaml`. Its resolver is that of go-yaml v2 (`resolve.go`), and it
turns mapping keys into JSON strings itself (`yaml.go`, convertToJSONableObject). PyYAML decides differently in dozens
of cases, so nothing of it is used here.
"""

from __future__ import annotations

import math
import re
import struct
from typing import Literal

from cmlint.kube import base64

Type = Literal["string", "number", "boolean", "null"]

QUOTED = "!"
"""The tag that our loader gives a scalar which is quoted, a block scalar, or tagged `!`: always a string."""

PREFIX = "tag:yaml.org,2002:"

WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}

FIRST = frozenset("+-.0123456789yYnNtTfFoO~")
DECIMAL = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z"
POINT_FLOAT = r"\.[0-9]+(_[0-9]+)*([eE][-+]?[0-9]+(_[0-9]+)*)?\Z"
INTEGER = r"([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)\Z"
DIGITS = 20
"""No decimal number with more digits fits into 64 bits, and Python reads none with more than some thousands."""

DATE = r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})\Z"
MOMENT = (
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?: +([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?"
    r"|[Tt]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?(?:Z|[-+]([0-9]{2}):([0-9]{2})))\Z"
)


class BadScalarError(ValueError):
    """A scalar whose explicit tag does not fit it, or a key that JSON cannot hold; the message says which."""


Resolved = str | bool | int | float | None


def resolve(tag: str, text: str) -> Resolved:
    """The value that go-yaml v2 gives a scalar.

    `tag` is empty for a plain scalar, `QUOTED` for one that is quoted, or the explicit tag. Dates are strings, as they
    are to Kubernetes. Raises BadScalarError when an explicit tag does not fit the text.
    """
    if not tag:
        return resolve_plain(text)
    if tag == QUOTED:
        return text
    if not tag.startswith(PREFIX):
        return text
    kind = tag[len(PREFIX) :]
    if kind == "binary":
        return decode_binary(text)
    if kind not in ("bool", "int", "float", "null", "timestamp"):
        return text
    if kind == "timestamp":
        if is_timestamp(text):
            return text
        raise BadScalarError(f"`{text}` is tagged `!!timestamp` but is not one")
    value = None if text == "" else resolve_untimed(text)
    if kind == "float" and type(value) is int and -(2**63) <= value < 2**63:
        return float(value)
    if kind != name_of(value):
        raise BadScalarError(f"`{text}` is tagged `!!{kind}` but is not one")
    return value


def name_of(value: Resolved) -> str:
    """The YAML tag's name for a resolved value."""
    if value is None:
        return "null"
    return {bool: "bool", int: "int", float: "float"}.get(type(value), "str")


def decode_binary(text: str) -> str:
    """The text of a `!!binary` scalar; raises BadScalarError when it is not base64."""
    raw = base64.decode(text)
    if raw is None:
        raise BadScalarError("a `!!binary` value that is not base64")
    return raw.decode("utf-8", "replace")


def resolve_plain(text: str) -> Resolved:
    """The value of a scalar without tag and quotes."""
    if text and text[0] not in FIRST:
        return text
    if text in WORDS:
        return WORDS[text]
    if text[0] in "0123456789" and is_timestamp(text):
        return text
    return resolve_number(text)


def resolve_untimed(text: str) -> Resolved:
    """As resolve_plain, for a scalar whose tag rules dates out."""
    if text and text[0] not in FIRST:
        return text
    return WORDS[text] if text in WORDS else resolve_number(text)


def resolve_number(text: str) -> str | int | float:
    """The number that a text is, else the text."""
    first = text[0]
    if first == ".":
        return go_float(text)
    if first not in "+-0123456789":
        return text
    plain = text.replace("_", "")
    if (found := re.match(INTEGER, plain)) and (found[2][0] == "0" or len(found[2]) <= DIGITS):
        value = parse_integer(found[1], found[2])
        if -(2**63) <= value < 2**63 or (not found[1] and value < 2**64):
            return value
    if re.match(DECIMAL, plain):
        value_float = float(plain)
        return text if math.isinf(value_float) else value_float
    if found := re.match(r"(0b|-0b)([-+]?[01]+)\Z", plain):
        signed = int(found[2], 2) * (-1 if found[1][0] == "-" else 1)
        if -(2**63) <= signed < 2**63 and not (found[1][0] == "-" and found[2][0] in "+-"):
            return signed
    return text


def go_float(text: str) -> str | float:
    """The float that Go's ParseFloat reads in a text that begins with a point, else the text."""
    if re.match(POINT_FLOAT, text) and not math.isinf(value := float(text)):
        return value
    return text


def parse_integer(sign: str, digits: str) -> int:
    """The integer that Go's ParseInt reads with base 0: a leading zero means octal."""
    lowered = digits.lower()
    if lowered.startswith(("0x", "0b", "0o")):
        value = int(lowered, 0)
    elif lowered.startswith("0") and len(lowered) > 1:
        value = int(lowered, 8)
    else:
        value = int(lowered)
    return -value if sign == "-" else value


def is_timestamp(text: str) -> bool:
    """Whether go-yaml takes a text for a date or a moment (`resolve.go`, parseTimestamp)."""
    if len(text) < 8 or text[4] != "-":
        return False
    if found := re.match(DATE, text):
        return is_day(*found.groups())
    if not (found := re.match(MOMENT, text)):
        return False
    year, month, day, *rest = found.groups()
    hour, minute, second = rest[:3] if rest[0] is not None else rest[3:6]
    zone_hour, zone_minute = rest[6:]
    return (
        is_day(year, month, day)
        and int(hour) < 24
        and int(minute) < 60
        and int(second) < 60
        and int(zone_hour or 0) <= 24
        and int(zone_minute or 0) <= 60
    )


def is_day(year: str, month: str, day: str) -> bool:
    """Whether the calendar has this day."""
    number, length = int(year), (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    if not 1 <= int(month) <= 12:
        return False
    leap = number % 4 == 0 and (number % 100 != 0 or number % 400 == 0)
    days = length[int(month) - 1] - (int(month) == 2 and not leap)
    return 1 <= int(day) <= days


def type_of(value: Resolved) -> Type:
    """The JSON type of a resolved value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    return "string" if isinstance(value, str) else "number"


def key_name(value: Resolved) -> str:
    """The name that a mapping key gets in JSON; raises BadScalarError for one that JSON cannot hold."""
    if isinstance(value, str):
        return value
    if value is None:
        raise BadScalarError("a mapping key may not be null")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if value >= 2**63:
            raise BadScalarError(f"the number `{value}` is too large to be a mapping key")
        return str(value)
    return format_float32(value)


def format_float32(value: float) -> str:
    """A float as Go's FormatFloat(value, 'g', -1, 32) writes it: the shortest text that reads back as that float32."""
    if math.isnan(value):
        return ".nan"
    rounded = as_float32(value)
    if math.isinf(rounded):
        return ".inf" if rounded > 0 else "-.inf"
    if rounded == 0:
        return "-0" if math.copysign(1, rounded) < 0 else "0"
    forms = (f"{rounded:.{precision}e}" for precision in range(10))
    digits = next(form for form in forms if as_float32(float(form)) == rounded)
    mantissa, exponent_text = digits.split("e")
    exponent = int(exponent_text)
    sign = "-" if mantissa[0] == "-" else ""
    figures = mantissa.lstrip("-").replace(".", "")
    if exponent < -4 or exponent >= 6:
        tail = f".{figures[1:]}" if len(figures) > 1 else ""
        return f"{sign}{figures[0]}{tail}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{figures}"
    whole = figures[: exponent + 1].ljust(exponent + 1, "0")
    part = figures[exponent + 1 :]
    return f"{sign}{whole}.{part}" if part else f"{sign}{whole}"


def as_float32(value: float) -> float:
    """The nearest 32-bit float."""
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)
