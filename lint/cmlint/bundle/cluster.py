"""What a bundle may ask of a cluster, or of a snapshot of one: the same facts, so the same questions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from cmlint.bundle.documents import LIVE, Definition, Placed, references_of
from cmlint.kube.fields import POD_PATHS
from cmlint.kube.near import nearest
from cmlint.model.cluster import ClusterRead, Held, Inventory, Pod, Readers, digest_of
from cmlint.model.cluster_objects import LiveObject, object_of
from cmlint.model.facts import Provider, Reference, Target

TARGETS: tuple[Target, ...] = ("ConfigMap", "Secret")

MOST = 3
"""A name that more namespaces than this have is a common one, and says nothing about where it was meant to be."""


class Answer(NamedTuple):
    """What a cluster says of a name: the objects `found`, those `elsewhere`, or `why` nothing is known of it.

    Without any of these, it is not there. What is found is not `sure` where it may be one of several, which differ.
    """

    found: tuple[Definition, ...] = ()
    sure: bool = True
    elsewhere: tuple[Definition, ...] = ()
    near: tuple[Definition, ...] = ()
    why: str = ""


class Cluster:
    """A cluster as it was when it was read.

    `prefix` is before the paths of its objects where several clusters are read. `options` are those by which
    kubectl reaches it, as a shell takes them. `namespace` is where objects go
    that name none; None where that is not known. `workloads` are the live objects with pods by namespace, `pods` by
    namespace, kind and name of what is judged for them, and `reads` what each pod spec reads, with its namespace; a
    snapshot has none of these. `listings` are the texts of all objects that findings point at. What manifests bring to
    the cluster is in `brought` (kind, namespace, name), and in `defined` how often they define a ConfigMap or Secret.
    """

    def __init__(self, inventory: Inventory, namespace: str | None, prefix: str = "") -> None:
        self.inventory, self.namespace, self.prefix = inventory, namespace, prefix
        self.workloads: dict[str, list[LiveObject]] = {}
        self.pods: dict[tuple[str, str, str], list[Pod]] = {}
        self.reads: list[tuple[str, tuple[ClusterRead, ...]]] = []
        self.listings: dict[str, str] = {}
        self.brought: set[tuple[str, str, str]] = set()
        self.defined: Counter[tuple[Target, str | None, str]] = Counter()
        self.shows_custom_resources = False
        self.options = ""
        self.known: dict[tuple[Target, str, str], Definition] = {}

    @property
    def name(self) -> str:
        """The cluster's name."""
        return self.inventory.name

    # names

    def held(self, target: Target, name: str, namespace: str | None) -> Held | None:
        """A ConfigMap or Secret, or None where it is not there or not known."""
        space = self.inventory.space(namespace or self.namespace or "")
        return space.of(target).get(name) if space else None

    def ask(self, reference: Reference, namespace: str | None) -> Answer:
        """What is known of the object that a reference names."""
        target, name = reference.target, reference.name.value
        namespace = namespace or self.namespace
        if namespace is None:
            return self.ask_anywhere(target, name)
        space = self.inventory.space(namespace)
        if space is None:
            return Answer(why=f"the namespace `{namespace}` of {self.name} was not looked into")
        if name in space.of(target):
            return Answer((self.definition(target, name, namespace),))
        if reason := space.unread.get(target):
            return Answer(why=f"{target}s in the namespace `{namespace}` of {self.name} could not be listed: {reason}")
        meant = nearest(name, space.of(target))
        near = (self.definition(target, meant, namespace),) if meant else ()
        return Answer(elsewhere=self.elsewhere(target, name), near=near)

    def ask_anywhere(self, target: Target, name: str) -> Answer:
        """The same for an object whose namespace is not known: any will do."""
        if found := self.namespaces_of.get((target, name)):
            definitions = tuple(self.definition(target, name, namespace) for namespace in found)
            alike = len({frozenset(key.name for key in each.provider.keys) for each in definitions}) == 1
            return Answer(definitions, alike)
        unread = next((s.unread[target] for s in self.inventory.spaces.values() if target in s.unread), "")
        unread = unread or self.inventory.unread.get(target, "")
        if unread or not self.inventory.complete:
            return Answer(why=f"not all {target}s of {self.name} are known{f': {unread}' if unread else ''}")
        return Answer()

    def elsewhere(self, target: Target, name: str) -> tuple[Definition, ...]:
        """The objects of a name in other namespaces, where there are few."""
        found = self.namespaces_of.get((target, name), ())
        return tuple(self.definition(target, name, each) for each in found) if len(found) <= MOST else ()

    @cached_property
    def namespaces_of(self) -> Mapping[tuple[Target, str], Sequence[str]]:
        """The namespaces that have a name."""
        result: dict[tuple[Target, str], list[str]] = {}
        for namespace, space in sorted(self.inventory.spaces.items()):
            for target in TARGETS:
                for name in space.of(target):
                    result.setdefault((target, name), []).append(namespace)
        return result

    def definition(self, target: Target, name: str, namespace: str) -> Definition:
        """A ConfigMap or Secret as what defines its name."""
        key = target, name, namespace
        if key not in self.known:
            space = self.inventory.spaces[namespace]
            live = object_of(target, name, namespace, space.of(target)[name], self.prefix)
            self.known[key] = Definition(self.place(live), live.facts.documents[0].providers[0])
        return self.known[key]

    def place(self, live: LiveObject) -> Placed:
        """A live object as a document of a bundle."""
        self.listings[live.path] = live.text
        return Placed(live.path, live.facts.documents[0], live.facts, LIVE)

    def owner(self, target: Target, name: str, namespace: str) -> str:
        """The controller that an object belongs to, in words; empty when it belongs to none."""
        held = self.held(target, name, namespace)
        return held.owner if held else ""

    def group(self, target: Target, name: str, namespace: str | None) -> str:
        """The installation that has brought an object, in words; empty when nothing says so."""
        held = self.held(target, name, namespace)
        return held.group if held else ""

    def installed(self, target: Target, group: str, namespace: str) -> list[str]:
        """The names that one installation has brought to a namespace and would take away again."""
        space = self.inventory.space(namespace)
        objects = (space.of(target) if space else {}).items()
        return sorted(name for name, held in objects if held.group == group and not held.stays)

    def has_other_data(self, held: Held, provider: Provider) -> bool:
        """Whether an immutable ConfigMap surely holds other values than a manifest has for it."""
        plain = [(key.name, key.value) for key in provider.keys if key.value is not None]
        return len(plain) == len(provider.keys) and digest_of(plain) != held.digest

    # manifests

    def times_defined(self, target: Target, name: str, namespace: str | None) -> int:
        """How often manifests define a ConfigMap or Secret."""
        return self.defined[target, namespace or self.namespace, name]

    def brings(self, live: Placed) -> bool:
        """Whether manifests bring a live object themselves, so that it will be as they have it."""
        kind, namespace, name = live.identity
        return (kind, namespace or "", name or "") in self.brought

    # workloads

    def reading(
        self, target: Target, name: str, namespace: str | None, *, besides: str = ""
    ) -> Iterator[tuple[Placed, Reference]]:
        """The live workloads that read something, `besides` those of one installation, each with the reference."""
        for live in self.workloads.get(namespace or self.namespace or "", ()):
            if besides and live.group == besides:
                continue
            placed = Placed(live.path, live.facts.documents[0], live.facts, LIVE)
            for reference in references_of(placed):
                if (reference.target, reference.name.value) == (target, name):
                    self.listings[live.path] = live.text
                    yield placed, reference

    def pull_policy(self, placed: Placed, container: str) -> str | None:
        """The policy of a container in the live object that a manifest is for."""
        kind, namespace, name = placed.identity
        for live in self.workloads.get(namespace or self.namespace or "", ()):
            document = live.facts.documents[0]
            if document.kind == kind and document.name and document.name.value == name:
                for found in (each for pod in document.pods for each in pod.containers):
                    if found.name and found.name.value == container and found.pull_policy:
                        return found.pull_policy.value
        return None

    @cached_property
    def readers(self) -> dict[str, Readers]:
        """What is read in each namespace, by whatever has a pod spec."""
        found: dict[str, Readers] = defaultdict(Readers)
        for namespace, reads in self.reads:
            for target, name, key in reads:
                found[namespace].add(target, name, key)
        return dict(found)

    def shows_readers(self, namespace: str) -> bool:
        """Whether everything with pods was listed in a namespace, so that nothing else reads what is there."""
        space = self.inventory.space(namespace)
        return space is not None and not any(kind in POD_PATHS for kind in (*space.unread, *self.inventory.unread))

    def pods_of(self, placed: Placed) -> Sequence[Pod]:
        """The pods of a workload."""
        kind, namespace, name = placed.identity
        return self.pods.get((namespace or self.namespace or "", kind, name or ""), ())
