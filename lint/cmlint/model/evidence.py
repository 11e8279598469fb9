"""Why a reference is neither resolved nor reported: what the files show besides definitions."""

from __future__ import annotations

from typing import Literal, NamedTuple

from cmlint.model.facts import Span

Code = Literal[
    "not-built",
    "template",
    "kustomization",
    "chart",
    "encrypted",
    "unparsable",
    "custom-resource",
    "own-field",
    "base",
    "chart-values",
    "command",
    "shown-in-document",
    "passed-to-program",
    "reused-workload",
    "made-from-file",
    "remade-from-file",
    "applied-in-steps",
    "placeholder-name",
    "defined-elsewhere",
    "cluster-not-read",
    "secret-elsewhere",
    "placeholder",
    "well-known",
    "external",
    "open-object",
    "several-definitions",
    "optional",
    "not-mounted",
    "changed-when-applied",
    "part",
    "compared",
    "left-out",
    "rule-off",
]
"""The kinds of evidence."""

MEANINGS: dict[Code, str] = {
    "not-built": "A kustomization or chart is not built, or it is built without a part that may define the name.",
    "template": "A file around the document is a template that was not rendered.",
    "kustomization": "A kustomization around the document may make it, or does not name the file beside it.",
    "chart": "A Helm chart around the document, or a dependency that is not rendered, may make other objects.",
    "encrypted": "A file around the document is encrypted.",
    "unparsable": "A document around this one cannot be parsed.",
    "custom-resource": "A custom resource around the document has a controller that may make objects.",
    "own-field": "The reference is a field of a custom resource whose controller may make the object itself.",
    "base": "The kustomization is a base, and overlays in other repositories may add the object.",
    "chart-values": "The chart's values name the object, or another release or other values make it.",
    "command": "A command in a script, a CI file or a document may create the object.",
    "shown-in-document": "A README, a comment or another text shows an object of this name to its reader.",
    "passed-to-program": "Another container of the kustomization gets the name in its arguments or environment.",
    "reused-workload": "The containers run where others keep objects, or the document is a copy from a cluster.",
    "made-from-file": "A file from which people make such objects by hand is beside the document.",
    "remade-from-file": "A file is named like a key that the definition lacks, so it is probably made from files.",
    "applied-in-steps": "Several files of the folder describe the reader, so they are applied one by one.",
    "placeholder-name": "The name of an object holds a placeholder and may become this one.",
    "defined-elsewhere": "Another kustomization, chart or folder of the run defines the name.",
    "cluster-not-read": "The cluster or snapshot does not show the namespace or the kind.",
    "secret-elsewhere": "Its namespace has no such Secret, and most are kept elsewhere; `secrets: all` asks for each.",
    "placeholder": "The name or the key holds a placeholder, so it is not known yet.",
    "well-known": "Kubernetes or its distribution makes the object.",
    "external": "The setting `external` says that something else makes the object.",
    "open-object": "The object is defined, and may have more keys than the files show.",
    "several-definitions": "Several objects have the name, and nothing shows which one the reference reads.",
    "optional": "The reference is optional, and nothing defines the object or the key.",
    "not-mounted": "No container mounts the volume, so the pod starts without the object or the key.",
    "changed-when-applied": "An Argo CD Application or a Flux Kustomization changes what the kustomization builds.",
    "part": "A workload has no image, or a resource of a program no name, so that something else completes the file.",
    "compared": "A test compares the file with a cluster, and nobody applies it.",
    "left-out": "The file is in a folder that nobody applies as it is: tests' data, a copy, a template of a project.",
    "rule-off": "The rule that would report the reference does not run.",
}
"""What each code means, for the documentation."""

NOT_LOOKED_AT: frozenset[Code] = frozenset(
    ("not-built", "cluster-not-read", "changed-when-applied", "part", "compared", "left-out", "rule-off")
)
"""The codes of references that cmlint could not look at; all others excuse a reference that it looked at."""

IGNORABLE: tuple[Code, ...] = tuple(
    code
    for code in MEANINGS
    if code not in {*NOT_LOOKED_AT, "open-object", "several-definitions", "optional", "not-mounted"}
)
"""The codes that the setting `evidence` can turn off: without them, the name is missing."""

GUESSES: frozenset[Code] = frozenset(IGNORABLE) - {
    *("own-field", "command", "reused-workload", "remade-from-file", "defined-elsewhere"),
    *("placeholder", "well-known", "external"),
}
"""The codes that only make it possible that something else makes an object; a change that removes it outweighs them."""


class Evidence(NamedTuple):
    """One piece of evidence: its code, a sentence that completes "not checked: ...", and the place that shows it.

    `path` names the text as it is shown, and is empty where no text shows it; `span` is None where all of it does.
    """

    code: Code
    sentence: str
    path: str = ""
    span: Span | None = None
