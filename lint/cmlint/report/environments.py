"""Environments as the kubelet will make them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.environment import Environment, Origin
from cmlint.bundle.index import Placed
from cmlint.model.facts import Container, PodSpec
from cmlint.report.json import VERSION, encode


def workloads(bundles: Iterable[Bundle]) -> Iterator[tuple[Bundle, Placed, PodSpec]]:
    """Every pod spec with the document that it stands in."""
    for bundle in bundles:
        for placed in bundle.placed:
            for pod in placed.document.pods:
                yield bundle, placed, pod


def render_json(found: Iterable[tuple[Bundle, Placed, PodSpec]]) -> str:
    """JSON, version 1."""
    return encode({"version": VERSION, "workloads": [workload(*each) for each in found]})


def workload(bundle: Bundle, placed: Placed, pod: PodSpec) -> dict[str, Any]:
    """One pod spec."""
    document = placed.document
    volumes = ((volume, bundle.contents(volume, placed)) for volume in pod.volumes)
    return {
        "kind": document.kind,
        "namespace": placed.namespace,
        "name": document.name.value if document.name else None,
        "path": placed.path,
        "containers": [container(c, bundle.environment(c, placed)) for c in pod.containers],
        "volumes": [
            {"name": volume.name.value if volume.name else None, "mounts": contents.mounts, "files": contents.files}
            for volume, contents in volumes
        ],
    }


def container(facts: Container, environment: Environment) -> dict[str, Any]:
    """One container."""
    return {
        "name": facts.name.value if facts.name else None,
        "starts": environment.starts,
        "variables": [
            {
                "name": variable.name,
                "value": variable.value,
                "masked": variable.masked,
                "origin": origin(variable.origin),
                "shadows": [origin(shadow) for shadow in variable.shadows],
            }
            for variable in environment.variables.values()
        ],
        "command": environment.command,
        "args": environment.args,
        "unresolved": [
            {
                "kind": unresolved.reference.target,
                "name": unresolved.reference.name.value,
                "key": unresolved.key,
                "optional": unresolved.reference.optional,
            }
            for unresolved in environment.unresolved
        ],
    }


def origin(found: Origin) -> dict[str, str | None]:
    """Where a value comes from."""
    return {"kind": found.kind, "name": found.name, "key": found.key, "via": found.via}
