"""Kustomizations, built by the real program.

A kustomization that no other one uses is built, and what is built is a bundle. What any of them uses is never linted
alone: a base or a patch looks wrong by itself and is not.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import chain

import msgspec

from cmlint.cache import builds as cache
from cmlint.cache.states import Seen
from cmlint.knowledge.placeholders import is_placeholder
from cmlint.manifest.decode import as_name
from cmlint.manifest.documents import is_yaml, read_kustomization, read_text
from cmlint.model.evidence import Evidence
from cmlint.model.facts import Document, FileFacts, Scalar, Skip, Span, Target
from cmlint.model.failures import Failures
from cmlint.sources import files, outside, tool
from cmlint.sources.absent import MOST, Absent, Lacking, absent_from, instead_of, opened, provider_without
from cmlint.sources.failures import UNREAD, add_absent, add_build, place_in_build
from cmlint.sources.kustomization import Kustomization, Project
from cmlint.sources.lead import BuiltText
from cmlint.sources.origin import Origin, take_origins
from cmlint.sources.parts import Part, read_whole
from cmlint.sources.reach import is_wide, widen
from cmlint.sources.reasons import LONGEST, address, of_kustomize
from cmlint.sources.shown import OfBuild
from cmlint.sources.tool import Wishes
from cmlint.sources.unbuilt import facts_of, made_by
from cmlint.sources.writers import values_in_keys
from cmlint.system.files import MANIFEST, NotRegularError, TooLargeError, is_within, root_of, tree
from cmlint.system.folders import temporary
from cmlint.system.programs import NotBuiltError, TimeOutError, none_left

COMPONENT = "a component is built as a part of kustomizations, and none here uses it"
METADATA = ("originAnnotations", "transformerAnnotations")
TEMPLATES = r"[._]?(?:template|templates|skeleton|scaffold|scaffolding|boilerplate)|[\w.-]+[-_]template"
"""A folder of what is copied and completed, by its name."""

BLANK = r"(?:^|[/._-])(?:YOUR|REPLACE|CHANGE_?ME)(?=$|[/._-])"
"""A word in capitals in the name of a file that somebody is to put another one for."""

BASE = r"(?:^|/)bases?/"
"""In the path of what is written to be completed by others."""

FILE = r"(?:accumulating|merging) resources from '([^']*)': "
BESIDES = r"cannot unmarshal|unknown field|may not add resource|is not of the form"
"""What kustomize says of mistakes that have nothing to do with what is absent."""

MERGED = "recursed merging from path '{}'"
STEP = r"(?:recursed accumulation of|recursed merging from|couldn't make target for) path '([^']*)': "


class Build(msgspec.Struct):
    """What came of a kustomization that no other one uses.

    When it was built, `text` leads back from its facts to what was used. When not, `reason` says why, and `files` are
    the manifests that it names; it is `settled` when it changes no more of them than names, namespaces and labels.
    `beside` is evidence at the places of all that it uses, for what is there and is not used; `supply` says what may
    yet complete it.
    """

    path: str
    files: list[tuple[str, FileFacts]]
    text: BuiltText | None = None
    reason: str = ""
    settled: bool = True
    beside: Sequence[tuple[str, FileFacts]] = ()
    supply: Completion | Lacking | None = None

    @property
    def is_base(self) -> bool:
        """Whether overlays elsewhere may complete it."""
        return isinstance(self.supply, Completion)


class Completion(msgspec.Struct, frozen=True):
    """What may complete a base that no kustomization uses here: overlays elsewhere, for which it is written."""

    path: str

    def evidence(self, target: Target, name: str, made: Sequence[str]) -> Evidence | None:
        """How an object that the base lacks may be there."""
        return Evidence("base", f"{self.path} is a base, which may be completed elsewhere", self.path)

    def may_make(self, target: Target, name: str) -> bool:
        """Whether an object that the base lacks may be made."""
        return True


def take_builds(
    groups: list[files.Group], wishes: Wishes, problems: list[files.Problem], failures: Failures
) -> Iterable[Build]:
    """Takes out of groups of files whatever any of their kustomizations uses; what these build is begun when asked for.

    What cannot be built goes to `failures`. Then ValueError is raised when there is no program of the name that is
    wished for.
    """
    given = [path for group in groups for path in group.paths.values() if path != "-"]
    project = Project(files.roots_of(groups), absolute=any(map(os.path.isabs, given)), makers=wishes.makers)
    named = {os.path.realpath(group.paths[shown]) for group in groups for shown in group.named}
    found = project.find(given)
    used = project.used_by(found)
    for group in groups:
        group.paths = {shown: path for shown, path in group.paths.items() if os.path.realpath(path) not in used}
    unused = project.unused(found)
    widen(project, project.kustomizations, given)
    leaves = [one for one in unused if not one.is_component]
    idle = [one for one in unused if one.is_component]
    alone = take_alone(project, groups, problems)
    far: list[Build] = []
    if named:
        leaves, far = reached(project, leaves, named, groups)
    builds = build_all(project, leaves, wishes, failures)
    project.note_folders(project.known, wishes.seen)
    note(project, project.kustomizations, wishes.seen, wishes)
    return chain(builds, (unbuilt(project, one, COMPONENT) for one in idle), alone, far)


def note(project: Project, kustomizations: Sequence[Kustomization], seen: Seen, wishes: Wishes) -> None:
    """Notes what kustomizations look at; what names a secret is not kept."""
    project.note(kustomizations, seen, remote=wishes.allow_remote or wishes.enable_helm)
    seen.whole = seen.whole and not OfBuild(project, kustomizations).names_secret


def reached(
    project: Project, leaves: list[Kustomization], named: set[str], groups: list[files.Group]
) -> tuple[list[Kustomization], list[Build]]:
    """The leaves that use any of the files that are named, and what is known of the others without building them.

    The files that only others use become groups of their own. Whoever names a kustomization names what it uses.
    """
    near = [one for one in leaves if not named.isdisjoint(project.used_by(project.tree(one)))]
    used = project.used_by(part for one in near for part in project.tree(one))
    for one in project.find(named):
        groups[0].named.update(map(project.shown, project.used_by(project.tree(one))))
    far = [one for one in leaves if one not in near and not is_alternative(project, one, used)]
    paths = {path for one in far for part in project.tree(one) for path in part.manifests} - used
    for root in [group.root for group in groups if group.root]:
        inside = {project.shown(path): path for path in sorted(paths) if is_within(path, root)}
        groups.append(files.Group(inside, root=root, unbuilt=True))
    return near, [not_reached(project, one) for one in far]


def not_reached(project: Project, leaf: Kustomization) -> Build:
    """What is known of a leaf that uses none of the files that are named, besides the files that it uses."""
    tree = project.tree(leaf)
    facts = FileFacts(tuple(document for one in tree for document in made_by(one)))
    return Build(leaf.shown, [(leaf.shown, facts)], None, files.NOT_REACHED, settled=False, beside=around(tree))


def is_alternative(project: Project, leaf: Kustomization, used: set[str]) -> bool:
    """Whether a leaf has objects of files that others use: it is never applied together with them."""
    return any(path in used for one in project.tree(leaf) if not one.is_component for path in one.manifests)


def take_alone(project: Project, groups: Sequence[files.Group], problems: list[files.Problem]) -> list[Build]:
    """Takes out of groups the files that a kustomization beside them uses, although that is not among them."""
    alone: dict[str, list[str]] = {}
    for group in groups:
        for shown, path in list(group.paths.items()):
            folder = os.path.dirname(os.path.realpath(path))
            if path != "-" and os.path.realpath(path) in project.used_in(folder):
                alone.setdefault(folder, []).append(group.paths.pop(shown))
    builds: list[Build] = []
    for folder, paths in alone.items():
        kustomization = project.in_folder(folder)
        assert kustomization
        where = os.path.dirname(kustomization.shown) or "."
        message = f"{kustomization.shown} uses it; name the folder `{where}` to check what is built"
        problems.append(files.Problem(project.shown(os.path.realpath(paths[0])), 0, message, fatal=False))
        builds.append(unbuilt(project, kustomization, "only some of its files are checked", paths))
    return builds


def build_all(project: Project, leaves: Sequence[Kustomization], wishes: Wishes, failures: Failures) -> Iterator[Build]:
    """What comes of each leaf, in order."""
    program = tool.find_program(wishes.program)
    with temporary() as above, ThreadPoolExecutor(os.cpu_count()) as pool, none_left():
        missing = [absent_from(project.tree(leaf), allow_remote=wishes.allow_remote) for leaf in leaves]
        folders = [os.path.join(above, str(number)) for number in range(len(leaves))]
        given = zip(leaves, missing, folders, strict=True)
        runs = [pool.submit(build, project, *each, program, wishes) for each in given]
        try:
            for leaf, absent, run in zip(leaves, missing, runs, strict=True):
                try:
                    if reason := to_be_copied(leaf, absent):
                        yield as_template(unbuilt(project, leaf, reason))
                        continue
                    yield built(project, leaf, absent, run.result(), program, wishes)
                except NotBuiltError as error:
                    wishes.seen.whole = wishes.seen.whole and not isinstance(error, TimeOutError)
                    broken = error.cause == "broken"
                    if absent and broken:
                        add_absent(failures, project, leaf, absent, wishes.seen, partly=False)
                    if not (absent and broken) or re.search(BESIDES, str(error)):
                        add_build(failures, project, leaf, error)
                    yield unbuilt(project, leaf, str(error))
                else:
                    add_absent(failures, project, leaf, absent, wishes.seen, partly=True)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def build(
    project: Project, leaf: Kustomization, absent: Sequence[Absent], folder: str, program: str | None, wishes: Wishes
) -> tuple[str, str]:
    """The folder in which a leaf is built without what is absent, and what it builds, with where everything in it comes
    from.

    A kustomization around it, in a folder of its own, asks for that; the leaf itself is not touched. Raises
    NotBuiltError.
    """
    if len(absent) > MOST:
        raise NotBuiltError(f"of what it names, more than {MOST} files are not there", "limit")
    home = f"{folder}.home"
    os.makedirs(home)
    instead = instead_of(absent)
    used = project.used_by(project.tree(leaf))
    changed = not used.isdisjoint(files.INSTEAD)
    wide = is_wide(project, leaf)
    root = mirror(used, project.roots, instead, f"{folder}.copy") if changed or instead or wide else ""
    refuse(project, leaf, instead, root, program, wishes, home)
    if program is None:
        raise NotBuiltError("there is neither kustomize nor kubectl to build with", "program", "program")
    if wishes.builds and not changed and (known := wishes.builds.get(name_of(project, leaf, program, wishes))):
        return known.folder, known.text
    copy = below(root, folder)
    os.makedirs(copy)
    with open(os.path.join(copy, files.KUSTOMIZATIONS[0]), "w", encoding="utf-8") as file:
        json.dump({"buildMetadata": METADATA, "resources": [os.path.relpath(leaf.folder, folder)]}, file)
    return folder, built_by(program, copy, project, leaf, wishes, home, root)


def built_by(
    program: str, folder: str, project: Project, leaf: Kustomization, wishes: Wishes, home: str, root: str = ""
) -> str:
    """What a program builds in a folder for a leaf, which is in a copy below `root`; raises NotBuiltError.

    A copy has no charts, and so kustomize must not look for them: it would fetch them.
    """
    if root:
        wishes = msgspec.structs.replace(wishes, enable_helm=False)
    try:
        return tool.build(folder, program, wishes, home, wide=bool(root) and is_wide(project, leaf))
    except tool.SaidError as error:
        said = str(error).replace(root, "") if root else str(error)
        reason, around = condensed(said, project, leaf)
        place = place_in_build(said, reason, around, project) if error.cause == "broken" else None
        raise NotBuiltError(reason, error.cause, error.kind, place) from None


def name_of(project: Project, leaf: Kustomization, program: str | None, wishes: Wishes) -> str:
    """Under which name it is kept what a leaf builds."""
    wide = is_wide(project, leaf)
    return f"{leaf.folder}\0{program}\0{wishes.allow_remote}\0{wishes.enable_helm}\0{wide}"


def mirror(used: Iterable[str], roots: tuple[str, ...], instead: Mapping[str, str], root: str) -> str:
    """Copies files to a folder that represents the root, with the texts that count instead; gives that folder.

    Below it, everything is at the same relative path from everything else. What cannot be read is left out, and so
    is what can be nowhere: a name that is too long, or one below a file.
    """
    for path in {*used, *instead}:
        place = below(root, path)
        with suppress(OSError, RecursionError):
            raw = instead[path].encode() if path in instead else files.read_raw(path, roots)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "wb") as file:
                file.write(raw)
    return root


def below(root: str, path: str) -> str:
    """Where an absolute path is in a copy below `root`; without a copy, where it is."""
    return root + os.path.splitdrive(path)[1] if root else path


def refuse(
    project: Project,
    leaf: Kustomization,
    instead: Mapping[str, str],
    root: str,
    program: str | None,
    wishes: Wishes,
    home: str,
) -> None:
    """Raises NotBuiltError when a build, of the texts that count instead, would need what is not allowed.

    Kustomizations that give configurations of plugins are built by themselves, inner ones first, since only what they
    build tells what these plugins would read. Where there is a copy below `root`, they are built there: the texts
    in the repository may fetch.
    """
    for one in project.tree(leaf):
        refuse_unread(project, one)
        for part in (
            all_in(f"`{one.shown}` without what is absent", instead[one.path]) if one.path in instead else one.documents
        ):
            refuse_part(part, one, wishes)
        for part in given_to_plugins(one):
            refuse_part(part, one, wishes)
        refuse_unfit(project, one)
        for folder in one.plugin_folders if program else ():
            text = built_by(program or "", below(root, folder), project, leaf, wishes, home, root)
            for part in filter(outside.is_plugin, all_in(f"what `{project.shown(folder)}` builds", text)):
                refuse_part(part, one, wishes)


def all_in(what: str, text: str) -> list[Part]:
    """The documents of a text that is built from or with; raises NotBuiltError where any of them cannot be read."""
    parts, whole = read_whole("", text)
    if not whole:
        raise NotBuiltError(f"{what} is not valid YAML", "broken")
    return parts


def refuse_part(part: Part, kustomization: Kustomization, wishes: Wishes) -> None:
    """Raises NotBuiltError for what a kustomization, or a plugin that it configures, must not do."""
    outside.refuse(part, kustomization.folder, allow_remote=wishes.allow_remote, enable_helm=wishes.enable_helm)


def refuse_unfit(project: Project, kustomization: Kustomization) -> None:
    """Raises NotBuiltError where kustomize would open a pipe, a device or a file that is too large."""
    for item in kustomization.named:
        path = kustomization.full(item.text or "")
        paths = [os.path.join(path, name) for name in files.KUSTOMIZATIONS] if os.path.isdir(path) else [path]
        for each in filter(os.path.exists, paths):
            if not os.path.isfile(each):
                raise unfit(project.shown(each), NotRegularError())
            if os.path.getsize(each) > MANIFEST:
                raise unfit(project.shown(each), TooLargeError(MANIFEST))


def unfit(shown: str, error: Exception) -> NotBuiltError:
    """The same reason in the same words, whoever finds that a file is not read."""
    verb = "is" if isinstance(error, (NotRegularError, TooLargeError)) else "cannot be read:"
    return NotBuiltError(f"`{shown}` {verb} {files.reason(error)}", "refused")


def refuse_unread(project: Project, kustomization: Kustomization) -> None:
    """Raises NotBuiltError where kustomize may read what cmlint cannot, or must not."""
    if not kustomization.is_read:
        kind = "" if is_yaml(kustomization.text) else UNREAD
        raise NotBuiltError(f"`{kustomization.shown}` is not valid YAML", "broken", kind)
    for name in outside.texts(kustomization.root, outside.FOLDER_NAMES):
        folder = kustomization.full(name)
        if not os.path.isdir(folder):
            continue
        if not project.is_inside(folder):
            raise NotBuiltError(f"the folder `{name}` lies outside the repository", "refused")
        for path in (os.path.join(folder, known) for known in files.KUSTOMIZATIONS):
            if os.path.isfile(path) and project.in_folder(folder) is None:
                try:
                    project.text(path)
                except (OSError, UnicodeDecodeError) as error:
                    raise unfit(project.shown(path), error) from None


def given_to_plugins(kustomization: Kustomization) -> Iterator[Part]:
    """The configurations of built-in plugins that a kustomization gives in its own texts and files."""
    try:
        texts = list(kustomization.plugin_texts)
    except (OSError, UnicodeDecodeError) as error:
        raise NotBuiltError(f"a file of plugins cannot be read: {files.reason(error)}", "refused") from None
    for name, text in texts:
        parts, whole = read_whole("", text)
        if not whole:
            raise NotBuiltError(f"`{name}` is not valid YAML", "broken")
        yield from filter(outside.is_plugin, parts)


def condensed(said: str, project: Project, leaf: Kustomization) -> tuple[str, Kustomization]:
    """What kustomize says, without the way to it: it tells every step, of which the last matters.

    Gives the kustomization, too, that is to be changed: the one in which that is, or the one that merges it in.
    """
    shown = OfBuild(project, project.tree(leaf))
    said = said[-LONGEST:]
    _, *steps = re.split(STEP, said)
    folder = steps[-2] if steps else leaf.folder
    last = balanced(steps[-1]) if steps else said
    around = project.in_folder(folder)
    file = around and next((path for name in re.findall(FILE, last) if (path := around.own(name))), None)
    where = shown.path(file or folder) if file or folder != leaf.folder else None
    reason = of_kustomize(last, shown)
    above = steps[-4] if len(steps) > 3 else leaf.folder
    changed = project.in_folder(above) if MERGED.format(folder) in said else around
    return f"in {where}: {reason}" if where and f"{where}/" not in reason else reason, changed or leaf


def balanced(text: str) -> str:
    """The end of a text without the quotes that began before it."""
    while text.endswith('""') or (text.endswith('"') and text.count('"') % 2):
        text = text[:-1]
    return text


def built(
    project: Project,
    leaf: Kustomization,
    absent: Sequence[Absent],
    found: tuple[str, str],
    program: str | None,
    wishes: Wishes,
) -> Build:
    """The facts of what a leaf builds without what is absent, which is kept unless there is a Secret in it."""
    folder, (text, origins) = found[0], take_origins(found[1])
    facts = opened(without_keys(read_text(text, project.makers), project, leaf))
    if wishes.builds and not any(document.masked for document in facts.documents):
        seen = Seen()
        seen.note(program or "")
        note(project, project.tree(leaf), seen, wishes)
        wishes.builds.put(name_of(project, leaf, program, wishes), cache.Build(seen, *found))
    leading = BuiltText(leaf.shown, text, origins, folder, project, leaf, names_in(facts))
    return Build(
        leaf.shown,
        [(leaf.shown, facts)],
        leading,
        settled=all(each.how != "patches" for each in absent),
        beside=around(project.tree(leaf)),
        supply=supply_of(leaf, absent),
    )


def to_be_copied(leaf: Kustomization, absent: Iterable[Absent]) -> str:
    """Why a kustomization that lacks something is a template of others, which nobody builds as it is; empty for any
    other.
    """
    names = [each.name for each in absent if not each.remote]
    if name := next(filter(is_blank, names), None):
        return f"it names `{name}`, which has a placeholder"
    folder = next((name for name in leaf.shown.split("/")[:-1] if re.fullmatch(TEMPLATES, name)), None)
    return f"it is a template, by the folder `{folder}`" if names and folder else ""


def is_blank(name: str) -> bool:
    """Whether a path has a placeholder."""
    return is_placeholder(name) or re.search(BLANK, name) is not None


def as_template(build: Build) -> Build:
    """A build in which the kustomization itself is skipped as a template."""
    skip = Skip("template", Span(0, 0))
    return msgspec.structs.replace(
        build,
        files=[(p, msgspec.structs.replace(f, skipped=(skip,)) if p == build.path else f) for p, f in build.files],
    )


def supply_of(leaf: Kustomization, absent: Iterable[Absent]) -> Completion | Lacking | None:
    """What may yet complete what a leaf builds."""
    resource = next((each for each in absent if each.how == "resources"), None)
    if resource:
        return Lacking(leaf.shown, address(resource.name) if resource.remote else files.shown(resource.name))
    return Completion(leaf.shown) if re.search(BASE, leaf.shown) else None


def unbuilt(project: Project, leaf: Kustomization, reason: str, paths: Iterable[str] | None = None) -> Build:
    """The facts of the manifests that a leaf would have used, or only of some."""
    tree = project.tree(leaf)
    settled = not any(one.changes or one.is_component or not one.is_read for one in tree)
    found = facts_of(project, leaf, paths)
    completion = Completion(leaf.shown) if paths is not None or re.search(BASE, leaf.shown) else None
    reason = f"{leaf.shown} is not built: {reason}"
    return Build(leaf.shown, found, None, reason, settled, around(tree), completion)


def without_keys(facts: FileFacts, project: Project, leaf: Kustomization) -> FileFacts:
    """The facts of what is built without the keys of Secrets that may be values, so that nothing shows such a key."""
    hidden = {name for name, _ in values_in_keys(project, project.tree(leaf))}
    if not hidden:
        return facts
    documents = tuple(document_without(document, hidden) for document in facts.documents)
    return msgspec.structs.replace(facts, documents=documents)


def document_without(document: Document, hidden: set[str]) -> Document:
    """The same of one document."""
    if not any(provider.target == "Secret" for provider in document.providers):
        return document
    cut = {as_name(name) for name in hidden}
    faults = tuple(
        msgspec.structs.replace(fault, path="data", text=None)
        if fault.code == "data-key" and fault.text in cut
        else fault
        for fault in document.faults
    )
    providers = tuple(provider_without(provider, hidden) for provider in document.providers)
    return msgspec.structs.replace(document, providers=providers, faults=faults)


def names_in(facts: FileFacts) -> dict[str, Scalar]:
    """The names of all ConfigMaps and Secrets that are called after their document, and where each is written."""
    return {
        provider.name.value: provider.name
        for document in facts.documents
        for provider in document.providers
        if provider.name == document.name
    }


def around(tree: Iterable[Kustomization]) -> list[tuple[str, FileFacts]]:
    """What is known at the places of kustomizations about files that none of them uses: someone may yet build these."""
    return [(one.shown, read_kustomization(one.text)) for one in tree]


def lead_back(text: str, wishes: Wishes | None, problems: list[files.Problem]) -> tuple[str, BuiltText | None]:
    """A text that kustomize has built elsewhere, with what leads back from it where it can be told which one that was.

    It was a kustomization in the working directory or below that uses all files that the text names. Where several do,
    such as overlays that add no objects, it was the one that builds the very text; without `wishes` none is built.
    """
    clean, origins = take_origins(text)
    project = Project((root_of(os.curdir),), absolute=False)
    folders = tree(os.path.realpath(os.curdir), files.NEVER)
    found = [one for folder, _ in folders if (one := project.in_folder(folder)) and may_build(project, one, origins)]
    same = found if len(found) == 1 else [one for one in found if wishes and builds(project, one, text, wishes)]
    if len(same) != 1:
        if found:
            names = " or ".join(f"`{one.shown}`" for one in same or found)
            message = f"{names} may have built it, so findings are not led back; build it with `cmlint check FOLDER`"
            problems.append(files.Problem(files.STDIN, 0, message, fatal=False))
        return text, None
    (leaf,) = same
    return clean, BuiltText(files.STDIN, clean, origins, leaf.folder, project, leaf, names_in(read_text(clean)))


def may_build(project: Project, leaf: Kustomization, origins: Sequence[Origin]) -> bool:
    """Whether a kustomization asks for origins, and uses all that they name."""
    asks = any(item.text == METADATA[0] for item in leaf.root.entries("buildMetadata"))
    used = project.used_by(project.tree(leaf))
    paths = {path for one in origins if not one.repo for path in (one.path, one.configured_in, *one.transformed_in)}
    return asks and all(leaf.full(path) in used for path in paths if path)


def builds(project: Project, leaf: Kustomization, text: str, wishes: Wishes) -> bool:
    """Whether a kustomization builds the very text."""
    program = tool.find_program(wishes.program)
    try:
        with temporary() as home:
            refuse(project, leaf, {}, "", program, wishes, home)
            return program is not None and tool.build(leaf.folder, program, wishes, home) == text
    except NotBuiltError:
        return False
