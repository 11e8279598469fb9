"""The variables that the kubelet gives containers for services (`pkg/kubelet/envvars/envvars.go`)."""

from __future__ import annotations

import re

VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?)\Z")

MASTER = "KUBERNETES_"
"""How the variables of the API server's own service begin, which every container gets."""


def may_be_service(name: str, *, links: bool) -> bool:
    """Whether the kubelet may set a variable of this name; `links` is the pod's `enableServiceLinks`."""
    return VARIABLE.match(name) is not None and (links or name.startswith(MASTER))
