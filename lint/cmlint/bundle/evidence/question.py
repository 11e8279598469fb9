"""The question that evidence answers: could something make the object that this reference names?"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from cmlint.bundle.documents import Definition, Placed, folder_of
from cmlint.bundle.evidence.surroundings import Surroundings
from cmlint.bundle.gitops_clusters import Destinations
from cmlint.bundle.index import Index, Indexes, Supply
from cmlint.bundle.nearest import Meeting, meets, nearest_definitions
from cmlint.knowledge.controllers import reads_from_files
from cmlint.kube.names import MANIFESTS
from cmlint.kube.near import is_slip, nearest, only_near
from cmlint.model.evidence import Code
from cmlint.model.facts import Reference, Target

if TYPE_CHECKING:
    from cmlint.bundle.cluster import Answer, Cluster


class LookupOptions(msgspec.Struct, frozen=True):
    """How the references of a document are looked up: what is made elsewhere, and what does not count as such.

    `external` are patterns `[Kind/]name` of objects that are made elsewhere, and `strict` says that such evidence does
    not count. `all_secrets` says that a Secret which no file defines counts as missing, and not as made elsewhere.
    `ignored` are the codes of evidence that the configuration turns off.
    """

    external: tuple[str, ...] = ()
    strict: bool = False
    all_secrets: bool = False
    ignored: frozenset[str] = frozenset()

    @property
    def wants_secrets(self) -> bool:
        """Whether every Secret that nothing defines is to be reported."""
        return self.all_secrets or self.strict


USUAL = LookupOptions()

FEWEST_KEYS = 2
"""How many keys of one object show that another one was meant for it: `password` alone is a key of many."""


def usual_ways(_: Placed) -> LookupOptions:
    """How references are looked up where no configuration says it."""
    return USUAL


class Scope(msgspec.Struct, dict=True):
    """Everything in which a bundle's references are looked up.

    `index` and `around` are the bundle's own. `ways` says how the references of a document are looked up. `others` are
    the indexes of all bundles of the run, and `destinations` tells those that go to the same cluster. `unbuilt`
    says why the bundle could not be built, `replaced` are words that scripts replace, `removed` objects that a
    change has removed, `supply` what its installation adds, `clusters` are the clusters it goes to. A scope that is
    not `complete` has documents that may still change, `changed_by` says by what if that is not a GitOps object. What
    is `moved` goes to one namespace, whichever its objects name.
    """

    index: Index
    around: Surroundings
    ways: Callable[[Placed], LookupOptions] = usual_ways
    others: Indexes | None = None
    destinations: Destinations | None = None
    unbuilt: str = ""
    complete: bool = True
    changed_by: str = ""
    supply: Supply | None = None
    moved: bool = False
    replaced: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    clusters: tuple[Cluster, ...] = ()

    @cached_property
    def shows_keys(self) -> bool:
        """Whether files or commands may show which keys an object has that no manifest defines."""
        return bool(self.around.loose_files or self.index.commands or self.index.patterns)

    @cached_property
    def siblings(self) -> tuple[tuple[Index, bool], ...]:
        """The indexes that go to the same cluster, each with whether both go to one namespace."""
        return self.destinations.beside(self.index) if self.destinations else ()

    def everywhere(self, target: Target, name: str) -> Iterator[Definition]:
        """The manifests of a name in all bundles of the run."""
        indexes = self.others.that_have(target, name) if self.others else (self.index,)
        yield from (definition for index in indexes for definition in index.named(target, name))


class Near(msgspec.Struct, frozen=True):
    """Providers of the name that was probably meant; `only` says that no other name is near."""

    definitions: tuple[Definition, ...] = ()
    only: bool = False


def is_any(definition: Definition) -> bool:
    """Whether a command leaves a name open altogether."""
    return definition.provider.name.value == "*"


def is_in(folder: str, around: str) -> bool:
    """Whether a folder is another one or below it; nothing is below the top, where everything is."""
    return folder == around or bool(around and folder.startswith(f"{around}/"))


class Question(msgspec.Struct, frozen=True, dict=True):
    """A reference of a document, the namespace in which it looks, and the scope in which it is answered."""

    reference: Reference
    namespace: str | None
    placed: Placed
    scope: Scope

    @cached_property
    def ways(self) -> LookupOptions:
        """How the reference is looked up."""
        return self.scope.ways(self.placed)

    @property
    def target(self) -> Target:
        """The kind of object that is wanted."""
        return self.reference.target

    @property
    def name(self) -> str:
        """The name that is wanted."""
        return self.reference.name.value

    def heeds(self, code: Code) -> bool:
        """Whether evidence of a code counts."""
        return code not in self.ways.ignored

    @property
    def excuses_field(self) -> bool:
        """Whether the reference is a field of a custom resource whose controller may make the object.

        Where each Secret is asked for, one that the controller only reads is asked for as well.
        """
        reference, document, ways = self.reference, self.placed.document, self.ways
        if reference.via != "field" or ways.strict or not self.heeds("own-field"):
            return False
        asked = ways.all_secrets and self.target == "Secret"
        return not (asked and reads_from_files(document.api_version, document.kind, reference.path))

    @cached_property
    def meeting(self) -> Meeting:
        """The providers of this name in the bundle that may be in the namespace."""
        return self.scope.index.meeting(self.target, self.name, self.namespace)

    @property
    def to_be_copied(self) -> list[Definition]:
        """What files to be copied (`secret.yaml.example`) show: a copy may replace the manifest, with any keys."""
        return self.scope.index.copied.get((self.target, self.name), [])

    @property
    def meeting_elsewhere(self) -> Iterator[Definition]:
        """The manifests of this name in other bundles of the run that may be in the namespace."""
        scope = self.scope
        others = scope.others.that_have(self.target, self.name) if scope.others else ()
        named = (each for index in others if index is not scope.index for each in index.named(self.target, self.name))
        return (each for each in named if meets(self.namespace, each.namespace))

    @cached_property
    def answers(self) -> list[Answer]:
        """What the clusters say of the name."""
        return [cluster.ask(self.reference, self.namespace) for cluster in self.scope.clusters]

    @cached_property
    def is_released(self) -> bool:
        """Whether each release of the chart has the object, so that no command makes it.

        Helm installs no object that something else has made (`checkOwnership` in `pkg/action/validate.go`, helm/helm).
        """
        supply = self.scope.supply
        return supply is not None and supply.always_makes(self.target, self.name)

    @cached_property
    def created(self) -> list[Definition]:
        """What commands create under exactly this name."""
        heeded = self.heeds("command") and not self.is_released
        return self.scope.index.created(self.target, self.name) if heeded else []

    @cached_property
    def perhaps_created(self) -> list[Definition]:
        """What commands for this document may create under a name of which they leave a part open."""
        if not self.heeds("command") or self.is_released:
            return []
        index = self.scope.index
        found = index.perhaps_created(self.target, self.name)
        return [each for each in found if meets(self.namespace, each.namespace) and index.serves(each, self.placed)]

    @cached_property
    def commands(self) -> list[Definition]:
        """What commands for this document create under this name."""
        index = self.scope.index
        found = (*self.created, *(d for d in self.perhaps_created if not is_any(d)))
        return [each for each in found if meets(self.namespace, each.namespace) and index.serves(each, self.placed)]

    def may_read(self, command: Definition) -> bool:
        """Whether what a command creates may have the keys that are read."""
        read = {key.value for key in self.reference.keys}
        return command.provider.open or read <= {key.name for key in command.provider.keys}

    @cached_property
    def far(self) -> tuple[Definition, ...]:
        """Providers elsewhere in the run, under the only name there that differs by one slip."""
        scope = self.scope
        if not scope.others or any(True for _ in scope.others.that_have(self.target, self.name)):
            return ()
        nearby, spelled = scope.others.nearby(self.target)
        meant = [name for name in nearby.around(self.name) if is_slip(self.name, name)]
        if len(meant) != 1:
            return ()
        return tuple(
            definition
            for index, definition in spelled[meant[0]]
            if index is not scope.index and self.namespace == definition.namespace and not self.is_alternative(index)
        )

    def is_alternative(self, index: Index) -> bool:
        """Whether a build has the same document: it is then never applied together with this bundle."""
        return index.is_built and self.placed.identity in index.objects

    def is_beside_copy(self, definition: Definition, index: Index) -> bool:
        """Whether files as they are have a definition and a workload of this bundle, apart from what builds it.

        Whoever applies these files does not build this bundle, which has the same workload. They are apart where the
        workload is in the folder of the definition or below, or where both are in one folder that the bundle is not in.
        What is in the folder of its own kustomization is not a copy.
        """
        there = definition.placed.directory
        if not self.placed.built or definition.placed.built or there in self.scope.index.kustomized(self.placed):
            return False
        written, _ = self.placed.written(self.reference.name.span)
        own = self.placed.directory, folder_of(written, self.placed.frame)
        copies = (each for each in index.placed if each.document.pods and self.scope.index.has_workload(each))
        return any(
            is_in(each.directory, there) or (around and not any(is_in(folder, around) for folder in own))
            for each in copies
            for around in [posixpath.commonpath([each.directory or ".", there or "."])]
        )

    @cached_property
    def unread(self) -> tuple[Definition, ...]:
        """The only object of its kind in the text of the document that nothing reads, where only this name is missing.

        One of the two has been renamed. A Secret of which no key is read is kept for something else.
        """
        index, target = self.scope.index, self.target
        path, _ = self.placed.written(self.reference.name.span)
        found = index.unread.get((target, path), [])
        reads = {each.name.value for each in index.read_in.get(path, ()) if each.target == target}
        alone = all(name == self.name or index.named(target, name) for name in reads)
        return tuple(found) if alone and self.meant(found) else ()

    @cached_property
    def unread_in_its_file(self) -> tuple[Definition, ...]:
        """The only object of its kind that nothing reads, in a file beside the reader that is named like this object.

        `db-secret.yaml` has a Secret `database`, and nothing has `db-secret`: the object has been renamed.
        """
        path, _ = self.placed.written(self.reference.name.span)
        stem = posixpath.join(posixpath.dirname(path), self.name)
        paths = (f"{stem}{ending}" for ending in MANIFESTS)
        unread = self.scope.index.unread
        found = [definition for each in paths for definition in unread.get((self.target, each), ())]
        return tuple(found) if self.meant(found) else ()

    def meant(self, found: Sequence[Definition]) -> bool:
        """Whether the objects that nothing reads are one, and it has what is read; of a Secret that is a key."""
        return len(found) == 1 and (self.target == "ConfigMap" or bool(self.keys_read)) and self.fits(found[0])

    @cached_property
    def unread_in_build(self) -> tuple[Definition, ...]:
        """The only object of its kind in a build that nothing reads and that has all keys that are read, two at least.

        Nobody builds an object for nothing, so that one of the two names is wrong, whatever else makes the other.
        """
        index = self.scope.index
        if not index.is_built or len(self.keys_read) < FEWEST_KEYS:
            return ()
        unread = (each for (target, _), found in index.unread.items() if target == self.target for each in found)
        fitting = tuple(filter(self.fits, unread))
        return fitting if len(fitting) == 1 else ()

    @cached_property
    def keys_read(self) -> frozenset[str]:
        """The keys that the bundle reads of the object."""
        return self.scope.index.keys_read.get((self.target, self.name), frozenset())

    def fits(self, definition: Definition) -> bool:
        """Whether a definition that the bundle does not read has what is read here, and nothing else may read it."""
        name, scope = definition.provider.name.value, self.scope
        indexes = scope.others.all if scope.others else ()
        if not meets(self.namespace, definition.namespace) or any(name in index.named_anywhere for index in indexes):
            return False
        if scope.index.passed_to(name, definition.placed):
            return False
        return self.keys_read <= {key.name for key in definition.provider.keys}

    @cached_property
    def near(self) -> Near:
        """Providers of the name that was probably meant."""
        nearby, spelled = self.scope.index.nearby(self.target)
        reachable: dict[str, list[Definition]] = {}
        for name in nearby.around(self.name):
            if found := [each for each in spelled[name] if meets(self.namespace, each.namespace)]:
                reachable[name] = found
        meant = nearest(self.name, reachable)
        if meant is None:
            return Near()
        return Near(nearest_definitions(reachable[meant], self.placed), only_near(self.name, reachable) is not None)
