"""The reasons for which a name that nothing defines is not reported, in the order in which they are asked.

A new reason is one function here, its place in a table below, its code in `cmlint.model.evidence`, and a case in
`tests/test_evidence.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cmlint.bundle.evidence.question import Question
from cmlint.bundle.nearest import meets
from cmlint.knowledge.controllers import is_reused, must_exist, only_reads
from cmlint.knowledge.placeholders import may_become
from cmlint.kube.near import nearest
from cmlint.model.evidence import Evidence

Reason = Callable[[Question], "Evidence | None"]


def first(reasons: Iterable[Reason], question: Question) -> Evidence | None:
    """What the first of several reasons shows that counts."""
    found = (evidence for reason in reasons if (evidence := reason(question)))
    return next((evidence for evidence in found if question.heeds(evidence.code)), None)


def supplied(question: Question) -> Evidence | None:
    """The chart's values name the object, another release or other values make it, or an overlay elsewhere adds it."""
    scope = question.scope
    if scope.supply is None:
        return None
    made = scope.index.names(question.target)
    return scope.supply.evidence(question.target, question.name, question.namespace, made)


def maker_around(question: Question) -> Evidence | None:
    """Something around the document is not read, or is a custom resource whose controller may make objects."""
    return question.scope.around.maker(question.placed, question.ways.ignored)


def maker_of_name(question: Question) -> Evidence | None:
    """The same, where a chart counts only if it may make an object of this name."""
    return question.scope.around.maker(question.placed, question.ways.ignored, question.name)


def secrets_apart(question: Question) -> Evidence | None:
    """The files show no other Secret that pods of the namespace read, so this one may be kept elsewhere as well.

    Its definitions are for other namespaces, where they are read.
    """
    index = question.scope.index
    if question.target != "Secret" or question.ways.wants_secrets or not question.namespace:
        return None
    read = index.needed_secrets.get(question.namespace, {})
    other = next((name for name in read if name != question.name), None)
    shown = any(name != question.name for name in index.shown_secrets.get(question.namespace, ()))
    if not other or shown or not all(map(index.is_read_beside, index.named("Secret", question.name))):
        return None
    reader = read[other]
    sentence = f"pods of `{question.namespace}` also read `{other}`, which nothing here defines"
    return Evidence("secret-elsewhere", sentence, reader.path, reader.document.head)


def created_for_others(question: Question) -> Evidence | None:
    """A command in a script, a CI file or a document may create the object, with the keys that are read."""
    found = next(filter(question.may_read, (*question.perhaps_created, *question.created)), None)
    if not found:
        return None
    path, span = found.placed.written(found.provider.span)
    return Evidence("command", f"a command in {path} may create it", path, span)


def shown_in_document(question: Question) -> Evidence | None:
    """A README, a comment or another text shows an object of this name to its reader."""
    found = question.scope.index.examples.get((question.target, question.name))
    if not found:
        return None
    path = found.placed.path
    beside = path == question.placed.path and found.provider.name == question.reference.name
    sentence = "the comment beside it leaves it to the reader" if beside else f"{path} shows how to create it"
    return Evidence("shown-in-document", sentence, path, found.provider.span)


def passed_to_program(question: Question) -> Evidence | None:
    """In a kustomization, another container gets the name in its arguments or environment, and may make the object."""
    index = question.scope.index
    program = index.passed_to(question.name, question.placed) if index.is_built else None
    if not program:
        return None
    sentence = f"{program.document.kind} in {program.path} receives the name, and may create the object"
    return Evidence("passed-to-program", sentence, program.path, program.document.head)


def reused_workload(question: Question) -> Evidence | None:
    """The containers run in somebody else's namespace, with the objects there (a Tekton Task), or ran in a cluster."""
    document = question.placed.document
    if document.exported:
        return Evidence("reused-workload", f"this is a copy of a {document.kind} in a cluster, with the objects there")
    if not is_reused(document.api_version, document.kind):
        return None
    return Evidence("reused-workload", f"{document.kind} runs in a namespace of its user, with the objects there")


def made_from_file(question: Question) -> Evidence | None:
    """A file from which people make such an object by hand is beside the document."""
    if question.placed.built:
        return None
    path = question.scope.around.source_of(question.target, question.name, question.placed)
    return Evidence("made-from-file", f"it may be created from files like {path}", path) if path else None


def applied_in_steps(question: Question) -> Evidence | None:
    """Several files of the folder describe the reader, so they are applied one by one and more is made between them."""
    placed = question.placed
    others = question.scope.index.described_again.get((placed.directory, *placed.identity), ())
    again = next((other for other in others if other.path != placed.path), None)
    if not again:
        return None
    sentence = f"{again.path} also describes the {again.described}: a step between the two may create it"
    return Evidence("applied-in-steps", sentence, again.path, again.document.head)


def placeholder_name(question: Question) -> Evidence | None:
    """The name of an object holds a placeholder and may become this one."""
    index = question.scope.index
    names = (name for name in index.unfilled if may_become(name, question.name))
    found = (each for name in names for each in index.named(question.target, name))
    definition = next((each for each in found if meets(question.namespace, each.namespace)), None)
    if not definition:
        return None
    path = definition.placed.path
    sentence = f"`{definition.provider.name.value}` in {path} may become this name"
    return Evidence("placeholder-name", sentence, path, definition.provider.name.span)


def own_field(question: Question) -> Evidence | None:
    """The reference is a field of a custom resource whose controller may make the object itself."""
    document = question.placed.document
    if not question.excuses_field or must_exist(document.api_version, question.reference.path):
        return None
    reads = only_reads(document.api_version, document.kind)
    does = "reads it, and it may be created elsewhere" if reads else "may create it"
    return Evidence("own-field", f"{document.kind} {does}")


def defined_elsewhere(question: Question) -> Evidence | None:
    """Another bundle of the run defines the name and may be applied together with this one.

    Kustomizations of one repository are often applied to one namespace, each with a part of what runs there, and the
    files do not say which of them go together. A file that no kustomization names may be applied in any way, so that a
    name to which kustomize adds a hash counts for it. For what is built it counts if nothing in its own build reads the
    object: then another kustomization, which is not here, lays the two over each other. One that has the same document
    is an alternative, such as another overlay of one base, and is never applied together with it; neither is a folder
    of files that describes the reader.
    """
    scope = question.scope
    if question.ways.strict or not scope.others:
        return None
    named = [
        (index, found)
        for index in scope.others.that_have(question.target, question.name)
        for found in index.named(question.target, question.name)
    ]
    spelled = scope.others.nearby(question.target)[1].get(question.name, [])
    named += [(index, found) for index, found in spelled if not question.placed.built or index.is_for_others(found)]
    for index, found in named:
        if index is scope.index or question.is_alternative(index) or question.is_beside_copy(found, index):
            continue
        if found.provider.everywhere or meets(question.namespace, found.namespace):
            path = found.placed.path
            sentence = f"it is defined in {path}, which may be applied together with this"
            return Evidence("defined-elsewhere", sentence, path, found.provider.name.span)
    return None


def cluster_not_read(question: Question) -> Evidence | None:
    """A cluster or snapshot that was asked does not show the namespace or the kind."""
    why = next((answer.why for answer in question.answers if answer.why), "")
    return Evidence("cluster-not-read", why) if why else None


def remade_from_file(question: Question) -> Evidence | None:
    """A file is named like a key that the definition lacks, so the object is probably made again from files.

    `kubectl create --from-file` names each key after its file. A key that a definition nearly has is misspelt instead.
    """
    scope = question.scope
    if question.ways.strict:
        return None
    defined = {key.name for each in question.meeting.nearest(question.placed) for key in each.provider.keys}
    keys = (key.value for key in question.reference.keys)
    lacking = (key for key in keys if key not in defined and not nearest(key, defined))
    path = next((path for key in lacking if (path := scope.around.file_for(key, question.placed))), None)
    return Evidence("remade-from-file", f"it may be created again from files like {path}", path) if path else None


ELSEWHERE: tuple[Reason, ...] = (defined_elsewhere, cluster_not_read)
"""For a name that the bundle does not define, before other namespaces are looked at."""

BESIDE: tuple[Reason, ...] = (maker_around, defined_elsewhere)
"""For a definition in another branch of the tree, which proves no key missing while one of these holds."""

REMADE: tuple[Reason, ...] = (remade_from_file,)
"""For a definition that lacks a key."""

APART: tuple[Reason, ...] = (secrets_apart,)
"""For a name that is defined for other namespaces only."""

ABSENT: tuple[Reason, ...] = (
    supplied,
    maker_of_name,
    created_for_others,
    shown_in_document,
    passed_to_program,
    reused_workload,
    made_from_file,
    applied_in_steps,
    placeholder_name,
    own_field,
)
"""For a name that nothing at all defines."""
