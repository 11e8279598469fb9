"""Base64 as Go's `encoding/base64` StdEncoding reads it: line breaks may be anywhere, padding is required."""

from __future__ import annotations

import binascii
import re

WELL_FORMED = r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\Z"


def decode(text: str) -> bytes | None:
    """The bytes that a text represents, or None when Go would refuse it."""
    joined = text.replace("\n", "").replace("\r", "")
    return binascii.a2b_base64(joined) if re.match(WELL_FORMED, joined) else None
