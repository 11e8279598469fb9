"""What Flux puts into the names of what it brings to a cluster: the variables of `postBuild`.

`kustomize/kustomize_varsub.go` in fluxcd/pkg: ConfigMaps and Secrets are read in order, what is written inline comes
last, and the last value of a variable wins. Objects with `kustomize.toolkit.fluxcd.io/substitute: disabled` stay as
they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec
from msgspec.structs import replace

from cmlint.bundle.documents import Frame, folder_of
from cmlint.bundle.gitops import Deploys
from cmlint.bundle.nearest import meets
from cmlint.knowledge.placeholders import is_placeholder
from cmlint.kube import scalars
from cmlint.model.facts import (
    SHAPES,
    Document,
    Facts,
    Fault,
    FaultCode,
    FileFacts,
    Key,
    PostBuild,
    Provider,
    Scalar,
    Span,
)

VARIABLE = r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?[-=]([^${}]*))?\}"
"""A variable, and perhaps its default: `${X}`, `${X:=y}`, `${X:-y}`. What is done to its value is left undone."""

ESCAPED = "$$"
"""What makes a variable a text; one that has it is left as it is."""

DISABLED = "kustomize.toolkit.fluxcd.io/substitute"

LEFT = frozenset(
    (
        *("value", "image", "pull_policy", "command", "args", "ignore", "ignores", "faults", "masked", "deploys"),
        *("traits", "beside", "modes", "place", "strangers", "type"),
    )
)
"""The fields of facts that hold no names of objects, keys or files."""


class Values(msgspec.Struct, frozen=True):
    """What variables are, None where that is not known; where they are `open`, any other may be set as well."""

    of: dict[str, str | None]
    open: bool

    def fill(self, text: str) -> str:
        """A text with what is known put into it."""
        return text if ESCAPED in text or "${" not in text else re.sub(VARIABLE, self.value, text)

    def value(self, found: re.Match[str]) -> str:
        """What a variable becomes: its value, else its default where surely nothing sets it, else what is written."""
        name, default = found[1], found[2]
        value = self.of.get(name, None if self.open else "")
        return found[0] if value is None else value or default or found[0]


class Variables:
    """The variables of all folders of a run; `files` are its texts, `kustomized` the folders with a kustomization."""

    def __init__(
        self, files: Sequence[tuple[str, FileFacts]], kustomized: Iterable[str], frame: Frame | None = None
    ) -> None:
        self.files, self.kustomized, self.frame = files, frozenset(kustomized), frame
        self.deploys = Deploys(files, frame)
        said = [said.deploy for found in self.deploys.by_path.values() for said in found]
        builds = [deploy.post_build for deploy in said if deploy.post_build]
        self.idle = not any(build.variables or build.sources for build in builds)
        self.patched = any(build.patches for build in builds)
        self.known: dict[tuple[str, ...], Values] = {}
        self.given_by: dict[PostBuild, Values] = {}

    def fill(self, path: str, facts: FileFacts, *, built: bool = False) -> FileFacts:
        """The facts of a text with the names that its objects will have."""
        if self.idle or not (values := self.values(folder_of(path, self.frame), built=built)).of:
            return facts
        return replace(facts, documents=tuple(filled_document(each, values) for each in facts.documents))

    def values(self, folder: str, *, built: bool) -> Values:
        """What the objects in a folder are given: by each who brings it, as far as these agree."""
        brought = self.deploys.folders_around(folder, self.kustomized, built=built)
        if brought not in self.known:
            found = [self.given_once(said.deploy.post_build) for each in brought for said in self.deploys.at(each)]
            self.known[brought] = agreed(found)
        return self.known[brought]

    def given_once(self, build: PostBuild | None) -> Values:
        """What one gives; those that say the same give the same."""
        if build is None:
            return self.given(None)
        if build not in self.given_by:
            self.given_by[build] = self.given(build)
        return self.given_by[build]

    def given(self, build: PostBuild | None) -> Values:
        """What one gives; another Kustomization that patches it may add sources, which what is inline wins over."""
        if build is None:
            return Values({}, False)
        found: dict[str, str | None] = {}
        is_open = self.patched
        for kind, name in build.sources:
            providers = list(self.providers(kind, name, build.namespace))
            if not providers or any(provider.open for provider in providers):
                is_open = True
            if is_open:
                found.clear()
            found |= agreed_values(providers)
        if self.patched:
            found = dict.fromkeys(found)
        inline = {name: None if is_placeholder(value) else value for name, value in build.variables}
        return Values(found | inline, is_open)

    def providers(self, kind: str, name: str, namespace: str) -> Iterator[Provider]:
        """The objects of a name that a Kustomization may read."""
        for document, provider in self.by_name.get((kind, name), ()):
            own = provider.namespace or document.namespace
            if provider.everywhere or meets(namespace or None, own.value if own else None):
                yield provider

    @cached_property
    def by_name(self) -> dict[tuple[str, str], list[tuple[Document, Provider]]]:
        """All objects that a Kustomization may name."""
        found: dict[tuple[str, str], list[tuple[Document, Provider]]] = {}
        for document in (document for _, facts in self.files for document in facts.documents):
            for provider in document.providers:
                found.setdefault((provider.target, provider.name.value), []).append((document, provider))
        return found


def agreed_values(providers: Sequence[Provider]) -> dict[str, str | None]:
    """The values of keys that all of several objects give them; None where one is not known."""
    given: dict[str, tuple[set[str | None], set[int]]] = {}
    for number, provider in enumerate(providers):
        for key in provider.keys:
            values, by = given.setdefault(key.name, (set(), set()))
            values.add(key.value)
            by.add(number)
    found: dict[str, str | None] = {}
    for name, (values, by) in given.items():
        value = next(iter(values))
        known = value is not None and len(values) == 1 and len(by) == len(providers) and not is_placeholder(value)
        found[name] = value.replace("\n", "") if known and value is not None else None
    return found


def agreed(values: Sequence[Values]) -> Values:
    """What several agree on."""
    first, *others = values or [Values({}, False)]
    same = {
        name: value if all(other.of.get(name) == value for other in others) else None
        for name, value in first.of.items()
    }
    names: dict[str, str | None] = dict.fromkeys(name for other in others for name in other.of)
    return Values(names | same, any(each.open for each in values))


def filled_document(document: Document, values: Values) -> Document:
    """A document with the names that it will have, unless it says that it is to stay as it is."""
    disabled = DISABLED in document.annotations or f"{DISABLED}=disabled" in document.labels
    if disabled:
        return document
    result: Document = filled(document, values)
    faults = tuple(spoiled(document, values))
    return replace(result, faults=(*result.faults, *faults)) if faults else result


def spoiled(document: Document, values: Values) -> Iterator[Fault]:
    """The texts that are none once their variables are put in: the build has taken the quotes away before.

    https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-substitution-of-numbers-and-booleans
    """
    for pod in document.pods if any(pod.exact for pod in document.pods) else ():
        for container in pod.containers:
            name = container.name.value if container.name else None
            for i, entry in enumerate(container.env):
                if entry.source == "literal" and entry.value:
                    path = f"{container.path}.env[{i}].value"
                    yield from no_text(
                        entry.value.value, entry.value.span, path, values, code="env-value-type", container=name
                    )
    for provider in document.providers:
        for key in provider.keys if provider.kind == "ConfigMap" else ():
            place = key.place or key.span
            yield from no_text(key.value or "", place, f"data.{key.name}", values, code="data-value-type")


def no_text(
    text: str, span: Span, path: str, values: Values, *, code: FaultCode, container: str | None = None
) -> Iterator[Fault]:
    """The help for one text that becomes another type."""
    if "${" not in text or not re.fullmatch(UNQUOTED, text):
        return
    becomes = values.fill(text)
    found = scalars.type_of(scalars.resolve("", becomes)) if becomes != text and "${" not in becomes else "string"
    if found in ("number", "boolean"):  # null is accepted, and means an empty text
        reason = f"becomes {SHAPES[found]}, `{becomes}`: Flux fills it in when the build has taken the quotes away"
        yield Fault(code, span, path, reason, container, kind="substituted", found=found)


UNQUOTED = r"[\w$.+-][\w${}.+:=/-]*"
"""A text that kustomize writes without quotes."""


def filled(fact: Any, values: Values) -> Any:
    """A fact, and what is in it, with names that have their variables put in; places stay those of what is written."""
    if isinstance(fact, tuple):
        return tuple(filled(each, values) for each in fact)
    if isinstance(fact, Scalar):
        return replace(fact, value=values.fill(fact.value))
    if isinstance(fact, Key):
        return replace(fact, name=values.fill(fact.name), written=values.fill(fact.written))
    if isinstance(fact, Facts):
        return replace(fact, **changed(fact, values))
    return fact


def changed(fact: Facts, values: Values) -> Mapping[str, object]:
    """The fields of a fact that hold names, filled in."""
    return {name: filled(getattr(fact, name), values) for name in fact.__struct_fields__ if name not in LEFT}
