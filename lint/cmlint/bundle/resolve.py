"""From a reference to the providers that it can mean, nearest first."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import msgspec

from cmlint.bundle.evidence import Surroundings, is_reused, is_well_known
from cmlint.bundle.index import Index, Indexes, Supply
from cmlint.bundle.nearest import distance, meets, nearest_definitions, shared
from cmlint.bundle.placed import LIVE, Definition, Placed, folders_above, references_of
from cmlint.kube.names import is_placeholder, may_become
from cmlint.kube.near import nearest, only_near
from cmlint.model.facts import COMMAND, Key, Reference

if TYPE_CHECKING:
    from cmlint.bundle.cluster import Answer, Cluster

Status = Literal["found", "missing", "wrong-namespace", "unknown", "external", "placeholder"]


class Resolution(msgspec.Struct, frozen=True, dict=True):
    """What a reference leads to.

    `definitions` are the equally near providers that it can mean (`found`), or those in other namespaces
    (`wrong-namespace`). `near` are providers with a name that was probably meant, which is the `only` one or the
    nearest of several. `why` says in words why nothing is known (`unknown`). A reference that is `missing` is proven to
    lead nowhere, `looked_up` where a cluster shows it. Definitions that are not `sure` say not all: they stand in
    another branch of the tree, and something else around the reference may bring in others of the same name, or several
    hands add keys to the object.
    """

    status: Status
    definitions: tuple[Definition, ...] = ()
    near: tuple[Definition, ...] = ()
    why: str = ""
    sure: bool = True
    looked_up: bool = False
    only: bool = False

    @cached_property
    def open(self) -> bool:
        """Whether keys may exist that no definition shows."""
        return self.status != "found" or not self.sure or any(map(is_open, self.definitions))

    @property
    def command(self) -> Definition | None:
        """The command that creates the object, where no manifest defines it."""
        created = self.definitions and self.definitions[0].provider.kind == COMMAND
        return self.definitions[0] if created else None

    def lacking(self, key: str) -> tuple[Definition, ...]:
        """The definitions that surely lack a key."""
        if not self.sure:
            return ()
        return tuple(d for d in self.definitions if key_of(d, key) is None and not is_open(d))

    def keys(self, name: str) -> tuple[tuple[Definition, Key], ...]:
        """Where a key is defined, in each definition that has it."""
        found = ((definition, key_of(definition, name)) for definition in self.definitions)
        return tuple((definition, key) for definition, key in found if key is not None)


def is_open(definition: Definition) -> bool:
    """Whether an object may have other keys; a key with a placeholder is any (`${PREFIX}_URL`, as Flux fills it in)."""
    if definition.provider.open or definition.placed.number == LIVE:
        return definition.provider.open
    return any(is_placeholder(key.name) for key in definition.provider.keys)


def key_of(definition: Definition, name: str) -> Key | None:
    """A definition's key of this name; where it is written twice, the last, as Kubernetes would have it."""
    for key in reversed(definition.provider.keys):
        if key.name == name:
            return key
    return None


def stand_together(definitions: Sequence[Definition], placed: Placed) -> bool:
    """Whether one of several definitions lies in a document's folder, above or below it, and so is meant for it."""
    here = placed.directory
    folders = {definition.placed.directory for definition in definitions}
    return any(folder == here or folder in folders_above(here) or here in folders_above(folder) for folder in folders)


class Resolver:
    """Resolves the references of one bundle; `external` are patterns `[Kind/]name` of what is made elsewhere.

    `others`, `unbuilt` and `supply` are the bundle's; `siblings` are the indexes of bundles that go to the same
    cluster, each with whether all of both goes to one namespace. `clusters` are looked into for what is not here.
    """

    def __init__(
        self,
        index: Index,
        around: Surroundings,
        external: tuple[str, ...],
        strict: bool,
        others: Indexes | None = None,
        unbuilt: str = "",
        supply: Supply | None = None,
    ) -> None:
        self.index, self.around, self.external, self.strict = index, around, external, strict
        self.others = others
        self.unbuilt, self.supply = unbuilt, supply
        self.siblings: tuple[tuple[Index, bool], ...] = ()
        self.clusters: tuple[Cluster, ...] = ()
        self.known: dict[tuple[str, str, tuple[str, ...], str | None, str], Resolution] = {}
        self.asked: dict[tuple[int, int], tuple[Reference, Resolution]] = {}

    def resolve(self, reference: Reference, placed: Placed) -> Resolution:
        """What a reference of this document leads to; as every rule asks, the answer is kept, with the question."""
        key = id(reference), placed.number
        found = self.asked.get(key)
        if found is None:
            found = self.asked[key] = reference, self.resolve_anew(reference, placed)
        return found[1]

    def resolve_anew(self, reference: Reference, placed: Placed) -> Resolution:
        """The same for a reference that was not asked for, but that may name the same as another."""
        namespace = reference.namespace.value if reference.namespace else placed.namespace
        keys = tuple(key.value for key in reference.keys) if self.around.lying else ()
        key = (reference.target, reference.name.value, keys, namespace, placed.path)
        if reference.via == "field":
            return self.look_up(reference, namespace, placed)
        if key not in self.known:
            self.known[key] = self.look_up(reference, namespace, placed)
        return self.known[key]

    def look_up(self, reference: Reference, namespace: str | None, placed: Placed) -> Resolution:
        """The same, without what is known already."""
        name = reference.name.value
        if is_placeholder(name):
            return Resolution("placeholder")
        if self.unbuilt:
            return Resolution("unknown", why=self.unbuilt)
        meeting = self.index.meeting(reference.target, name, namespace)
        here = meeting.definitions
        if created := self.created(reference, namespace, placed, here):
            return created
        if here:
            found = meeting.nearest(placed)
            beside = distance(found[0], placed)[1]
            why = self.around.why_unknown(placed) or self.elsewhere(reference, namespace, placed) if beside else None
            why = why or self.made_anew(found, reference, placed)
            sure = why is None and not meeting.shared and not self.have_readers(found, reference, placed)
            return Resolution("found", found, why=why or "", sure=sure)
        answers = [cluster.ask(reference, namespace) for cluster in self.clusters]
        if live := tuple(definition for answer in answers for definition in answer.found):
            return Resolution("found", live, sure=all(answer.sure for answer in answers))
        if is_well_known(reference.target, name) or self.is_external(reference):
            return Resolution("external")
        if near := self.standing(reference, namespace):
            return Resolution("found", nearest_definitions(near, placed), sure=not shared(near))
        if why := self.elsewhere(reference, namespace, placed):
            return Resolution("unknown", why=why)
        if why := next((answer.why for answer in answers if answer.why), ""):
            return Resolution("unknown", why=why)
        if apart := self.index.named(reference.target, name) or self.unlinked(reference, namespace):
            why = "" if self.strict or stand_together(apart, placed) else self.around.why_unknown(placed)
            if why:
                return Resolution("unknown", why=why)
            return Resolution("wrong-namespace", nearest_definitions(apart, placed))
        if answers:
            return self.look_up_live(reference, namespace, placed, answers)
        return self.absent(reference, namespace, placed)

    def made_anew(self, found: tuple[Definition, ...], reference: Reference, placed: Placed) -> str | None:
        """What shows that an object is made anew, of files: one that is called like a key which no definition has.

        `kubectl create --from-file` names each key by its file. A key that a definition has nearly is misspelt instead.
        """
        if self.strict:
            return None
        defined = {key.name for definition in found for key in definition.provider.keys}
        lacking = (key.value for key in reference.keys if key.value not in defined and not nearest(key.value, defined))
        path = next((path for key in lacking if (path := self.around.file_for(key, placed))), None)
        return f"it may be made anew of files like {path}" if path else None

    def have_readers(self, found: tuple[Definition, ...], reference: Reference, placed: Placed) -> bool:
        """Whether one of several definitions in other branches is read there, and so is meant for that branch."""
        if len(found) == 1 or not distance(found[0], placed)[1]:
            return False
        folders = {definition.placed.directory for definition in found}
        readers = (other for folder in folders for other in self.index.by_folder[folder] if other is not placed)
        name = reference.name.value
        return any(read.name.value == name for other in readers for read in references_of(other))

    def standing(self, reference: Reference, namespace: str | None) -> list[Definition]:
        """What others bring to the same place; where each object names its own namespace, it must be the same."""
        return [
            definition
            for index, together in self.siblings
            for definition in index.named(reference.target, reference.name.value)
            if definition.provider.everywhere
            or (meets(namespace, definition.namespace) if together else namespace and namespace == definition.namespace)
        ]

    def unlinked(self, reference: Reference, namespace: str | None) -> list[Definition]:
        """What a kustomization builds under a name with a prefix, suffix or hash that the reference has not been given.

        kustomize gives it to every reference but those from another namespace
        (`api/filters/nameref/nameref.go` in kubernetes-sigs/kustomize), so the object stands in another one.
        """
        if not self.index.whole:
            return []
        built = (d for name in self.index.names(reference.target) for d in self.index.named(reference.target, name))
        return [
            definition
            for definition in built
            if definition.spelled == reference.name.value and not meets(namespace, definition.namespace)
        ]

    def created(
        self, reference: Reference, namespace: str | None, placed: Placed, here: list[Definition]
    ) -> Resolution | None:
        """What commands create under exactly this name, unless the definitions `here` come first.

        Those that stand in another branch of the tree give way to a nearer command. Commands that make different keys
        may be alternatives or steps, and one for another part of the tree may be about another object: none is sure.
        """
        commands = self.index.created(reference.target, reference.name.value)
        if not commands:
            return None
        found = sorted((d for d in commands if meets(namespace, d.namespace)), key=lambda d: distance(d, placed))
        if not found:
            return None
        if here:
            up, beside, _ = min(distance(definition, placed) for definition in here)
            if not beside or up <= distance(found[0], placed)[0]:
                return None
        serving = [definition for definition in found if self.index.serves(definition, placed)]
        alike = len({frozenset(key.name for key in d.provider.keys) for d in serving}) == 1
        return Resolution("found", tuple(serving or found), sure=alike)

    def elsewhere(self, reference: Reference, namespace: str | None, placed: Placed) -> str | None:
        """Where another bundle of the run defines a name that this one lacks, in words.

        Kustomizations of one repository are often applied to one namespace, each with a part of what runs there, and
        the files do not say which of them go together: a name that another one defines proves nothing. But one that
        has the same object itself is an alternative (another overlay of one base), and never applied together with it.
        """
        if self.strict:
            return None
        name = reference.name.value
        for index in self.others.that_have(reference.target, name) if self.others else ():
            alternative = index.whole and self.index.whole and placed.identity in index.objects
            if index is not self.index and not alternative:
                for found in index.named(reference.target, name):
                    if found.provider.everywhere or meets(namespace, found.namespace):
                        return f"it is defined in {found.placed.path}, which may be applied together with this"
        return None

    def absent(self, reference: Reference, namespace: str | None, placed: Placed) -> Resolution:
        """A name that nothing defines: proven missing, or not to be known from the files."""
        near, only = self.near(reference, namespace, placed)
        perhaps = self.index.perhaps_created(reference.target, reference.name.value)
        maybe = [d for d in perhaps if meets(namespace, d.namespace) and self.index.serves(d, placed)]
        if not near and any(definition.provider.name.value != "*" for definition in maybe):
            return Resolution("found", tuple(maybe), sure=False)
        made = self.index.names(reference.target) if self.supply else ()
        supplied = self.supply.why(reference.target, reference.name.value, made) if self.supply else None
        why = supplied or self.around.why_unknown(placed)
        if not why and (maybe := maybe or self.index.created(reference.target, reference.name.value)):
            why = f"a command in {maybe[0].placed.path} may create it"
        if not why and (shown := self.index.examples.get((reference.target, reference.name.value))):
            why = f"{shown.placed.path} shows it, for whoever makes it"
        if not why and self.index.whole and (told := self.index.told(reference.name.value, placed)):
            why = f"{told.document.kind} in {told.path} is told its name, and may make it"
        if not why and is_reused(placed.document.api_version, placed.document.kind):
            why = f"{placed.document.kind} runs where others say, with what is there"
        if not why and not placed.built:
            why = self.around.why_made_by_hand(reference.name.value, placed)
        if not why and (again := self.index.repeated.get(placed.directory)):
            many = f"the {again.described} is described in several files of its folder"
            why = f"{many}: they are applied one by one, and more between them"
        if not why and (unfilled := self.unfilled(reference, namespace)):
            why = f"`{unfilled.provider.name.value}` in {unfilled.placed.path} may become it"
        if reference.via == "field" and not why:
            why = f"{placed.document.kind} may make it itself"
        if self.strict or near or not why:
            return Resolution("missing", near=near, why=why or "", only=only)
        return Resolution("unknown", why=why)

    def unfilled(self, reference: Reference, namespace: str | None) -> Definition | None:
        """An object that has the name once something has been put into its own."""
        name = reference.name.value
        unfilled = (own for own in self.index.unfilled if may_become(own, name))
        found = (d for own in unfilled for d in self.index.named(reference.target, own))
        return next((definition for definition in found if meets(namespace, definition.namespace)), None)

    def look_up_live(
        self, reference: Reference, namespace: str | None, placed: Placed, answers: Sequence[Answer]
    ) -> Resolution:
        """A name that neither the bundle nor any cluster has."""
        elsewhere = tuple(definition for answer in answers for definition in answer.elsewhere)
        if elsewhere and namespace:
            return Resolution("wrong-namespace", elsewhere, looked_up=True)
        near, only = self.near(reference, namespace, placed)
        live = tuple(definition for answer in answers for definition in answer.near)
        return Resolution("missing", near=near or live, looked_up=True, only=only and bool(near))

    def near(self, reference: Reference, namespace: str | None, placed: Placed) -> tuple[tuple[Definition, ...], bool]:
        """Providers of the name that was probably meant, and whether no other name is near."""
        nearby, spelled = self.index.nearby(reference.target)
        reachable: dict[str, list[Definition]] = {}
        for name in nearby.around(reference.name.value):
            if found := [definition for definition in spelled[name] if meets(namespace, definition.namespace)]:
                reachable[name] = found
        meant = nearest(reference.name.value, reachable)
        if meant is None:
            return (), False
        return nearest_definitions(reachable[meant], placed), only_near(reference.name.value, reachable) is not None

    def is_external(self, reference: Reference) -> bool:
        """Whether the configuration says that this name is made elsewhere."""
        full = f"{reference.target}/{reference.name.value}".lower()
        return any(
            fnmatchcase(
                full if "/" in pattern else reference.name.value, pattern.lower() if "/" in pattern else pattern
            )
            for pattern in self.external
        )
