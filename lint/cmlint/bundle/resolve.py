"""From a reference to the providers that it can mean, nearest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Literal

import msgspec

from cmlint.bundle import causes
from cmlint.bundle.causes import FOUND, NOT_LISTED, Cause, first_cause
from cmlint.bundle.documents import LIVE, Definition, Placed, folders_above, references_of
from cmlint.bundle.evidence.question import Question, Scope
from cmlint.bundle.evidence.reasons import ABSENT, APART, BESIDE, ELSEWHERE, REMADE, first, maker_around
from cmlint.bundle.nearest import distance, meets, nearest_definitions, shared
from cmlint.knowledge.controllers import must_exist, only_reads
from cmlint.knowledge.placeholders import has_word, is_placeholder, is_unfilled
from cmlint.knowledge.platform import ADDED_KEYS, is_well_known
from cmlint.kube.near import is_slip
from cmlint.model.evidence import Evidence
from cmlint.model.facts import COMMAND, Document, Key, Reference

MOST = 30
"""The most definitions of one name that are looked at for a reference. If there are more, none of them is sure."""

REMEMBERED = 20_000
"""Of how many references the answers are held in memory."""

Status = Literal["found", "missing", "wrong-namespace", "unknown", "external", "placeholder"]


class Resolution(msgspec.Struct, frozen=True, dict=True):
    """What a reference leads to.

    `definitions` are the equally near providers that it can mean (`found`), or those in other namespaces
    (`wrong-namespace`). `near` are providers with a name that was probably meant, which is the `only` one or the
    nearest of several. `evidence` says why nothing is known (`unknown`), who makes it (`external`, a command), or why
    the definitions are not sure. A reference that is `missing` is proven to lead nowhere, `looked_up` where a cluster
    shows it; `cause` is why an object that is written down is not there. Definitions that are `apart` are never applied
    together. `created` are those that commands make, that manifests describe besides commands, or that a file to be
    copied shows; their keys count as well. Definitions that are not `sure` may not be all: they are in another branch
    of the tree and something around the reference may bring in others of the same name, or several manifests add keys
    to the object.
    """

    status: Status
    definitions: tuple[Definition, ...] = ()
    near: tuple[Definition, ...] = ()
    evidence: Evidence | None = None
    sure: bool = True
    looked_up: bool = False
    only: bool = False
    cause: Cause | None = None
    apart: bool = False
    created: tuple[Definition, ...] = ()

    @cached_property
    def open(self) -> bool:
        """Whether keys may exist that no definition shows."""
        if self.status != "found" or not self.sure or any(self.opened):
            return True
        return any(is_open(each) or keys_of(each) - keys_of(self.definitions[0]) for each in self.created)

    @property
    def shown(self) -> bool:
        """Whether more than the absence of a definition says that the name is missing."""
        return bool(self.near or self.looked_up or self.cause)

    @property
    def bare(self) -> bool:
        """Whether nothing else does."""
        return self.status == "missing" and not self.shown

    def is_needed_by(self, document: Document, reference: Reference) -> bool:
        """Whether a custom resource surely means an object that is not there, and does not make it itself.

        It reads the object before it does anything, kustomize has renamed the object, or the kind makes nothing and
        either the name is spelled almost like another or the file with the object is not in the kustomization.
        """
        code = self.cause.code if self.cause else ""
        shown = bool(self.near) or code == "not-listed"
        read = shown and only_reads(document.api_version, document.kind)
        return code == "renamed" or read or must_exist(document.api_version, reference.path)

    @property
    def why(self) -> str:
        """The evidence in words; empty without any."""
        return self.evidence.sentence if self.evidence else ""

    @property
    def command(self) -> Definition | None:
        """The command that creates the object, where no manifest defines it."""
        created = self.definitions and self.definitions[0].provider.kind == COMMAND
        return self.definitions[0] if created else None

    def lacking(self, key: str) -> tuple[Definition, ...]:
        """The definitions that surely lack a key.

        What commands make of files may have any keys, but hardly ever one that is spelled almost like another.
        """
        if not self.sure or any(key_of(each, key) for each in self.created) or self.is_added(key):
            return ()
        if any(map(is_open, self.created)) and not self.is_slip(key):
            return ()
        known = zip(self.definitions, self.by_name, self.opened, strict=True)
        found = tuple(definition for definition, keys, opened in known if key not in keys and not opened)
        return () if self.apart and len(found) < len(self.definitions) else found

    def is_added(self, key: str) -> bool:
        """Whether the platform adds a key to one of the definitions."""
        made = ((each.provider.target, each.namespace, each.provider.name.value) for each in self.definitions)
        return any(key in ADDED_KEYS.get(each, ()) for each in made)

    def is_slip(self, key: str) -> bool:
        """Whether a key is spelled almost like one that a manifest has."""
        return any(is_slip(key, known) for keys in self.by_name for known in keys)

    def keys(self, name: str) -> tuple[tuple[Definition, Key], ...]:
        """Where a key is defined, in each definition that has it."""
        known = zip(self.definitions, self.by_name, strict=True)
        return tuple((definition, keys[name]) for definition, keys in known if name in keys)

    @cached_property
    def by_name(self) -> tuple[dict[str, Key], ...]:
        """The keys of each definition by their names; of one that is written twice the last, as Kubernetes has it."""
        return tuple({key.name: key for key in definition.provider.keys} for definition in self.definitions)

    @cached_property
    def opened(self) -> tuple[bool, ...]:
        """Whether each definition may have other keys."""
        return tuple(map(is_open, self.definitions))


def is_open(definition: Definition) -> bool:
    """Whether an object may have other keys; a key with a placeholder is any (`${PREFIX}_URL`, as Flux fills it in)."""
    if definition.provider.open or definition.placed.number == LIVE:
        return definition.provider.open
    return any(is_placeholder(key.name) for key in definition.provider.keys)


def keys_of(definition: Definition) -> set[str]:
    """The names of a definition's keys."""
    return {key.name for key in definition.provider.keys}


def key_of(definition: Definition, name: str) -> Key | None:
    """A definition's key of this name; where it is written twice, the last, as Kubernetes would have it."""
    for key in reversed(definition.provider.keys):
        if key.name == name:
            return key
    return None


class Resolver:
    """Resolves the references of one bundle in its scope, each question once."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.known: dict[tuple[object, ...], Resolution] = {}
        self.asked: dict[tuple[int, int], tuple[Reference, Resolution]] = {}

    def resolve(self, reference: Reference, placed: Placed) -> Resolution:
        """What a reference of this document leads to; as every rule asks, the answer is kept, with the question."""
        key = id(reference), placed.number
        found = self.asked.get(key)
        if found is None:
            if len(self.asked) >= REMEMBERED:
                self.asked.clear()
            found = self.asked[key] = reference, self.resolve_anew(reference, placed)
        return found[1]

    def resolve_anew(self, reference: Reference, placed: Placed) -> Resolution:
        """The same for a reference that was not asked for, but that may name the same as another of the document."""
        question = self.question(reference, placed)
        if reference.via == "field":
            return answer(question)
        keys = tuple(key.value for key in reference.keys) if self.scope.shows_keys else ()
        key = (reference.target, reference.name.value, keys, question.namespace, placed.number, question.ways)
        if key not in self.known:
            if len(self.known) >= REMEMBERED:
                self.known.clear()
            self.known[key] = answer(question)
        return self.known[key]

    def question(self, reference: Reference, placed: Placed) -> Question:
        """What is asked for a reference of a document."""
        return Question(reference, placed.namespace_of(reference), placed, self.scope)


def answer(question: Question) -> Resolution:
    """What the first step that knows anything says; the last one always does."""
    return next(resolution for step in STEPS if (resolution := step(question)))


def placeholder(question: Question) -> Resolution | None:
    """A name into which something still has to be filled."""
    unfilled = is_unfilled(question.name) or has_word(question.name, question.scope.replaced)
    if not unfilled or not question.heeds("placeholder"):
        return None
    return Resolution("placeholder", evidence=Evidence("placeholder", "its name has a placeholder"))


def not_built(question: Question) -> Resolution | None:
    """In a bundle that could not be built, only a name that it defines once, and that nothing changes, is known."""
    why = question.scope.unbuilt
    if not why:
        return None
    certain = question.scope.complete and question.scope.supply is None
    found = question.meeting.definitions if certain else ()
    if len(found) == 1:
        return Resolution("found", tuple(found))
    return Resolution("unknown", evidence=Evidence("not-built", why))


def created_by_command(question: Question) -> Resolution | None:
    """What commands create under exactly this name, unless definitions in the bundle are nearer.

    Definitions in another branch of the tree give way to a nearer command. Commands that make different keys may be
    alternatives or steps, and one for another part of the tree may be about another object: none of them is sure.
    """
    index, placed = question.scope.index, question.placed
    found = [each for each in question.created if meets(question.namespace, each.namespace)]
    here = question.meeting.definitions
    if not found or (not here and question.unread_in_build):
        return None
    found.sort(key=lambda each: distance(each, placed))
    if here:
        up, beside, _ = min(distance(definition, placed) for definition in here)
        if not beside or up <= distance(found[0], placed)[0]:
            return None
    serving = [each for each in found if index.serves(each, placed)]
    alike = len({frozenset(keys_of(each)) for each in serving}) == 1
    commands, manifests = tuple(serving or found), (*question.meeting.definitions, *question.meeting_elsewhere)
    return Resolution("found", commands, evidence=by_command(commands[0]), sure=alike, created=manifests)


def by_command(definition: Definition) -> Evidence:
    """The evidence of a command that creates the object."""
    path, span = definition.placed.written(definition.provider.name.span)
    return Evidence("command", f"a command in {path} creates it", path, span)


def defined_here(question: Question) -> Resolution | None:
    """What the bundle defines; in another branch of the tree it is not sure while something else may bring in more."""
    meeting, placed = question.meeting, question.placed
    if not meeting.definitions:
        return None
    nearest = meeting.nearest(placed)
    found = nearest[:MOST]
    beside = distance(found[0], placed)[1]
    evidence = (first(BESIDE, question) if beside else None) or first(REMADE, question)
    sure = evidence is None and not meeting.shared and len(nearest) <= MOST and not have_readers(found, question)
    commands = tuple(question.commands)
    if sure and not commands and (cause := first_cause(FOUND, question, found)):
        return Resolution("missing", cause=cause)
    apart = len(found) > 1 and (not question.scope.index.is_built or len({each.namespace for each in found}) > 1)
    created = (*commands, *question.to_be_copied)
    return Resolution("found", found, evidence=evidence, sure=sure, apart=apart, created=created)


def renamed_together(question: Question) -> Resolution | None:
    """What kustomize renames, and the reference with it, once Flux has set one namespace for both.

    The namespaces in the files differ, so kustomize renames the object alone as long as nobody sets another one
    (`api/filters/nameref/nameref.go` in kubernetes-sigs/kustomize, `kustomize/kustomize_generator.go` in fluxcd/pkg).
    """
    reference, placed, scope = question.reference, question.placed, question.scope
    if not scope.moved or not placed.built:
        return None
    is_known = reference.via != "field" and any(pod.exact for pod in placed.document.pods)
    if not is_known and not placed.built.renames(question.target, placed.document.kind, reference.path):
        return None
    found = scope.index.nearby(question.target)[1].get(question.name, [])
    return Resolution("found", tuple(found)) if len(found) == 1 else None


def in_cluster(question: Question) -> Resolution | None:
    """What a cluster or snapshot has."""
    live = tuple(definition for each in question.answers for definition in each.found)
    return Resolution("found", live, sure=all(each.sure for each in question.answers)) if live else None


def made_by_platform(question: Question) -> Resolution | None:
    """What Kubernetes or its distribution makes, and what the configuration calls external."""
    if is_well_known(question.target, question.name) and question.heeds("well-known"):
        return Resolution("external", evidence=Evidence("well-known", "Kubernetes or its distribution makes it"))
    if is_external(question) and question.heeds("external"):
        return Resolution("external", evidence=Evidence("external", "the setting `external` names it"))
    return None


def in_siblings(question: Question) -> Resolution | None:
    """What other bundles bring to the same place."""
    found = brought(question)
    return Resolution("found", nearest_definitions(found, question.placed), sure=not shared(found)) if found else None


def not_listed(question: Question) -> Resolution | None:
    """A ConfigMap that is beside the reader, and that its kustomization leaves out."""
    cause = first_cause(NOT_LISTED, question)
    return Resolution("missing", cause=cause) if cause else None


def perhaps_elsewhere(question: Question) -> Resolution | None:
    """A name that another bundle or a cluster that was not read may have."""
    evidence = first(ELSEWHERE, question)
    return Resolution("unknown", evidence=evidence) if evidence else None


def in_other_namespace(question: Question) -> Resolution | None:
    """What the bundle defines for other namespaces only."""
    scope, placed = question.scope, question.placed
    apart = scope.index.named(question.target, question.name) or unlinked(question)
    if not apart:
        return None
    sure = question.ways.strict or share_a_branch(apart, placed)
    if evidence := (None if sure else maker_around(question)) or first(APART, question):
        return Resolution("unknown", evidence=evidence)
    return Resolution("wrong-namespace", nearest_definitions(apart[:MOST], placed))


def absent_from_cluster(question: Question) -> Resolution | None:
    """A name that neither the bundle nor any cluster has."""
    if not question.answers:
        return None
    elsewhere = tuple(definition for each in question.answers for definition in each.elsewhere)
    if elsewhere and question.namespace:
        return Resolution("wrong-namespace", elsewhere, looked_up=True)
    near = question.near
    live = tuple(definition for each in question.answers for definition in each.near)
    return Resolution("missing", near=near.definitions or live, looked_up=True, only=near.only)


def perhaps_created(question: Question) -> Resolution | None:
    """What a command creates under a name of which it leaves a part open."""
    found = question.perhaps_created
    named = any(definition.provider.name.value != "*" for definition in found)
    if not named or question.near.definitions:
        return None
    return Resolution("found", tuple(found), evidence=by_command(found[0]), sure=False)


def absent(question: Question) -> Resolution:
    """A name that nothing defines: missing, unless something shows that it may be made.

    A near name comes before such evidence, for it is hardly ever one that was meant to differ. An object that nothing
    reads, and that has what is read, comes before it as well.
    """
    if cause := first_cause(causes.ABSENT, question):
        return Resolution("missing", cause=cause)
    evidence, near = first(ABSENT, question), question.near
    if question.ways.strict or near.definitions:
        return Resolution("missing", near=near.definitions, evidence=evidence, only=near.only)
    if unread := question.unread or question.unread_in_its_file or question.unread_in_build:
        return Resolution("missing", near=unread, evidence=evidence, only=True)
    if evidence:
        return Resolution("unknown", evidence=evidence)
    return Resolution("missing", near=question.far, only=True) if question.far else Resolution("missing")


STEPS: tuple[Callable[[Question], Resolution | None], ...] = (
    placeholder,
    not_built,
    created_by_command,
    defined_here,
    renamed_together,
    in_cluster,
    made_by_platform,
    in_siblings,
    not_listed,
    perhaps_elsewhere,
    in_other_namespace,
    absent_from_cluster,
    perhaps_created,
    absent,
)
"""The steps of an answer. What the bundle itself says comes first, then clusters, then evidence."""


def share_a_branch(definitions: Sequence[Definition], placed: Placed) -> bool:
    """Whether one of several definitions is for a document, because it is in its folder, above or below it."""
    here = placed.directory
    folders = {definition.placed.directory for definition in definitions}
    return any(folder == here or folder in folders_above(here) or here in folders_above(folder) for folder in folders)


def have_readers(found: tuple[Definition, ...], question: Question) -> bool:
    """Whether one of several definitions in other branches is for that branch, because it is read there."""
    if len(found) == 1 or not distance(found[0], question.placed)[1]:
        return False
    folders = {definition.placed.directory for definition in found}
    by_folder = question.scope.index.by_folder
    readers = (other for folder in folders for other in by_folder[folder] if other is not question.placed)
    return any(read.name.value == question.name for other in readers for read in references_of(other))


def brought(question: Question) -> list[Definition]:
    """What siblings bring to the same place; where each object names its own namespace, it must be the same."""
    namespace = question.namespace
    return [
        definition
        for index, together in question.scope.siblings
        for definition in index.named(question.target, question.name)
        if definition.provider.everywhere
        or (meets(namespace, definition.namespace) if together else namespace and namespace == definition.namespace)
    ]


def unlinked(question: Question) -> list[Definition]:
    """What a kustomization builds under a name with a prefix, suffix or hash that the reference has not been given.

    kustomize gives it to every reference but those from another namespace
    (`api/filters/nameref/nameref.go` in kubernetes-sigs/kustomize), so the object is in another one.
    """
    index = question.scope.index
    if not index.is_built:
        return []
    built = (each for name in index.names(question.target) for each in index.named(question.target, name))
    return [
        definition
        for definition in built
        if definition.spelled == question.name and not meets(question.namespace, definition.namespace)
    ]


def is_external(question: Question) -> bool:
    """Whether the configuration says that this name is made elsewhere."""
    full = f"{question.target}/{question.name}".lower()
    return any(
        fnmatchcase(full, pattern.lower()) if "/" in pattern else fnmatchcase(question.name, pattern)
        for pattern in question.ways.external
    )
