"""Kustomizations that cannot be built: what their manifests and generators hold all the same."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from cmlint.manifest.documents import read_kustomization, read_unparsed
from cmlint.manifest.masks import unquoted
from cmlint.model.facts import Document, Fault, FileFacts, Key, Other, Provider, Scalar, Target
from cmlint.sources import files
from cmlint.sources.kustomize.kustomization import GROUP, Kustomization, Project
from cmlint.sources.outside import GENERATORS
from cmlint.sources.yaml_tree import Part

TARGETS: tuple[Target, ...] = ("ConfigMap", "Secret")

HEAD = Other(f"{GROUP}v1beta1", "Kustomization")
"""What a kustomization is that does not say so."""


def facts_of(
    leaf: Kustomization, project: Project, tree: Sequence[Kustomization], paths: Iterable[str] | None = None
) -> list[tuple[str, FileFacts]]:
    """The facts of the manifests that a kustomization would have used, with those of its tree, or only of some."""
    read = {leaf.shown: read_kustomization(leaf.text)}
    for one in tree:
        documents = (*map(hidden, read_unparsed(one.text, HEAD)), *generated_by(one))
        if documents:
            facts = read.get(one.shown, FileFacts(()))
            read[one.shown] = msgspec.structs.replace(facts, documents=documents)
    for path in dict.fromkeys(path for one in tree for path in named_by(one, project)) if paths is None else paths:
        try:
            read[project.shown(path)] = as_kustomize_reads(project.facts(path))
        except (OSError, UnicodeDecodeError):
            continue
    return list(read.items())


def named_by(one: Kustomization, project: Project) -> Iterator[str]:
    """The real paths of the files that a kustomization names as resources, also of those that it may not read."""
    items = one.root.entries("resources") if one.is_read else one.words
    paths = (one.full(item.text or "") for item in items)
    named = (path for path in paths if project.disk.is_file(path) and project.is_inside(path))
    return (path for path in named if files.is_manifest(path) and os.path.basename(path) not in files.KUSTOMIZATIONS)


def hidden(document: Document) -> Document:
    """A kustomization that cannot be parsed, of which nothing is shown: any of it may be the value of a Secret."""
    faults = tuple(msgspec.structs.replace(fault, reason=unquoted(fault.reason)) for fault in document.faults)
    return msgspec.structs.replace(document, faults=faults, masked=(document.span,))


def made_by(kustomization: Kustomization) -> Iterator[Document]:
    """What a kustomization makes under names that are in none of its files: by generators, by a prefix or a suffix."""
    yield from generated_by(kustomization)
    before, after = (kustomization.root.at(field) for field in ("namePrefix", "nameSuffix"))
    if place := scalar_of(before) or scalar_of(after):
        name = msgspec.structs.replace(
            place, value="*".join(part.text or "" if part else "" for part in (before, after))
        )
        providers = (
            Provider(target=kind, kind=kind, name=name, keys=(), open=True, immutable=False, span=name.span, glob=True)
            for kind in TARGETS
        )
        yield Document(
            span=name.span,
            head=name.span,
            api_version="",
            kind="Kustomization",
            name=None,
            namespace=None,
            providers=tuple(providers),
        )


def generated_by(kustomization: Kustomization) -> Iterator[Document]:
    """What the generators of a kustomization make, as far as it is known without building it: their names."""
    space = kustomization.root.at("namespace")
    for kind, generator in kustomization.generators:
        if (name := scalar_of(generator.at("name"))) is not None:
            target: Target = "ConfigMap" if kind == "ConfigMap" else "Secret"
            provider = Provider(
                target=target, kind=GENERATORS[kind], name=name, keys=(), open=True, immutable=False, span=name.span
            )
            namespace = scalar_of(generator.at("namespace") or space)
            yield Document(
                span=name.span,
                head=name.span,
                api_version="",
                kind=GENERATORS[kind],
                name=name,
                namespace=namespace,
                providers=(provider,),
            )


def scalar_of(part: Part | None) -> Scalar | None:
    """A text and its place, or None without any."""
    return Scalar(part.text, part.place.start, part.place.end) if part and part.text else None


def as_kustomize_reads(facts: FileFacts) -> FileFacts:
    """The facts of a file without what is right behind kustomize: to it, `yes`, `on` and the like are strings."""
    return msgspec.structs.replace(facts, documents=tuple(map(document_as_read, facts.documents)))


def document_as_read(document: Document) -> Document:
    """The same of one document; of a Secret's value it is not known what it was, so that it may be one of these."""
    faults = tuple(fault for fault in document.faults if not is_about_word(fault))
    providers = tuple(
        msgspec.structs.replace(provider, keys=tuple(map(key_as_read, provider.keys)))
        for provider in document.providers
    )
    return msgspec.structs.replace(document, faults=faults, providers=providers)


def is_about_word(fault: Fault) -> bool:
    """Whether a fault may be one for YAML 1.1 only: a word that is not a string, or two words that are one boolean."""
    if fault.code == "repeated-key":
        return fault.text in ("true", "false")
    return fault.code in ("env-value-type", "data-value-type") and is_word(fault.text or "on")


def key_as_read(key: Key) -> Key:
    """The same of one key."""
    return msgspec.structs.replace(key, name=key.written) if is_word(key.written) else key


def is_word(text: str) -> bool:
    """Whether a word is a boolean in YAML 1.1 and a string in YAML 1.2."""
    return text.lower() in ("y", "n", "yes", "no", "on", "off")
