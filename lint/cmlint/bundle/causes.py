"""Why an object that somebody has written down is missing all the same where it is read.

A new cause is one function here, its place in a table below, its code, the label in `NOT_THERE`, and the words in
`cmlint_rules.references.CAUSES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import msgspec

from cmlint.bundle.documents import Built, Definition, Placed
from cmlint.bundle.evidence.question import Question
from cmlint.bundle.nearest import meets
from cmlint.model.facts import Document, Hook

CauseCode = Literal["hook", "not-mounted", "not-listed", "renamed", "called-otherwise", "removed"]

NOT_THERE: dict[CauseCode, str] = {
    "hook": "applied later than the hook",
    "not-mounted": "made from this, while a pod mounts it",
    "not-listed": "defined here, in a file that the kustomization does not name",
    "renamed": "defined here; the name gets a hash, a prefix or a suffix",
    "called-otherwise": "the name of the Secret that is made",
    "removed": "removed by this change",
}
"""The label of the definition that does not serve the reference, by cause."""

EARLY = {"Helm": "pre-install", "Argo CD": "PreSync"}
"""The phase of each tool that comes before all objects that are not hooks."""


class Cause(msgspec.Struct, frozen=True):
    """A cause, and the definitions that do not serve the reference; of an object that is removed there are none."""

    code: CauseCode
    definitions: tuple[Definition, ...]


Reason = Callable[[Question, Sequence[Definition]], "Cause | None"]


def first_cause(reasons: Iterable[Reason], question: Question, found: Sequence[Definition] = ()) -> Cause | None:
    """What the first of several functions says of a question and the definitions that were found."""
    return next((cause for reason in reasons if (cause := reason(question, found))), None)


def applied_later(question: Question, found: Sequence[Definition]) -> Cause | None:
    """The reader is a hook that runs before everything else, and the object comes later.

    Helm runs hooks of one weight by kind, ConfigMaps and Secrets before all that runs containers, as Argo CD does in
    one wave (`pkg/action/hooks.go` and `pkg/release/v1/util/kind_sorter.go` in helm/helm).
    """
    placed = question.placed
    hook = early_hook(placed)
    if hook is None or any(is_in_another_folder(definition, placed) for definition in found):
        return None
    if any(comes_first(definition.placed.document.hook, hook) for definition in found):
        return None
    return Cause("hook", tuple(found))


def early_hook(placed: Placed) -> Hook | None:
    """The hook of a document that runs before all objects that are none; Helm's only in what helm renders."""
    hook = placed.document.hook
    if hook is None or EARLY[hook.tool] not in hook.phases:
        return None
    return hook if hook.tool == "Argo CD" or (placed.built and placed.built.rendered) else None


def comes_first(hook: Hook | None, reader: Hook) -> bool:
    """Whether a hook is applied before another one, which runs early."""
    if hook is None:
        return False
    return not {*EARLY.values()}.isdisjoint(hook.phases) and hook.weight <= reader.weight


def is_in_another_folder(definition: Definition, placed: Placed) -> bool:
    """Whether a definition is in another folder than the reader, so that another application may bring it."""
    return not placed.built and definition.placed.directory != placed.directory


def never_mounted(question: Question, found: Sequence[Definition]) -> Cause | None:
    """A SecretProviderClass would make the Secret, which happens only while a pod mounts it.

    https://secrets-store-csi-driver.sigs.k8s.io/topics/sync-as-kubernetes-secret
    """
    if any(definition.provider.kind != "SecretProviderClass" for definition in found):
        return None
    names = {name.value for definition in found if (name := definition.placed.document.name)}
    scope = question.scope
    indexes = (scope.index, *(scope.others.all if scope.others else ()))
    if any(not names.isdisjoint(index.mounted) for index in indexes) or scope.around.maker(
        question.placed, question.ways.ignored
    ):
        return None
    return None if scope.supply else Cause("not-mounted", tuple(found))


def not_listed(question: Question, found: Sequence[Definition]) -> Cause | None:
    """The object is in the folder of a kustomization that builds the reader, but in a file that none names.

    A file that the kustomization names, but cannot be built with, is none. What a base or a build lacks may well be
    a Secret. People leave Secrets out on purpose, unless all of them are to be in the files, but hardly ever what
    makes one, such as a SealedSecret, unless the kustomization still names it in a comment.
    """
    scope, placed = question.scope, question.placed
    if not placed.built or not scope.others:
        return None
    if question.target == "Secret" and scope.supply is not None:
        return None
    folders = scope.index.kustomized(placed)
    unlisted: list[Definition] = []
    for index in scope.others.that_have(question.target, question.name):
        if index is scope.index or question.is_alternative(index):
            continue
        named = [
            each
            for each in index.named(question.target, question.name)
            if meets(question.namespace, each.namespace) and not question.is_beside_copy(each, index)
        ]
        beside = [each for each in named if not each.placed.built and each.placed.directory in folders]
        if any(each.placed.path in placed.built.paths() for each in beside):
            return None
        if len(beside) < len(named):
            return None
        unlisted += (each for each in beside if each.provider.kind == "ConfigMap" or question.target == "Secret")
    if not question.ways.wants_secrets and any(is_kept_apart(each, placed.built) for each in unlisted):
        return None
    return Cause("not-listed", tuple(unlisted)) if unlisted else None


def is_kept_apart(definition: Definition, built: Built) -> bool:
    """Whether a Secret is left out on purpose: it is one itself, or what makes it is turned off by a comment."""
    if definition.provider.target != "Secret":
        return False
    return definition.provider.kind == "Secret" or definition.placed.path in built.turned_off()


def not_renamed(question: Question, found: Sequence[Definition]) -> Cause | None:
    """kustomize has given the object another name, and a custom resource still has the one that is written.

    It renames references only where it knows them
    (`api/internal/konfig/builtinpluginconsts/namereference.go` in kubernetes-sigs/kustomize).
    """
    nearby = question.scope.index.nearby(question.target)[1].get(question.name, [])
    renamed = [each for each in nearby if each.provider.name.value != question.name]
    fitting = tuple(each for each in renamed if meets(question.namespace, each.namespace))
    return Cause("renamed", fitting) if fitting and len(renamed) == len(nearby) else None


def called_otherwise(question: Question, found: Sequence[Definition]) -> Cause | None:
    """A custom resource has this name, or its template has, but the Secret that it makes has another one."""
    if question.target != "Secret":
        return None
    apart = tuple(
        Definition(item, provider)
        for item in question.scope.index.called_apart
        if names(item.document, question.name) and meets(question.namespace, item.namespace)
        for provider in item.document.providers
        if not provider.glob
    )
    return Cause("called-otherwise", apart) if apart else None


def just_removed(question: Question, found: Sequence[Definition]) -> Cause | None:
    """The change that is checked takes the object away, while this reference remains."""
    removed = f"{question.target}/{question.name}" in question.scope.removed
    return Cause("removed", ()) if removed and not question.created else None


def names(document: Document, name: str) -> bool:
    """Whether a custom resource has a name itself, or in its template."""
    own = document.name is not None and document.name.value == name
    return own or (document.kind == "SealedSecret" and name in document.mentions)


FOUND: tuple[Reason, ...] = (applied_later, never_mounted)
"""For an object that the bundle defines."""

NOT_LISTED: tuple[Reason, ...] = (not_listed,)
"""For one that another bundle defines."""

ABSENT: tuple[Reason, ...] = (not_renamed, called_otherwise, just_removed)
"""For one that nothing defines."""
