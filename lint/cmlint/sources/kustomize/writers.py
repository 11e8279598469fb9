"""What may have written a part of a built object: its own document, patches, generators, image settings.

Each is a tree in the form of the object, so that the same path in it leads to what it wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cmlint.kube.names import why_not_data_key
from cmlint.kube.selecting import may_match
from cmlint.sources.kustomize.kustomization import Kustomization, Project, sources_of
from cmlint.sources.outside import GENERATORS
from cmlint.sources.yaml_tree import Field, FileSpan, Part, unquoted

FURTHEST = 1000
"""An index in a JSON patch beyond which no list is."""

BASE64 = r"[A-Za-z0-9+/]{16,}={1,2}"
"""A line that is more likely the end of a value in base64 than a name with an equals sign behind it."""


def own_document(documents: Iterable[Part], built: Part) -> Part | None:
    """The document of a file that a built object was made of: of its kind, and with the name that most is kept of."""
    name, kind = built.word("metadata", "name"), built.word("kind")
    namespace = built.word("metadata", "namespace")
    same = [part for part in flat(documents) if part.word("kind") == kind]
    kept = [part for part in same if part.word("metadata", "name") in name]
    if not kept and len(same) == 1:
        return same[0]
    return max(
        kept,
        key=lambda p: (len(p.word("metadata", "name")), p.word("metadata", "namespace") == namespace),
        default=None,
    )


def flat(documents: Iterable[Part]) -> Iterator[Part]:
    """The objects of a file, those of lists one by one."""
    for part in documents:
        items = part.entries("items") if part.word("kind").endswith("List") else []
        yield from items or [part]


# generators


def generated(project: Project, kustomization: Kustomization, built: Part, least: str = "") -> list[Part]:
    """What the generators of a kustomization write into an object, the last first.

    `least` is the name that the object began with; of its first generator, which is not known yet, it is empty.
    """
    name, kind = built.word("metadata", "name"), built.word("kind")
    found = [
        generator
        for made, generator in kustomization.generators
        if made == kind and least in generator.word("name") and generator.word("name") in name
    ]
    if not least:
        found = [max(found, key=lambda generator: len(generator.word("name")))] if found else []
    return [written_by(project, kustomization, generator) for generator in reversed(found)]


def written_by(project: Project, kustomization: Kustomization, generator: Part) -> Part:
    """The object that a generator makes; the values of Secrets, which are encoded in it, are left out."""
    secret = any(generator is entry for entry in kustomization.root.entries(GENERATORS["Secret"]))
    data: dict[str, Field] = {}
    for source, key, how in sources_of(generator):
        path = kustomization.own(source.text or "")
        if path is None:
            continue
        data.update(from_env_file(project, path) if how == "envs" else from_file(project, path, key, source))
    for literal in generator.entries("literals"):
        data.update(from_literal(literal, kustomization.text))
    if secret:
        data = {name: Field(key, Part(value.place, "")) for name, (key, value) in data.items()}
    values = Field(generator.place, Part(generator.place, fields=data))
    fields = {"data": values, "binaryData": values}
    if name := generator.fields.get("name"):
        metadata = Part(generator.place, fields={"name": name})
        fields["metadata"] = Field(name.key, metadata)
    return Part(generator.place, fields=fields)


def from_literal(literal: Part, text: str) -> dict[str, Field]:
    """The entry `key=value` of a list of literals."""
    name, equals, value = (literal.text or "").partition("=")
    path, start, end = literal.place
    if not equals:
        return {name: Field(literal.place, literal)}
    start += text[start] in "\"'"
    if not text.startswith(f"{name}=", start):
        return {name: Field(literal.place, Part(literal.place, unquoted(value)))}
    behind = start + len(name) + 1
    end = behind + len(value) if text.startswith(value, behind) else end
    return {name: Field(FileSpan(path, start, behind - 1), Part(FileSpan(path, behind, end), unquoted(value)))}


def from_file(project: Project, path: str, key: str, source: Part) -> dict[str, Field]:
    """A file that becomes a key; a value that is not text is placed at the start of its name."""
    try:
        text = project.text(path)
    except (OSError, UnicodeDecodeError):
        return {key: Field(source.place, Part(source.place._replace(end=source.place.start)))}
    return {key: Field(source.place, Part(FileSpan(project.shown(path), 0, len(text)), text))}


def from_env_file(project: Project, path: str) -> dict[str, Field]:
    """The lines of a file that are variables (`api/internal/kvconfig` in kubernetes-sigs/kustomize)."""
    try:
        text = project.text(path)
    except (OSError, UnicodeDecodeError):
        return {}
    shown = project.shown(path)
    found: dict[str, Field] = {}
    for match in re.finditer(r"(?m)^[ \t\ufeff]*([^#\s=][^=\r\n]*)=?(.*?)\r?$", text):
        key, value = FileSpan(shown, *match.span(1)), FileSpan(shown, *match.span(2))
        found[match[1]] = Field(key, Part(value, match[2]))
    return found


def values_in_keys(project: Project, tree: Iterable[Kustomization]) -> Iterator[tuple[str, FileSpan]]:
    """The keys of generated Secrets that may be values: lines of environment files without a valid name or a value.

    kustomize takes a line without `=` for a name. It may as well be a part of a certificate or of a password.
    """
    for kustomization in tree:
        for generator in kustomization.secret_generators:
            for item, _, how in sources_of(generator):
                path = kustomization.own(item.text or "") if how == "envs" else None
                for name, (key, value) in from_env_file(project, path).items() if path else ():
                    bare = key.end == value.place.start
                    if bare or why_not_data_key(name) or re.fullmatch(BASE64, f"{name}={value.text}"):
                        yield name, key


# patches


def patched(project: Project, kustomization: Kustomization, built: Part, least: str) -> Iterator[Part]:
    """What the patches of a kustomization write into an object, the last first; a JSON patch always has a target."""
    for where, target in reversed(list(kustomization.patches)):
        for document in reversed(project.documents(kustomization, where)):
            if document.items:
                if target and is_target(target, built, least):
                    yield from reversed([part for item in document.items if (part := operation(item))])
            elif is_target(target, built, least) if target else is_same(document, built, least):
                yield document


def is_target(target: Part, built: Part, least: str) -> bool:
    """Whether a patch may be meant for an object; when it was applied, the name was the first, the last or between."""
    name = target.word("name")
    names = (built.word("metadata", "name"), least)
    kind = may_match(target.word("kind") or ".*", built.word("kind"), whole=True)
    return kind and any(may_match(name, each) for each in names)


def is_same(document: Part, built: Part, least: str) -> bool:
    """Whether a strategic merge patch is for an object: its name is between the first and the last one."""
    name = document.word("metadata", "name")
    return document.word("kind") == built.word("kind") and least in name and name in built.word("metadata", "name")


def operation(item: Part) -> Part | None:
    """What one operation of a JSON patch (RFC 6902) writes, in the form of the object."""
    path, value = item.at("path"), item.at("value")
    if not path or not path.text or not value:
        return None
    part = value
    for token in reversed(path.text.strip("/").split("/")):
        if token == "-" or (token.isascii() and token.isdecimal()):
            digits = token.lstrip("-0")
            if len(digits) > len(str(FURTHEST)) or (before := int(digits or 0)) > FURTHEST:
                return None
            part = Part(value.place, items=[*[Part(value.place)] * before, part])
        else:
            part = Part(value.place, fields={token.replace("~1", "/").replace("~0", "~"): Field(path.place, part)})
    return part


# replacements and images


def replaced(
    project: Project, kustomization: Kustomization, built: Part, least: str, path: list[str]
) -> Iterator[Part]:
    """The targets of a kustomization's replacements that are at a path of an object, without names and indexes."""
    for entry in kustomization.root.entries("replacements"):
        file = entry.at("path")
        for replacement in project.documents(kustomization, file) if file else [entry]:
            for target in replacement.entries("targets"):
                select = target.at("select")
                if select and is_target(select, built, least):
                    yield from (part for part in target.entries("fieldPaths") if fields_in(part.text or "") == path)


def fields_in(path: str) -> list[str]:
    """The names of fields in a path like `spec.containers.[name=web].env.0.value`."""
    found = re.findall(r"\[[^\]]*\]|(?:\\.|[^.\[])+", path)
    return [part.replace("\\.", ".") for part in found if part[0] != "[" and not part.isdigit() and part != "*"]


def image_settings(kustomization: Kustomization, image: str) -> Iterator[Part]:
    """The settings of a kustomization that give an image its form, the last first."""
    settings = [*kustomization.root.entries("images"), *kustomization.root.entries("imageTags")]
    for setting in reversed(settings):
        name = setting.word("newName") or setting.word("name")
        tag, digest = setting.word("newTag"), setting.word("digest")
        part = setting.at("newTag") or setting.at("digest") or setting.at("newName")
        rest = image[len(name) :]
        whole = image.startswith(name) and rest[:1] in ("", ":", "@")
        if part and whole and (not tag or rest.startswith(f":{tag}")) and (not digest or rest.endswith(f"@{digest}")):
            yield part
