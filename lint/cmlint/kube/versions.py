"""Versions of Kubernetes, and what changed in which."""

from __future__ import annotations

import re

Version = tuple[int, int]

VERSION = r"v?1\.(\d{1,3})(\.\d+)?([-+].*)?"
"""How a version is written."""

NEWEST: Version = (1, 37)
"""The newest version that cmlint's tables were made from."""

RELAXED_ENV_NAMES: Version = (1, 32)
"""RelaxedEnvironmentVariableValidation is on by default from here (`pkg/features/kube_features.go`)."""

ROLLOUT_RESTART: Version = (1, 15)
"""`kubectl rollout restart` exists from here."""


def parse_version(text: str) -> Version:
    """Reads `1.31`, `v1.31` or `1.31.4`; raises ValueError with a sentence that says what would be right."""
    found = re.fullmatch(VERSION, text.strip())
    if not found:
        raise ValueError(f"`{text}` is not a Kubernetes version; write it like `1.31`")
    return 1, int(found[1])
