"""What a document says of its kind before it is parsed: enough to leave most documents unparsed."""

from __future__ import annotations

import re

from cmlint.model.facts import Other

FIELD = r"""(?:^|\A\s*\{\s*|^\{?\s{0,4}(?="))["']?%s["']?[ \t]*:[ \t]*["']?([\w./-]+)"""
FLOW_FIELD = r"""[{,]\s*["']?%s["']?\s*:\s*["']?([\w./-]+)"""
FLOW_NAMESPACE = r"""[{,][ \t]*namespace:[ \t]*["']?([\w.-]+)"""
VALUE = re.compile(r"""[ \t]*["']?([\w./-]+)""")


def head_of(chunk: str) -> Other | None:
    """The kind and API version that a document names, or None when it does not name both."""
    kind = field_of(chunk, "kind")
    version = field_of(chunk, "apiVersion") if kind else None
    return Other(version, kind) if kind and version else None


def namespace_of(chunk: str) -> str:
    """The namespace that a document names in its metadata; empty where it names none, or in another form."""
    start = chunk.find("\nmetadata:")
    lines = chunk[start + 1 :].split("\n", FEW) if start >= 0 else [""]
    if found := re.search(FLOW_NAMESPACE, lines[0]):
        return found[1]
    for line in lines[1:FEW]:
        if line[:1] not in (" ", "\r", ""):
            break
        if line.lstrip().startswith("namespace:") and (named := VALUE.match(line, line.index(":") + 1)):
            return named[1]
    return ""


FEW = 60
"""The number of lines in which the metadata of an object is looked for."""


def field_of(chunk: str, name: str) -> str | None:
    """The value of a field at the top of a document."""
    start = 0 if chunk.startswith(f"{name}:") else chunk.find(f"\n{name}:") + 1
    if start or chunk.startswith(f"{name}:"):
        found = VALUE.match(chunk, start + len(name) + 1)
        return found[1] if found else None
    found = re.search(FIELD % name, chunk, re.MULTILINE)
    if found is None and chunk.lstrip("- \t\r\n").startswith("{"):
        found = re.search(FLOW_FIELD % name, chunk)
    return found[1] if found else None
