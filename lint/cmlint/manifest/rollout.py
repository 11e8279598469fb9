"""How a workload replaces its pods, and what its annotations tell the controllers that restart it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cmlint.manifest.decode import Decoder
from cmlint.manifest.nodes import MappingNode, Node, ScalarNode
from cmlint.model.facts import Rolling

WATCHED = r"(?:[\w-]+\.)*reloader\.stakater\.com/[\w-]+|wave\.pusher\.com/[\w-]+"
"""The only annotations whose values are kept: others may hold Secrets (`last-applied-configuration`).

https://github.com/stakater/Reloader#readme and https://github.com/wave-k8s/wave#readme
"""


ON_DELETE = ("apps/v1beta1/StatefulSet", "extensions/v1beta1/DaemonSet")
"""The kinds that have the strategy `OnDelete` where none is written, in Kubernetes before 1.16.

`SetDefaults_StatefulSet` in `pkg/apis/apps/v1beta1/defaults.go`, `SetDefaults_DaemonSet` in
`pkg/apis/extensions/v1beta1/defaults.go`.
"""

PLAIN = Rolling()
"""That of a workload that says nothing about it: one object for all of them."""


def watched_in(annotations: Mapping[str, Node]) -> tuple[tuple[str, str], ...]:
    """The annotations of Reloader and Wave, with their values."""
    return tuple(
        (name, str(node.value))
        for name, node in annotations.items()
        if re.fullmatch(WATCHED, name) and isinstance(node, ScalarNode)
    )


def read_rolling(decoder: Decoder, spec: Node | None, kind: str) -> Rolling:
    """How the workload with this `spec` replaces its pods; the kind is written `apps/v1/Deployment`."""
    if not isinstance(spec, MappingNode):
        return PLAIN
    fields = {name: value for name, _, value in decoder.items(spec)}
    update = fields.get("updateStrategy")
    rolling = Rolling(
        replicas=number_of(decoder, fields.get("replicas")),
        strategy=strategy_in(decoder, fields.get("strategy") or update) or "OnDelete" * (kind in ON_DELETE),
        paused=is_true(decoder, fields.get("paused")),
        suspended=is_true(decoder, fields.get("suspend")),
        partition=number_of(decoder, field(decoder, field(decoder, update, "rollingUpdate"), "partition")) or 0,
        selector=labels_in(decoder, fields.get("selector")),
        start=number_of(decoder, field(decoder, fields.get("ordinals"), "start")) or 0,
    )
    return PLAIN if rolling == PLAIN else rolling


def labels_in(decoder: Decoder, selector: Node | None) -> tuple[str, ...]:
    """The labels of a selector; a ReplicationController has them without `matchLabels`."""
    labels = field(decoder, selector, "matchLabels") or selector
    items = decoder.items(labels) if isinstance(labels, MappingNode) else ()
    return tuple(f"{name}={value.value}" for name, _, value in items if isinstance(value, ScalarNode))


def strategy_in(decoder: Decoder, node: Node | None) -> str:
    """The type of a strategy; empty where none is written."""
    found = field(decoder, node, "type")
    return str(found.value) if isinstance(found, ScalarNode) else ""


def field(decoder: Decoder, node: Node | None, wanted: str) -> Node | None:
    """The value of a field of a mapping."""
    items = decoder.items(node) if isinstance(node, MappingNode) else ()
    return next((value for name, _, value in items if name == wanted), None)


def number_of(decoder: Decoder, node: Node | None) -> int | None:
    """The number that is written; None where none is."""
    number = decoder.resolve(node) if isinstance(node, ScalarNode) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def is_true(decoder: Decoder, node: Node | None) -> bool:
    """Whether a field is `true`."""
    return isinstance(node, ScalarNode) and decoder.resolve(node) is True
