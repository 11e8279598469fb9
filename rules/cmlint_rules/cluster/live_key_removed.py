"""A key, or a complete object, that the manifests drop and that a live workload still reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cmlint.api import Bundle, Context, Definition, Draft, Placed, Target, rule
from cmlint_rules.cluster import definitions_of, held_for

if TYPE_CHECKING:
    from cmlint.api import Cluster

TARGETS: tuple[Target, ...] = ("ConfigMap", "Secret")


@rule(
    name="live-key-removed",
    summary="a key or object that the manifests drop and that a live workload outside of them still reads",
    consequence="stuck",
    since="0.1.0",
)
def live_key_removed(bundle: Bundle, ctx: Context) -> Iterator[Draft]:
    """Workloads that the manifests bring themselves are checked as they will be."""
    for cluster in () if bundle.live else bundle.clusters:
        for definition in definitions_of(bundle):
            yield from dropped_keys(definition, cluster, ctx)
        yield from dropped_objects(bundle, cluster, ctx)


def dropped_keys(definition: Definition, cluster: Cluster, ctx: Context) -> Iterator[Draft]:
    """The keys that the live object has, that an apply of the manifest removes, and that somebody reads."""
    held, provider = held_for(definition, cluster), definition.provider
    written = {key.name for key in provider.keys}
    gone = held.removed(written, on_server=ctx.settings.server_side_apply) if held else set()
    if not gone:
        return
    name = provider.name.value
    for reader, reference in cluster.reading(provider.target, name, definition.namespace):
        for key in () if cluster.brings(reader) or reference.optional else reference.keys:
            if key.value in gone:
                message = f"the {provider.target} `{name}` drops the key `{key.value}`, which {who(reader)} still reads"
                draft = ctx.finding(provider.name.span, message, placed=definition.placed)
                draft.also(key.span, "reads it here", reader)
                yield draft.help("keep the key until nothing reads it")


def dropped_objects(bundle: Bundle, cluster: Cluster, ctx: Context) -> Iterator[Draft]:
    """The objects of the same installation that a complete build no longer has, and that somebody reads.

    That an object is missing from files proves nothing. But where a build is all of what an installation (a Helm
    release, an Argo CD application, ...) consists of, the objects that it has brought and that are left out are pruned,
    and so are their readers that it has brought itself.
    """
    if not bundle.index.is_built or not bundle.complete:
        return
    for group, namespace, witness in installations(bundle, cluster):
        for target in TARGETS:
            for name in cluster.installed(target, group, namespace):
                if cluster.times_defined(target, name, namespace) or bundle.may_make(target, name, witness.placed):
                    continue
                for reader, reference in cluster.reading(target, name, namespace, besides=group):
                    if not cluster.brings(reader) and not reference.optional:
                        message = f"{group} no longer has the {target} `{name}`, which {who(reader)} still reads"
                        draft = ctx.finding(witness.provider.name.span, message, placed=witness.placed)
                        draft.also(reference.name.span, "reads it here", reader)
                        yield draft.help("keep the object until nothing reads it")


def installations(bundle: Bundle, cluster: Cluster) -> Iterator[tuple[str, str, Definition]]:
    """The installation that all live objects of a bundle belong to, with a definition that shows it."""
    found: dict[tuple[str, str], Definition] = {}
    for definition in definitions_of(bundle):
        namespace = definition.namespace or cluster.namespace or ""
        held = cluster.held(definition.provider.target, definition.provider.name.value, namespace)
        if held is not None:
            found.setdefault((held.group, namespace), definition)
    groups = {group for group, _ in found}
    if len(groups) == 1 and all(groups):
        yield from ((group, namespace, definition) for (group, namespace), definition in found.items())


def who(reader: Placed) -> str:
    """A workload in words."""
    kind, namespace, name = reader.identity
    return f"the live {kind} `{namespace}/{name}`"
