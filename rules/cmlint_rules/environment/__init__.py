"""The environment of containers: names, values, and what hides or misses what."""

from __future__ import annotations

import re

from cmlint.api import Context, Env, Fault

ENTRY = re.compile(r"(.*)\.(env\[(\d+)\])")


def variable_of(fault: Fault, ctx: Context) -> str:
    """The variable that a fault stands in: its name, or its place in `env` when it has none."""
    found = ENTRY.match(fault.path)
    if not found:
        return fault.path
    containers = (container for pod in ctx.document.pods for container in pod.containers)
    entry = next((c.env[int(found[3])] for c in containers if c.path == found[1]), None)
    return (entry and name_of(entry)) or found[2]


def name_of(entry: Env) -> str:
    """The name of a variable; empty when it has none."""
    return entry.name.value if entry.name else ""


def builds_on_itself(entry: Env) -> bool:
    """Whether an entry appends to what its name meant before: `X=$(X):more` (`pkg/api/pod/warnings.go`)."""
    own = f"$({name_of(entry)})"
    text = entry.value.value if entry.source == "literal" and entry.value else ""
    return own in text and text != own
