"""The build of one kustomization, by the real program and with nothing that is not allowed."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import cached_property

from cmlint.cache.builds import BuildsCache
from cmlint.manifest.documents import is_yaml
from cmlint.model.facts import Span
from cmlint.sources import files, outside, paths
from cmlint.sources.disclosure import OfBuild
from cmlint.sources.failures import UNREAD, place_in_build
from cmlint.sources.helm.chart_files import entries_below
from cmlint.sources.kustomize.absent_files import MOST, Absent, absent_from, instead_of, item_of
from cmlint.sources.kustomize.definitions import shortened
from cmlint.sources.kustomize.kustomization import Kustomization, Project
from cmlint.sources.kustomize.load_restrictor import is_wide
from cmlint.sources.kustomize.program import Kustomize, SaidError
from cmlint.sources.kustomize.spoilt_entries import (
    OUTSIDE,
    PLUGIN,
    TEMPLATE,
    Spoilt,
    entries,
    most_of,
    spoilt_by,
    text_without,
)
from cmlint.sources.reasons import LONGEST, of_kustomize
from cmlint.sources.request import Request
from cmlint.sources.yaml_tree import Part, read_whole
from cmlint.system.files import MANIFEST, NotRegularError, TooLargeError
from cmlint.system.programs import NotBuiltError

METADATA = ("originAnnotations", "transformerAnnotations")
FILE = r"(?:accumulating|merging) resources from '([^']*)': "
MERGED = "recursed merging from path '{}'"
RESTRICTED = r"security; file '[^']*' is not in or below '"
"""What kustomize says of a file outside of a kustomization's folder."""

RENDERED = "its file is a template, which another program renders first"
"""Why an entry of a kustomization is left out that kustomize refuses as it is."""

NOTHING = "\nresources: []\n"
"""What makes kustomize take a kustomization that is empty without its charts."""

STEP = r"(?:recursed accumulation of|recursed merging from|couldn't make target for) path '([^']*)': "


class Build:
    """The build of a `leaf`, which no other kustomization of the project uses, in a `folder` of its own.

    It is built without what is `absent`, and without `spoilt` entries. Where something else counts than what the disk
    holds, it is built in a mirror: a folder that represents the root, so that everything in it is at the same relative
    path from everything else.
    """

    def __init__(
        self, project: Project, leaf: Kustomization, request: Request, program: Kustomize | None, *, folder: str
    ) -> None:
        self.project, self.leaf, self.request, self.program = project, leaf, request, program
        self.folder, self.home = folder, f"{folder}.home"
        self.disk = request.disk
        self.tree = project.tree(leaf)
        self.used = project.used_by(self.tree)
        self.absent: list[Absent] = absent_from(self.tree, allow_remote=request.config.allow_remote)
        self.spoilt: list[Spoilt] = []
        self.is_wide = is_wide(project, leaf)
        self.mirror = ""

    @property
    def instead(self) -> dict[str, str]:
        """The texts that are built with instead of what kustomizations hold, by real paths."""
        texts: dict[str, str] = {}
        for each in self.spoilt:
            path = each.kustomization.path
            texts[path] = text_without(texts.get(path, each.kustomization.text), each.item)
        without_charts = {each.kustomization for each in self.spoilt if each.is_chart}
        for one in (one for one in without_charts if one.takes_charts_only):
            texts[one.path] += NOTHING
        return instead_of(self.absent, texts)

    @cached_property
    def is_changed(self) -> bool:
        """Whether something else counts than what the disk holds of all that it uses."""
        if self.disk.is_plain:
            return False
        changed_charts = any(map(self.disk.is_changed_below, self.chart_homes()))
        return changed_charts or any(map(self.disk.is_changed, self.looked_at()))

    def looked_at(self) -> Iterator[str]:
        """The paths at which kustomize looks, on which there may be links."""
        for one in self.tree:
            yield from (one.written(item.text or "") for item in one.named)
            folders = (one.folder, *one.folders_named())
            yield from (os.path.join(folder, name) for folder in folders for name in files.KUSTOMIZATIONS)

    def chart_homes(self) -> Iterator[str]:
        """The folders in which kustomize looks for charts, as far as they are in the repository."""
        for one in self.tree if self.request.config.enable_helm else ():
            homes = map(one.full, outside.chart_homes(one.documents) if one.charts else ())
            yield from filter(self.project.is_inside, homes)

    @property
    def cache(self) -> BuildsCache | None:
        """What was built before, where that may count."""
        return None if self.is_changed or self.spoilt else self.request.caches.builds

    @property
    def name(self) -> str:
        """Under which name it is kept what the leaf builds."""
        config = self.request.config
        path = self.program.path if self.program else None
        return f"{self.leaf.folder}\0{path}\0{config.allow_remote}\0{config.enable_helm}\0{self.is_wide}"

    def run(self) -> str:
        """What the leaf builds without the entries that make it fail; raises NotBuiltError with the first reason."""
        folder, first = self.folder, None
        while True:
            try:
                return self.attempt()
            except NotBuiltError as error:
                first = first or error
                spoilt = self.next_spoilt(error)
                if spoilt is None:
                    self.spoilt = []
                    raise first from None
                self.spoilt.append(spoilt)
                self.folder = f"{folder}.{len(self.spoilt)}"
                self.home = f"{self.folder}.home"

    def next_spoilt(self, error: NotBuiltError) -> Spoilt | None:
        """The entry that is left out next for an error; None where none helps, or too many are left out already."""
        spoilt = self.next_chart() if error.kind == outside.CHART else spoilt_by(error, self.tree, self.project)
        if spoilt is None or any(item_of(each) is spoilt.item for each in self.absent):
            return None
        known = {(each.field, id(each.item)) for each in self.spoilt}
        is_known = (spoilt.field, id(spoilt.item)) in known
        return None if is_known or len(known) == most_of([*self.spoilt, spoilt]) else spoilt

    def next_chart(self) -> Spoilt | None:
        """The next entry with a chart that cannot be had, and that is not left out yet."""
        left_out = {id(each.item) for each in self.spoilt}
        for one in self.tree:
            homes = outside.chart_homes(one.documents)
            for field, number, item in entries(one):
                charts = one.charts_of(field, item) if id(item) not in left_out else []
                try:
                    for chart in charts:
                        self.refuse_chart(chart, one, homes)
                except NotBuiltError as error:
                    if error.kind != outside.CHART:
                        return None
                    place = outside.written_at(item.place)
                    return Spoilt(one, field, number, item, NotBuiltError(str(error), error.cause, error.kind, place))
        return None

    def refuse_chart(self, chart: Part, one: Kustomization, homes: list[str]) -> None:
        """Raises NotBuiltError for a chart that a kustomization must not take, or that cannot be had."""
        config = self.request.config
        outside.refuse_chart(
            self.disk, chart, one.folder, homes, allow_remote=config.allow_remote, enable_helm=config.enable_helm
        )

    def attempt(self) -> str:
        """What the leaf builds, with where everything in it comes from; raises NotBuiltError.

        A kustomization around it, in a folder of its own, asks for that; the leaf itself is not touched.
        """
        if len(self.absent) > MOST:
            raise NotBuiltError(f"of what it names, more than {MOST} files are not there", "limit")
        os.makedirs(self.home)
        if self.is_changed or self.instead or self.is_wide:
            self.mirror = f"{self.folder}.copy"
            self.fill_mirror(self.instead)
        self.refuse()
        if self.program is None:
            raise NotBuiltError("neither kustomize nor kubectl is installed", "program", "program")
        if self.cache and (known := self.cache.get(self.name)):
            self.folder = known.folder
            return known.text
        if short := shortened(self.project, self.tree):
            with suppress(NotBuiltError):
                return self.build_short(self.program, short)
        return self.build_around(self.program)

    def build_short(self, program: Kustomize, short: dict[str, str]) -> str:
        """What the leaf builds with `short` definitions; raises NotBuiltError, also where a patch needs more."""
        mirror, self.mirror = self.mirror, f"{self.folder}.short"
        try:
            self.fill_mirror({**short, **self.instead})
            return self.build_around(program)
        finally:
            self.mirror = mirror

    def build_around(self, program: Kustomize) -> str:
        """What the leaf builds as a kustomization asks for it that asks for more; raises NotBuiltError."""
        around = below(self.mirror, self.folder)
        os.makedirs(around)
        with open(os.path.join(around, files.KUSTOMIZATIONS[0]), "w", encoding="utf-8") as file:
            json.dump({"buildMetadata": METADATA, "resources": [os.path.relpath(self.leaf.folder, self.folder)]}, file)
        return self.built_in(program, around)

    def fill_mirror(self, instead: dict[str, str]) -> None:
        """Copies what is used to the mirror, with the texts that count instead.

        Files that cannot be read are left out, as are impossible paths: a name that is too long, or one below a file.
        So is what is outside of the repository, which is not even opened.
        """
        inside = {path for path in self.used if self.project.is_inside(self.disk.real_path(path))}
        for path, held in self.links():
            place = below(self.mirror, path)
            with suppress(OSError):
                os.makedirs(os.path.dirname(place), exist_ok=True)
                os.symlink(below(self.mirror, held) if os.path.isabs(held) else held, place)
        charts = {entry.path for home in self.chart_homes() for entry in entries_below(self.disk, home)}
        for path in sorted({*inside, *charts, *instead}):
            place = below(self.mirror, path)
            with suppress(OSError, RecursionError):
                if self.disk.is_folder(path):
                    os.makedirs(place, exist_ok=True)
                    continue
                raw = instead[path].encode() if path in instead else self.disk.read(path, self.project.roots)
                os.makedirs(os.path.dirname(place), exist_ok=True)
                with open(place, "wb") as file:
                    file.write(raw)

    def links(self) -> Iterator[tuple[str, str]]:
        """The links on the way to what is used, as far as that is in the repository: where they are, what they hold."""
        for one in self.tree:
            for name in (item.text or "" for item in one.named):
                if one.full(name) != one.written(name) and self.project.is_inside(one.full(name)):
                    yield from self.disk.links_on(one.written(name))

    def built_in(self, program: Kustomize, folder: str) -> str:
        """What the program builds in a folder; raises NotBuiltError."""
        try:
            return program.build(folder, self.request.config, self.home, wide=bool(self.mirror) and self.is_wide)
        except SaidError as error:
            said = str(error).replace(self.mirror, "") if self.mirror else str(error)
            reason, around = condensed(said, self.project, self.leaf)
            place = place_in_build(said, reason, around, self.project) if error.cause == "broken" else None
            if error.kind == PLUGIN and (part := self.plugin_of(said, around)):
                place = part.place.path, part.place.span
            if error.cause == "broken" and (part := self.template_at(place)):
                raise NotBuiltError(RENDERED, "refused", TEMPLATE, (part.place.path, part.place.span)) from None
            if self.project.is_wide and re.search(RESTRICTED, said):
                raise NotBuiltError(reason, "refused", OUTSIDE, place) from None
            raise NotBuiltError(reason, error.cause, error.kind, place) from None

    def plugin_of(self, said: str, one: Kustomization) -> Part | None:
        """The entry of a kustomization that configures the plugin which kustomize names, or else the first."""
        left_out = {id(each.item) for each in self.spoilt}
        items = [item for item in one.plugins_named if id(item) not in left_out]
        named = (
            item for item in items if any(f"'{part.word('kind')}'" in said for part in one.configurations_of(item))
        )
        return next(named, next(iter(items), None))

    def template_at(self, place: tuple[str, Span] | None) -> Part | None:
        """The entry at a place, where its file is a template; the first such entry where the place is not known."""
        path, span = place if place and place[1].end else ("", Span(0, 0))
        left_out = {id(each.item) for each in self.spoilt}
        for one in self.tree:
            for _, _, item in entries(one):
                file = item.text if item.text is not None else item.word("path")
                here = not path or (path == one.shown and item.place.start <= span.start < item.place.end)
                if here and id(item) not in left_out and file and is_template(self.project, one.full(file)):
                    return item
        return None

    def refuse(self) -> None:
        """Raises NotBuiltError when the build, with the texts that count instead, would need what is not allowed.

        Kustomizations that give configurations of plugins are built by themselves, inner ones first, since only what
        they build tells what these plugins would read. Where there is a mirror, they are built there: the texts in the
        repository may fetch.
        """
        left_out = [each.item for each in self.spoilt]
        for one in self.tree:
            refuse_unread(self.project, one)
            for part in self.documents_of(one):
                self.refuse_part(part, one)
            for part in given_to_plugins(one, left_out):
                self.refuse_part(part, one)
            refuse_unfit(self.project, one)
            if self.program is None:
                continue
            for folder in one.plugin_folders:
                text = self.built_in(self.program, below(self.mirror, folder))
                for part in filter(outside.is_plugin, all_in(f"what `{self.project.shown(folder)}` builds", text)):
                    self.refuse_part(part, one)

    def documents_of(self, one: Kustomization) -> list[Part]:
        """The documents of a kustomization, as it is built."""
        instead = self.instead
        if one.path not in instead:
            return one.documents
        return all_in(f"`{one.shown}` without what is absent", instead[one.path])

    def refuse_part(self, part: Part, kustomization: Kustomization) -> None:
        """Raises NotBuiltError for what a kustomization, or a plugin that it configures, must not do."""
        config = self.request.config
        outside.refuse(
            self.disk, part, kustomization.folder, allow_remote=config.allow_remote, enable_helm=config.enable_helm
        )


def below(root: str, path: str) -> str:
    """Where an absolute path is in a copy below `root`; without a copy, where it is."""
    return root + os.path.splitdrive(path)[1] if root else path


def all_in(what: str, text: str) -> list[Part]:
    """The documents of a text that is built from or with; raises NotBuiltError where any of them cannot be read."""
    parts, whole = read_whole("", text)
    if not whole:
        raise NotBuiltError(f"{what} is not valid YAML", "broken")
    return parts


def is_template(project: Project, path: str) -> bool:
    """Whether the file at a real path is rendered by something else before kustomize reads it."""
    try:
        facts = project.facts(path) if project.disk.is_file(path) and project.is_inside(path) else None
    except (OSError, UnicodeDecodeError):
        return False
    return facts is not None and any(skip.code == "template" for skip in facts.skipped)


def refuse_unfit(project: Project, kustomization: Kustomization) -> None:
    """Raises NotBuiltError where kustomize would open a pipe, a device or a file that is too large."""
    disk = project.disk
    for item in kustomization.named:
        path = kustomization.full(item.text or "")
        paths = [os.path.join(path, name) for name in files.KUSTOMIZATIONS] if disk.is_folder(path) else [path]
        for each in filter(disk.exists, paths):
            if not disk.is_file(each):
                raise unfit(project.shown(each), NotRegularError())
            if disk.status(each).size > MANIFEST:
                raise unfit(project.shown(each), TooLargeError(MANIFEST))


def unfit(shown: str, error: Exception) -> NotBuiltError:
    """The same reason in the same words, whoever finds that a file is not read."""
    verb = "is" if isinstance(error, (NotRegularError, TooLargeError)) else "cannot be read:"
    return NotBuiltError(f"`{shown}` {verb} {paths.reason(error)}", "refused")


def refuse_unread(project: Project, kustomization: Kustomization) -> None:
    """Raises NotBuiltError where kustomize may read what cmlint cannot, or must not."""
    if not kustomization.is_read:
        kind = "" if is_yaml(kustomization.text) else UNREAD
        raise NotBuiltError(f"`{kustomization.shown}` is not valid YAML", "broken", kind)
    for name in outside.texts(kustomization.root, outside.FOLDER_NAMES):
        folder = kustomization.full(name)
        if not project.disk.is_folder(folder):
            continue
        if not project.is_inside(folder):
            raise NotBuiltError(f"the folder `{name}` is outside the repository", "refused")
        for path in (os.path.join(folder, known) for known in files.KUSTOMIZATIONS):
            if project.disk.is_file(path) and project.in_folder(folder) is None:
                try:
                    project.text(path)
                except (OSError, UnicodeDecodeError) as error:
                    raise unfit(project.shown(path), error) from None


def given_to_plugins(kustomization: Kustomization, left_out: Collection[Part]) -> Iterator[Part]:
    """The configurations of built-in plugins that a kustomization gives in its own texts and files.

    Entries that are `left_out` do not count.
    """
    try:
        texts = list(kustomization.plugin_texts(left_out))
    except (OSError, UnicodeDecodeError) as error:
        raise NotBuiltError(f"a file of plugins cannot be read: {paths.reason(error)}", "refused") from None
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
    around = next((one for each in (folder, *reversed(steps[:-2:2])) if (one := project.in_folder(each))), None)
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
