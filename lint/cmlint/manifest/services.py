"""Services, of which the kubelet makes variables (`pkg/kubelet/envvars/envvars.go`)."""

from __future__ import annotations

from collections.abc import Iterator

from cmlint.manifest.decode import Decoder
from cmlint.manifest.nodes import MappingNode, Node, ScalarNode, SequenceNode, TooDeepError, YamlSyntaxError, compose
from cmlint.model.facts import Other, Port, Service

SERVICE = Other("v1", "Service")


def read_services(chunk: str, base: int) -> Iterator[Service]:
    """The Service that one document is; nothing where it cannot be read."""
    decoder = Decoder(chunk, base)
    try:
        root = compose(chunk)
    except (YamlSyntaxError, TooDeepError):
        return
    if root is not None:
        yield from service_of(decoder, root)


def service_of(decoder: Decoder, root: Node) -> Iterator[Service]:
    """The facts of a Service; one without an address of its own (headless, external) gives no variables."""
    entries = fields(decoder, root)
    meta, spec = fields(decoder, entries.get("metadata")), fields(decoder, entries.get("spec"))
    name, namespace = meta.get("name"), meta.get("namespace")
    if not isinstance(name, ScalarNode) or not decoder.is_scalar(name, "string") or not name.value:
        return
    if text(spec.get("clusterIP")) == "None" or text(spec.get("type")) == "ExternalName":
        return
    ports = spec.get("ports")
    found = (
        [port for item in ports.value if (port := port_of(decoder, item))] if isinstance(ports, SequenceNode) else []
    )
    if found:
        yield Service(decoder.scalar(name), text(namespace) or None, tuple(found))


def port_of(decoder: Decoder, item: Node) -> Port | None:
    """One entry of `ports`, or None where it has no number."""
    entries = fields(decoder, item)
    number = decoder.integer(entries, "port")
    if number is None:
        return None
    return Port(text(entries.get("name")), number, text(entries.get("protocol")) or "TCP")


def fields(decoder: Decoder, node: Node | None) -> dict[str, Node]:
    """The entries of a mapping; empty for anything else."""
    return {name: value for name, _, value in decoder.items(node)} if isinstance(node, MappingNode) else {}


def text(node: Node | None) -> str:
    """A scalar as it is written; empty for anything else."""
    return str(node.value) if isinstance(node, ScalarNode) else ""
