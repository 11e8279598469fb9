"""Kustomizations, built by the real program.

A kustomization that no other one uses is built, and what is built is a bundle. What any of them uses is never linted
alone: a base or a patch looks wrong by itself and is not.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import chain, count

import msgspec
from msgspec.structs import replace

from cmlint.bundle.gitops import without_images
from cmlint.bundle.material import Material
from cmlint.cache import builds as cache
from cmlint.cache.file_state import Seen
from cmlint.config.config import Config
from cmlint.knowledge.placeholders import is_unfilled
from cmlint.manifest.decode import as_name
from cmlint.manifest.documents import read_kustomization, read_text
from cmlint.model.facts import Document, FileFacts, Skip, Span
from cmlint.model.failures import Failures
from cmlint.model.problems import Problem
from cmlint.sources import files
from cmlint.sources.disclosure import OfBuild
from cmlint.sources.failures import REFUSED, add_absent, add_build, add_spoilt
from cmlint.sources.found import Found
from cmlint.sources.kustomize.absent_files import (
    Absent,
    Lack,
    Lacking,
    charts_of,
    lacks_of,
    opened,
    provider_without,
)
from cmlint.sources.kustomize.bases import Completion, Overlays, as_base, bases_of, overlays_below, touched_by
from cmlint.sources.kustomize.build import Build
from cmlint.sources.kustomize.fleet import post_rendering
from cmlint.sources.kustomize.kustomization import Kustomization, Project
from cmlint.sources.kustomize.load_restrictor import widen
from cmlint.sources.kustomize.manifests import facts_of, made_by
from cmlint.sources.kustomize.origins import take_origins
from cmlint.sources.kustomize.places import BuiltText, names_in
from cmlint.sources.kustomize.program import kustomize_of
from cmlint.sources.kustomize.spoilt_entries import (
    TEMPLATE,
    Spoilt,
    brings_in,
    files_of,
    images_of,
    made_by_entry,
    may_change,
    opened_beside,
    with_open_secrets,
)
from cmlint.sources.kustomize.writers import values_in_keys
from cmlint.sources.request import Request
from cmlint.system.files import is_within
from cmlint.system.folders import temporary
from cmlint.system.futures import result_of
from cmlint.system.programs import NotBuiltError, Programs, TimeOutError

COMPONENT = "a component is built as a part of kustomizations, and none here uses it"
FLEET = "Fleet lays it over what a Helm chart renders"
"""Why a kustomization is not built alone that a `fleet.yaml` beside a chart names."""

TEMPLATES = r"[._]?(?:template|templates|skeleton|scaffold|scaffolding|boilerplate)|[\w.-]+[-_]templates?"
"""A folder of what is copied and completed, by its name."""

BASE = r"(?:^|/)bases?/"
"""In the path of what is written to be completed by others."""

BESIDES = r"cannot unmarshal|unknown field|may not add resource|is not of the form"
"""What kustomize says of mistakes that have nothing to do with what is absent."""


def take(found: Found, request: Request) -> Iterable[Material]:
    """Takes out of groups of files whatever any of their kustomizations uses; what these build is begun when asked for.

    What cannot be built goes to the failures. Then ValueError is raised for a program that is not there.
    """
    groups = found.groups
    project = Project(request, files.roots_of(request.disk, groups), absolute=any(map(os.path.isabs, found.paths)))
    named = {request.disk.real_path(group.paths[shown]) for group in groups for shown in group.named}
    given = found.paths
    own = project.find(given)
    used = project.used_by(own)
    for group in groups:
        for shown in [shown for shown, path in group.paths.items() if request.disk.real_path(path) in used]:
            group.take(shown)
    unused = project.unused(own)
    widen(project, project.kustomizations, given)
    leaves = [one for one in unused if not one.is_component]
    idle = [one for one in unused if one.is_component]
    rendering = post_rendering(project, given)
    idle_reasons = dict.fromkeys(idle, COMPONENT) | {one: FLEET for one in leaves if one.folder in rendering}
    leaves = [one for one in leaves if one.folder not in rendering]
    alone = take_alone(project, groups)
    far: list[Kustomization] = []
    if named:
        leaves, far = reached(project, leaves, named, groups)
    found.turned_off = turned_off_in(project)
    found.kustomizations |= around(project, [*leaves, *idle_reasons, *alone, *far])
    materials = build_all(project, leaves, request, found.failures)
    project.note_folders(project.known, request.seen)
    note(project, project.kustomizations, request.seen, request.config)
    return chain(
        materials,
        (unbuilt(project, one, reason) for one, reason in idle_reasons.items()),
        [used_alone(project, one, paths, found.problems) for one, paths in alone.items()],
        [not_reached(project, one) for one in far],
    )


def turned_off_in(project: Project) -> frozenset[str]:
    """The paths of what kustomizations name in comments only."""
    used = {path for one in project.kustomizations for path in one.used}
    return frozenset(project.shown(path) for one in project.kustomizations for path in one.turned_off - used)


def note(project: Project, kustomizations: Sequence[Kustomization], seen: Seen, config: Config) -> None:
    """Notes what kustomizations look at; what names a secret is not kept."""
    project.note(kustomizations, seen, remote=config.allow_remote or config.enable_helm)
    seen.complete = seen.complete and not OfBuild(project, kustomizations).names_secret


def reached(
    project: Project, leaves: list[Kustomization], named: set[str], groups: list[files.Group]
) -> tuple[list[Kustomization], list[Kustomization]]:
    """The leaves that use any of the files that are named, and the others, which are not built.

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
    return near, far


def not_reached(project: Project, leaf: Kustomization) -> Material:
    """What is known of a leaf that uses none of the files that are named, besides the files that it uses."""
    facts = FileFacts(tuple(document for one in project.tree(leaf) for document in made_by(one)))
    return Material(
        files=[(leaf.shown, facts)], folder=os.path.dirname(leaf.shown), unbuilt=files.NOT_REACHED, complete=False
    )


def is_alternative(project: Project, leaf: Kustomization, used: set[str]) -> bool:
    """Whether a leaf has objects of files that others use: it is never applied together with them."""
    return any(path in used for one in project.tree(leaf) if not one.is_component for path in one.manifests)


def take_alone(project: Project, groups: Sequence[files.Group]) -> dict[Kustomization, list[str]]:
    """Takes out of groups the files that a kustomization beside them uses, although that is not among them."""
    alone: dict[Kustomization, list[str]] = {}
    for group in groups:
        for shown, path in list(group.paths.items()):
            real = project.disk.real_path(path)
            one = project.in_folder(os.path.dirname(real)) if path != "-" else None
            if one and real in one.used:
                alone.setdefault(one, []).append(group.paths.pop(shown))
    return alone


def used_alone(project: Project, one: Kustomization, paths: Sequence[str], problems: list[Problem]) -> Material:
    """What is known of a kustomization of which only some files are checked."""
    where = os.path.dirname(one.shown) or "."
    message = f"{one.shown} uses it; name the folder `{where}` to check what is built"
    problems.append(Problem(project.shown(project.disk.real_path(paths[0])), 0, message, fatal=False))
    return unbuilt(project, one, "only some of its files are checked", paths)


def build_all(
    project: Project, leaves: Sequence[Kustomization], request: Request, failures: Failures
) -> Iterator[Material]:
    """What comes of each leaf, in order."""
    with temporary() as above, ThreadPoolExecutor(os.cpu_count()) as pool, Programs() as programs:
        program = kustomize_of(request.config, programs)
        failed: dict[Kustomization, NotBuiltError] = {}

        def runs(found: Iterable[Kustomization], part: str) -> Iterator[tuple[Build, Future[str]]]:
            folders = (os.path.join(above, f"{part}{number}") for number in count())
            builds = [Build(project, one, request, program, folder=next(folders)) for one in found]
            return zip(builds, [pool.submit(build.run) for build in builds], strict=True)

        try:
            for build, run in runs(leaves, "leaf"):
                try:
                    if reason := to_be_copied(build.leaf, build.absent):
                        yield as_template(unbuilt(project, build.leaf, reason), build.leaf)
                        continue
                    raw = result_of(run)
                    if not raw.strip() and (chart := next((each for each in build.spoilt if each.is_chart), None)):
                        raise chart.error
                    if build.spoilt and (reason := template_folder(build.leaf)):
                        yield as_template(unbuilt(project, build.leaf, reason), build.leaf)
                        continue
                    yield built(build, raw)
                    yield from spoilt_files(build)
                except NotBuiltError as error:
                    request.seen.complete = request.seen.complete and not isinstance(error, TimeOutError)
                    failed[build.leaf] = error
                    if not is_catalogue(project, build.leaf):
                        note_failure(build, error, failures)
                else:
                    add_absent(failures, project, build.leaf, build.absent, request.seen, partly=True)
                    if build.spoilt and not is_catalogue(project, build.leaf):
                        add_spoilt(failures, project, build.leaf, unexplained(build))
            broken = [leaf for leaf, why in failed.items() if why.cause == "broken" or why.kind == TEMPLATE]
            done: set[str] = set()
            for build, run in runs(bases_of(project, broken, leaves), "base"):
                with suppress(NotBuiltError):
                    yield from as_base(built(build, result_of(run)), touched_by(project, build.leaf, broken))
                    done.update(one.folder for one in build.tree)
            for leaf, why in failed.items():
                yield unbuilt(project, leaf, str(why), done=done)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def unexplained(build: Build) -> list[Spoilt]:
    """The entries without which a leaf is built for another reason than what is absent, or than what a file reports.

    Of the charts of one kustomization, the first represents all.
    """
    own = ("resources", "bases")
    brought = any(each.how in ("resources", "components") for each in build.absent)
    brought = brought or any(each.is_plugin or each.is_chart for each in build.spoilt)
    brought = brought or any(each.field in own and build.project.disk.is_folder(each.path) for each in build.spoilt)
    charts = {(each.kustomization, each.error.cause): each for each in reversed(build.spoilt) if each.is_chart}
    others = (each for each in build.spoilt if not each.is_chart)
    counting = sorted((*charts.values(), *others), key=build.spoilt.index)
    spoilt = (each for each in counting if not is_reported(each, build.project))
    return [
        each
        for each in spoilt
        if not brought or each.field in own or each.is_plugin or each.is_chart or re.search(BESIDES, str(each.error))
    ]


def is_reported(spoilt: Spoilt, project: Project) -> bool:
    """Whether an entry names a file that YAML readers refuse: a finding in the file says why."""
    documents = (document for path in files_of([spoilt], project) for document in project.facts(path).documents)
    return any(fault.code in REFUSED for document in documents for fault in document.faults)


def is_catalogue(project: Project, leaf: Kustomization) -> bool:
    """Whether a base that no overlay uses only lists others, which overlays use one by one."""
    return any(True for _ in using_parts(project, leaf))


def using_parts(project: Project, leaf: Kustomization) -> Iterator[Kustomization]:
    """The overlays that use what a base lists one by one, and not the base itself."""
    if not re.search(BASE, leaf.shown):
        return
    own = {one.folder for one in project.tree(leaf)}
    listed = {one.folder for one in project.below(leaf)}
    others = (one for one in project.kustomizations if one.folder not in own)
    yield from (other for other in others if any(one.folder in listed for one in project.below(other)))


def note_failure(build: Build, error: NotBuiltError, failures: Failures) -> None:
    """Notes why a leaf is not built: what is absent explains what kustomize says of the rest."""
    explained = bool(build.absent) and error.cause == "broken"
    if explained:
        add_absent(failures, build.project, build.leaf, build.absent, build.request.seen, partly=False)
    if not explained or re.search(BESIDES, str(error)):
        add_build(failures, build.project, build.leaf, error)


def spoilt_files(build: Build) -> Iterator[Material]:
    """What is known of the files without which a leaf is built."""
    if paths := files_of(build.spoilt, build.project):
        yield unbuilt(build.project, build.leaf, str(build.spoilt[0].error), paths)


def built(build: Build, raw: str) -> Material:
    """The facts of what a leaf builds without what is absent, which is kept unless there is a Secret in it."""
    text, origins = take_origins(raw)
    leaf, project = build.leaf, build.project
    facts = opened(without_keys(read_text(text, project.makers), project, leaf), build.absent)
    facts = opened_beside(facts, project, files_of(build.spoilt, project))
    facts = with_open_secrets(facts) if any(each.is_plugin for each in build.spoilt) else facts
    facts = without_images(facts, images_of(build.spoilt))
    if build.cache and not any(document.masked for document in facts.documents):
        seen = Seen(here=build.project.disk.here)
        seen.note(build.program.path if build.program else "")
        note(project, build.tree, seen, build.request.config)
        build.cache.put(build.name, cache.Build(seen, build.folder, raw))
    changed_by = change_of(build)
    return Material(
        files=[(leaf.shown, facts)],
        built=BuiltText(
            leaf.shown,
            text,
            origins,
            folder=build.folder,
            project=project,
            leaf=leaf,
            names=names_in(facts),
            complete=not (build.absent or build.spoilt),
        ),
        folder=os.path.dirname(leaf.shown),
        complete=not changed_by,
        changed_by=changed_by,
        supply=(supply := supply_of(project, leaf, build.absent, build.spoilt)),
        is_base=isinstance(supply, Completion),
    )


def change_of(build: Build) -> str:
    """Without what that may change references a leaf is built, in words; empty where there is nothing."""
    names = [each.shown for each in build.absent if each.how in ("patches", "components")]
    names += [each.shown for each in build.spoilt if may_change(each, build.project)]
    if names:
        return f"{build.leaf.shown} is built without `{names[0]}`, which may change it"
    changing = next((one for one in using_parts(build.project, build.leaf) if one.changes), None)
    return f"{changing.shown} uses a part of it, and may change that" if changing else ""


def to_be_copied(leaf: Kustomization, absent: Iterable[Absent]) -> str:
    """Why a kustomization that lacks something is a template, which nobody builds as it is; empty for any other."""
    if leaf.only_changes:
        return "it names nothing that its patches could change, so a program adds that"
    names = [each.name for each in absent if not each.remote]
    if name := next(filter(is_unfilled, names), None):
        return f"it names `{name}`, which has a placeholder"
    return template_folder(leaf) if names else ""


def template_folder(leaf: Kustomization) -> str:
    """Why a kustomization that cannot be built is a template, by the folder that it is in; empty for any other."""
    folder = next((name for name in leaf.shown.split("/")[:-1] if re.fullmatch(TEMPLATES, name)), None)
    return f"it is a template, by the folder `{folder}`" if folder else ""


def as_template(material: Material, leaf: Kustomization) -> Material:
    """A material in which the kustomization itself is skipped as a template."""
    skip = Skip("template", Span(0, 0))
    texts = ((path, replace(facts, skipped=(skip,)) if path == leaf.shown else facts) for path, facts in material.files)
    return replace(material, files=list(texts))


def supply_of(
    project: Project, leaf: Kustomization, absent: Sequence[Absent], spoilt: Sequence[Spoilt]
) -> Completion | Lacking | Overlays | None:
    """What may yet complete what a leaf builds."""
    is_base = re.search(BASE, leaf.shown) is not None
    lacks = lacks_of(project, leaf, absent)
    if lacks and is_base:
        return Lacking(leaf.shown, tuple(Lack(each.part) for each in lacks))
    entries = [] if lacks else [each for each in spoilt if brings_in(each) and not each.is_chart]
    names = [made_by_entry(entry) for entry in entries]
    made = None if None in names else frozenset(filter(None, names))
    if is_base and (made is not None or not entries):
        return Completion(leaf.shown)
    if entries:
        lacks = (Lack(project.disk.shown(entries[0].shown), made=made),)
    lacks += charts_of(project, leaf, spoilt)
    return Lacking(leaf.shown, lacks) if lacks else overlays_below(project, leaf)


def unbuilt(
    project: Project,
    leaf: Kustomization,
    reason: str,
    paths: Iterable[str] | None = None,
    done: Collection[str] = (),
) -> Material:
    """The facts of the manifests that a leaf would have used, or only of some; those of folders that are `done` not."""
    tree = project.tree(leaf)
    return Material(
        files=facts_of(leaf, project, [one for one in tree if one.folder not in done], paths),
        folder=os.path.dirname(leaf.shown),
        unbuilt=f"{leaf.shown} is not built: {reason}",
        complete=not any(one.changes or one.is_component or not one.is_read for one in tree),
        supply=Completion(leaf.shown) if paths is not None or re.search(BASE, leaf.shown) else None,
    )


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


def around(project: Project, kustomizations: Iterable[Kustomization]) -> dict[str, FileFacts]:
    """What is known at the places of kustomizations, and of all that they use, about files that none of them uses."""
    used = dict.fromkeys(one for each in kustomizations for one in project.tree(each))
    return {one.shown: known(one) for one in used}


def known(one: Kustomization) -> FileFacts:
    """What is known at the place of a kustomization, which counts less where it says itself what it makes."""
    facts = read_kustomization(one.text)
    skips = tuple(Skip("known-kustomization", skip.span) for skip in facts.skipped)
    return replace(facts, skipped=skips) if one.says_all else facts
