"""Clusters and snapshots combined with the main job: what bundles resolve against, audits, snapshots."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from shlex import join

import msgspec

from cmlint.bundle.audited import audited
from cmlint.bundle.bundle import Bundle
from cmlint.bundle.cluster import TARGETS, Cluster
from cmlint.bundle.documents import Definition
from cmlint.bundle.evidence.question import LookupOptions
from cmlint.bundle.material import Material, Neighbours
from cmlint.config.config import Config
from cmlint.config.selection import select, settings_of
from cmlint.engine.engine import Engine, merged
from cmlint.engine.rules import Rule
from cmlint.engine.suppress import Suppressions
from cmlint.knowledge.placeholders import is_placeholder
from cmlint.kube.versions import parse_version
from cmlint.model.cluster import Inventory
from cmlint.model.cluster_objects import LiveObject, object_of
from cmlint.model.outcome import Outcome
from cmlint.model.problems import Problem
from cmlint.pipeline.result import Result, too_large
from cmlint.sources import snapshot
from cmlint.sources.cluster.begin import Begun, Wanted, begun, readings
from cmlint.sources.cluster.read import Progress, Reading, Scope, read_cluster
from cmlint.sources.request import Clusters
from cmlint.texts import Texts

# what manifests resolve against


class Ground:
    """What manifests resolve against: snapshots, and the cluster that is `live`, if one is to be asked.

    `namespace` is where objects go that name none. What was read is kept for whoever checks several times in one run.
    """

    def __init__(
        self, live: Wanted | None, snapshots: Iterable[Inventory], namespace: str | None, progress: Progress
    ) -> None:
        self.live, self.snapshots, self.namespace, self.progress = live, tuple(snapshots), namespace, progress
        self.read: dict[tuple[str, ...], Reading] = {}

    def look(self, bundles: list[Bundle], texts: Texts, config: Config, problems: list[Problem]) -> Config:
        """Lets bundles resolve against it; raises NoClusterError."""
        return self.held(bundles)(bundles, texts, config, problems)

    def held(self, bundles: Sequence[Bundle]) -> Clusters:
        """The same for these bundles and any others, with what the cluster has now; raises NoClusterError."""
        readings = [self.reading(self.live, bundles)] if self.live else []

        def look(bundles: list[Bundle], texts: Texts, config: Config, problems: list[Problem]) -> Config:
            clusters = [Cluster(inventory, self.namespace) for inventory in self.snapshots]
            for reading in readings:
                tell(reading, problems)
                clusters.append(cluster_of(reading))
            return resolve_against(clusters, bundles, texts, config)

        return look

    def reading(self, live: Wanted, bundles: Sequence[Bundle]) -> Reading:
        """What the cluster has in the namespaces of bundles."""
        connection = live.connect(next(iter(live.contexts), None))
        namespaces = tuple(sorted(namespaces_of(bundles, connection.namespace)))
        if namespaces not in self.read:
            existing = () if makes_namespaces(bundles) else live.namespaces
            scope = Scope(namespaces, True, live.metadata_only_secrets, existing=existing)
            self.read[namespaces] = read_cluster(connection, scope, "", self.progress)
        return self.read[namespaces]


def resolve_against(clusters: Sequence[Cluster], bundles: Iterable[Bundle], texts: Texts, config: Config) -> Config:
    """Lets bundles resolve against clusters, and gives the configuration with the version that these have."""
    for bundle in bundles:
        bundle.use_clusters(*clusters)
        for cluster in clusters:
            bring(bundle, cluster)
    texts.listings += (cluster.listings for cluster in clusters)
    return for_cluster(config, clusters)


def bring(bundle: Bundle, cluster: Cluster) -> None:
    """Tells a cluster what a bundle brings to it, so that it is not taken for what is there besides."""
    for placed in bundle.placed:
        kind, namespace, name = placed.identity
        cluster.brought.add((kind, namespace or cluster.namespace or "", name or ""))
        for provider in placed.document.providers:
            namespace = Definition(placed, provider).namespace or cluster.namespace
            cluster.defined[provider.target, namespace, provider.name.value] += 1


def makes_namespaces(bundles: Iterable[Bundle]) -> bool:
    """Whether manifests bring a namespace themselves."""
    return any(other.kind == "Namespace" for bundle in bundles for _, facts in bundle.files for other in facts.others)


def namespaces_of(bundles: Iterable[Bundle], default: str) -> set[str]:
    """The namespaces that the objects of bundles are in; those that name none go to the default."""
    found = {
        name
        for bundle in bundles
        for placed in bundle.placed
        for name in (placed.namespace, *(Definition(placed, each).namespace for each in placed.document.providers))
    }
    return {name or default for name in found if not (name and is_placeholder(name))} or {default}


def written(paths: Iterable[str], max_age: float, warn: Callable[[str], None]) -> Iterator[Inventory]:
    """The clusters of snapshots; warns of one that is too old, and raises BadSnapshotError for what is none."""
    for path in paths:
        found = snapshot.load(path)
        if (days := age(found.taken)) > max_age:
            warn(f"{path}: the snapshot is {days} days old, and may no longer be true")
        yield from found.clusters


def age(taken: str) -> int:
    """The number of full days since a moment; a very long time if it cannot be read."""
    try:
        return (datetime.now(timezone.utc) - datetime.fromisoformat(taken.replace("Z", "+00:00"))).days
    except (ValueError, TypeError, OverflowError):  # No moment, one without a time zone, or one out of range.
        return timedelta.max.days


# audits


def audit(
    wanted: Iterable[Begun], config: Config, rules: dict[str, Rule], *, custom_resources: bool, suppress: bool = True
) -> Result:
    """What is wrong in clusters; raises NoClusterError, and ValueError for an unknown rule or version."""
    problems: list[Problem] = []

    def clusters() -> Iterator[Cluster]:
        for each, found in readings(wanted, problems):
            tell(found, problems)
            cluster = cluster_of(found, each.prefix)
            cluster.shows_custom_resources = custom_resources
            yield cluster

    return judge(clusters(), config, rules, problems, suppress=suppress)


def judge(
    clusters: Iterable[Cluster], config: Config, rules: dict[str, Rule], problems: list[Problem], *, suppress: bool
) -> Result:
    """What is wrong in clusters that have been read, each by the rules of its own version."""
    selected, chosen = select(rules, config)
    suppressions = Suppressions(config.per_path_ignore, rules, enabled=suppress)
    bundles: list[Bundle] = []
    outcomes: list[Outcome] = []
    texts = Texts(str)
    for cluster in clusters:
        own = list(bundles_of(cluster, config, whole=config.pedantic or bool(chosen)))
        texts.listings.append(cluster.listings)
        engine = Engine(selected, settings_of(for_cluster(config, [cluster])), texts, chosen)
        outcome = engine.run(own, suppressions)
        outcome.findings = audited(outcome.findings, cluster)
        outcomes.append(outcome)
        bundles += own
    problems += too_large(bundles, texts)
    together = merged(outcomes)
    together.live = True
    return Result(together, bundles, texts, problems)


def bundles_of(cluster: Cluster, config: Config, *, whole: bool) -> Iterator[Bundle]:
    """What a cluster holds, one bundle a namespace.

    Unless `whole` is set, it holds workloads only: they find in the cluster what they name, and only rules about
    what breaks nothing look at what they do not name.
    """
    for namespace in sorted({*cluster.inventory.spaces, *cluster.workloads}):
        live = [*cluster.workloads.get(namespace, ()), *(providers_in(cluster, namespace) if whole else ())]
        cluster.listings.update((each.path, each.text) for each in live)
        material = Material(files=[(each.path, each.facts) for each in live], live=True)
        bundle = Bundle(material, Neighbours(ways=lambda _: LookupOptions(config.external)))
        bundle.use_clusters(cluster)
        yield bundle


def providers_in(cluster: Cluster, namespace: str) -> Iterator[LiveObject]:
    """The ConfigMaps and Secrets of a namespace."""
    space = cluster.inventory.space(namespace)
    for target in TARGETS if space else ():
        for name, held in sorted(space.of(target).items()) if space else ():
            yield object_of(target, name, namespace, held, cluster.prefix)


# what both have in common


def cluster_of(reading: Reading, prefix: str = "") -> Cluster:
    """What was read as what can be asked."""
    cluster = Cluster(reading.inventory, reading.inventory.namespace, prefix)
    cluster.workloads, cluster.pods, cluster.reads = reading.workloads, reading.pods, reading.reads
    cluster.options = join(reading.options)
    return cluster


def tell(reading: Reading, problems: list[Problem]) -> None:
    """Notes what could not be read of a cluster."""
    problems += (Problem(reading.inventory.name, 0, note.text, note.fatal) for note in reading.notes)


def for_cluster(config: Config, clusters: Iterable[Cluster]) -> Config:
    """The configuration with the clusters' version, the oldest of several, unless it says one itself."""
    versions = [cluster.inventory.version for cluster in clusters if cluster.inventory.version]
    if config.kubernetes_version or not versions:
        return config
    return msgspec.structs.replace(config, kubernetes_version=min(versions, key=parse_version))


def take(wanted: Wanted, problems: list[Problem], progress: Progress) -> str:
    """A snapshot of clusters as they are now; raises NoClusterError."""
    inventories: list[Inventory] = []
    with begun(wanted, progress, workloads=False) as clusters:
        for _, reading in readings(clusters, problems):
            tell(reading, problems)
            inventories.append(reading.inventory)
    moment = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return snapshot.write(inventories, moment)
