"""The variables that the kubelet gives containers for services (`pkg/kubelet/envvars/envvars.go`)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmlint.model.facts import Service

VARIABLE = r"[A-Z][A-Z0-9_]*_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?)\Z"

LONGEST = 253
"""No variable of a Service is longer: its name has 63 characters at most, and that of a port 15."""

MASTER = "KUBERNETES_"
"""How the variables of the API server's own service begin, which every container gets."""


def may_be_service(name: str, *, links: bool) -> bool:
    """Whether the kubelet may set a variable of this name; `links` is the pod's `enableServiceLinks`."""
    return len(name) <= LONGEST and re.match(VARIABLE, name) is not None and (links or name.startswith(MASTER))


def variables_of(service: Service) -> Iterator[tuple[str, str | None]]:
    """The variables of a Service, in the order in which they are made; None is what only the cluster knows.

    makeEnvVariableName, makeLinkVariables: the address is given when the Service is created.
    """
    name = as_variable(service.name.value)
    first = service.ports[0]
    yield f"{name}_SERVICE_HOST", None
    yield f"{name}_SERVICE_PORT", str(first.number)
    for port in service.ports:
        if port.name:
            yield f"{name}_SERVICE_PORT_{as_variable(port.name)}", str(port.number)
    yield f"{name}_PORT", None
    for port in service.ports:
        prefix = f"{name}_PORT_{port.number}_{port.protocol.upper()}"
        yield prefix, None
        yield f"{prefix}_PROTO", port.protocol.lower()
        yield f"{prefix}_PORT", str(port.number)
        yield f"{prefix}_ADDR", None


def as_variable(name: str) -> str:
    """A name as it begins a variable."""
    return name.replace("-", "_").upper()
