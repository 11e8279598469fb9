"""Documents where they are, and the providers in them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import msgspec

from cmlint.knowledge.controllers import makes_plain_pods
from cmlint.model.facts import Document, FileFacts, Ignore, ImageSetting, Packed, Provider, Reference, Scalar, Span
from cmlint.model.values import Changed, Missing, Value


class Built(Protocol):
    """A text that was built from others: it leads back to them.

    `last_wins` says that who applies it lets the last of two equal keys count, and nobody refuses them. What is
    `rendered` comes from templates, which say it in other words; `values` is the file of values, where a chart is
    rendered with several.
    """

    text: str
    last_wins: bool
    rendered: bool
    values: str | None

    def lead(self, span: Span) -> tuple[str, Span]:
        """Where a stretch of it was written: the path of a text, and the place there."""
        ...

    def through(self, path: str) -> tuple[str, Span] | None:
        """Where the text at a path is brought in, unless what builds this one names it itself."""
        ...

    def spelled(self, name: Scalar) -> str:
        """An object's name as it was written, without the prefixes, suffixes and hashes that building adds."""
        ...

    def kustomizations(self) -> Iterable[str]:
        """The paths of the kustomizations that it was built from."""
        ...

    def reword(self, text: str) -> str:
        """A text about it with names as they were written."""
        ...

    def advise(self, text: str) -> str:
        """A help about it, with names that the reader can use."""
        ...

    def ignores(self, path: str) -> Sequence[Ignore]:
        """The suppressions in a text that it was built from."""
        ...

    def paths(self) -> Iterable[str]:
        """The paths of the texts that it was built from."""
        ...

    def turned_off(self) -> Collection[str]:
        """The paths of files that its kustomizations name in a comment only."""
        ...

    def renames(self, target: str, kind: str, path: str) -> bool:
        """Whether its kustomizations tell kustomize that a field of a custom resource names an object of this kind."""
        ...

    def used(self) -> Iterator[tuple[str, FileFacts]]:
        """Those of these texts that have suppressions."""
        ...

    def masked(self) -> Mapping[str, Sequence[Span]]:
        """What must not be shown of the texts that it has led to."""
        ...

    def image_settings(self) -> Iterator[ImageSetting]:
        """What its kustomization sets for images."""
        ...

    def values_of(self, span: Span) -> Sequence[Value]:
        """The values of a chart that a stretch was made of, and where files have them; none that may be a secret."""
        ...

    def missing(self) -> Iterator[Missing]:
        """The places that read a value of a chart which no file has, where one of a near name is."""
        ...

    def changed(self) -> Iterator[Changed]:
        """The places that write a large number of a chart's values into a text, in another form."""
        ...


HASH = r"-[2456789bcdfghkmt]{10}\Z"
"""What kustomize puts behind a generated name (`api/hasher/hasher.go` in kubernetes-sigs/kustomize)."""


def is_hashed(name: str) -> bool:
    """Whether a name ends in such a hash, so that the object gets another name with its content."""
    return re.search(HASH, name) is not None


LIVE = -1
KUSTOMIZE = "kustomize.config.k8s.io/v1beta1"
HELM = "helm.sh"
"""The group of charts: their own `apiVersion` (`v2`) has none."""


class Frame(msgspec.Struct, frozen=True):
    """The working directory, and a folder above it with everything that is read; both are absolute.

    Paths are shown relative to the working directory. Where some lead out of it, they are compared from the folder.
    """

    home: str
    top: str

    def place(self, path: str) -> str:
        """The way from the folder to a path; empty for the folder itself."""
        full = posixpath.normpath(posixpath.join(self.home, path))
        return full[len(self.top) :].lstrip("/") if full.startswith(self.top) else full


def folder_of(path: str, frame: Frame | None) -> str:
    """The folder that a path is in, as folders are compared; empty at the top."""
    return (frame.place(path) if frame else path).rpartition("/")[0]


class Placed:
    """A document of a bundle: its facts, and the text that it is in.

    `path` names the text as it is shown, with `/`; `number` is the document's place among all of the bundle, `LIVE` for
    an object of a cluster that the bundle resolves against. A text that was `built` has the path of what builds it. The
    `frame` says where paths lead that begin above the working directory. Where the documents of the text are packed,
    its place among them is given, and `document` is decoded when it is asked for.
    """

    __slots__ = ("built", "document", "file", "frame", "number", "path", "place")

    document: Document

    def __init__(
        self,
        path: str,
        document: Document | int,
        file: FileFacts,
        number: int,
        built: Built | None = None,
        *,
        frame: Frame | None = None,
    ) -> None:
        self.path, self.file, self.number, self.built, self.frame = path, file, number, built, frame
        if isinstance(document, int):
            self.place = document
        else:
            self.document = document

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            if name != "document":
                raise AttributeError(name)
            return self.file.documents[self.place]

    def read_as(self, document: Document) -> Placed:
        """The same place with another document there."""
        return Placed(self.path, document, self.file, self.number, self.built, frame=self.frame)

    def written(self, span: Span) -> tuple[str, Span]:
        """Where a stretch of the text was written: the path of a text, and the place there."""
        return self.built.lead(span) if self.built else (self.path, span)

    def as_written(self, name: str) -> str:
        """The name of a ConfigMap or Secret as it was written, before a build changed it.

        It never ends with kustomize's hash, which may be that of a Secret's values.
        """
        return re.sub(HASH, "", self.built.reword(f"`{name}`")[1:-1]) if self.built else name

    def reword(self, text: str) -> str:
        """A text of what helm renders, with names that the reader knows; any other text as it is."""
        return self.built.reword(text) if self.built and self.built.rendered else text

    @property
    def directory(self) -> str:
        """The folder of the text; empty at the top."""
        return folder_of(self.path, self.frame)

    @property
    def folders(self) -> list[str]:
        """The names of the folders that the text is in, outermost first."""
        return (self.frame.place(self.path) if self.frame else self.path).split("/")[:-1]

    @property
    def namespace(self) -> str | None:
        """The namespace written in the document, or None."""
        return self.document.namespace.value if self.document.namespace else None

    def namespace_of(self, reference: Reference) -> str | None:
        """The namespace in which a reference of the document is looked up, as far as it is known.

        Pods whose containers are in the values of a HelmRelease run in its `spec.targetNamespace`.
        """
        if reference.namespace:
            return reference.namespace.value
        made_in = self.document.reach
        return self.namespace if made_in is None or reference.via == "field" else made_in or None

    @property
    def identity(self) -> tuple[str, str | None, str | None]:
        """Kind, namespace and name, as far as they are written."""
        return self.document.kind, self.namespace, self.document.name.value if self.document.name else None

    @property
    def plain_pods(self) -> bool:
        """Whether a custom resource makes pods of its template as it is written."""
        return makes_plain_pods(self.document.api_version, self.document.kind)

    @property
    def described(self) -> str:
        """Kind and name, in words."""
        name = self.document.name
        return f"{self.document.kind} `{name.value}`" if name else self.document.kind


def template_at(path: str, span: Span, ignores: Sequence[Ignore]) -> Placed:
    """A template of a chart, or a file of its values, where a finding about it is; it is not an object of a cluster."""
    document = Document(span=span, head=span, api_version="", kind="Template", name=None, namespace=None)
    return Placed(path, document, FileFacts((), ignores=tuple(ignores)), LIVE)


def kustomization_at(path: str, span: Span, ignores: Sequence[Ignore]) -> Placed:
    """A kustomization as the place of a finding about it; it is not an object of the cluster."""
    return of_tool(KUSTOMIZE, "Kustomization", path, span, ignores)


def chart_at(path: str, span: Span, ignores: Sequence[Ignore]) -> Placed:
    """The same of a chart."""
    return of_tool(HELM, "Chart", path, span, ignores)


def of_tool(api_version: str, kind: str, path: str, span: Span, ignores: Sequence[Ignore]) -> Placed:
    """A file that a tool reads, at the place of a finding about it."""
    document = Document(span=span, head=span, api_version=api_version, kind=kind, name=None, namespace=None)
    return Placed(path, document, FileFacts((), ignores=tuple(ignores)), LIVE)


class Definition:
    """A provider and the document that defines it.

    Of a packed document its place among the providers there is given, and `provider` is decoded when it is asked for.
    """

    __slots__ = ("place", "placed", "provider")

    provider: Provider

    def __init__(self, placed: Placed, provider: Provider | int) -> None:
        self.placed = placed
        if isinstance(provider, int):
            self.place = provider
        else:
            self.provider = provider

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            if name != "provider":
                raise AttributeError(name)
            return self.placed.document.providers[self.place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Definition) and self.placed is other.placed and self.provider == other.provider

    def __hash__(self) -> int:
        return hash((id(self.placed), self.provider.name.start))

    @property
    def namespace(self) -> str | None:
        """The namespace that the object will be in, or None where the files leave it open."""
        return self.provider.namespace.value if self.provider.namespace else self.placed.namespace

    @property
    def spelled(self) -> str:
        """The name as it was written; one that is not the document's own is never changed by building."""
        name, own = self.provider.name, self.placed.document.name
        if not self.placed.built or not own or name.span != own.span:
            return name.value
        return name.value.replace(own.value, self.placed.built.spelled(own))


def definitions_in(placed: Placed) -> Iterator[Definition]:
    """The providers of a document."""
    providers = placed.document.providers
    packed = isinstance(placed.file.documents, Packed)
    yield from (Definition(placed, each) for each in (range(len(providers)) if packed else providers))


def references_of(placed: Placed) -> Iterator[Reference]:
    """Every reference of a document."""
    yield from placed.document.references
    for pod in placed.document.pods:
        for volume in pod.volumes:
            yield from (source.reference for source in volume.sources)
        for container in pod.containers:
            yield from (entry.reference for entry in container.env_from if entry.reference)
            yield from (entry.reference for entry in container.env if entry.reference)


def folders_above(folder: str) -> Iterator[str]:
    """The folders that a folder is in, innermost first; the top is the empty one."""
    while folder:
        folder = folder.rpartition("/")[0]
        yield folder
