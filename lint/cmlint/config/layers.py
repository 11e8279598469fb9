"""The configurations of a repository: one for the run, and those of folders below, for the findings there.

What is about the run (which files are read, how they are built, the version) comes from the topmost configuration. Each
one further down adds to the lists in `ADDED` and to all mappings in its folder, and replaces every other setting about
findings there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from cmlint.cache.file_state import Seen
from cmlint.config.config import Config
from cmlint.config.files import NAMES, PYPROJECT, Source, above, shown, source_at
from cmlint.config.load import Refused, joined, setting_names, settings_of
from cmlint.config.settings import SETTINGS
from cmlint.engine.rules import Rule
from cmlint.system.filesystem import FileSystem

APART = "it is not above the checked paths"
BESIDE = "a nearer configuration is used"


class Unused(msgspec.Struct, frozen=True):
    """A configuration that does not count: its path as it is shown, and why."""

    path: str
    why: str


class Configurations(msgspec.Struct, frozen=True):
    """The configurations above what is checked: the run's, those for findings below, outermost first, and the rest.

    The run's own settings about findings count everywhere only where it is above all that is checked (`covers`).
    """

    run: Source | None = None
    below: Sequence[Source] = ()
    unused: Sequence[Unused] = ()
    covers: bool = True


def find(disk: FileSystem, paths: Sequence[str], warnings: list[str]) -> Configurations:
    """The configurations above files and folders; where one has none, that of the working directory counts for it.

    Of several topmost ones, the first path's is the run's. Raises FatalError.
    """
    starts = list(dict.fromkeys(start_of(disk, path) for path in paths or (os.curdir,)))
    chains = {start: above(disk, start, warnings) for start in dict.fromkeys((*starts, os.curdir))}
    here = chains[os.curdir]
    used = [chains[start][0] or here[0] for start in starts]
    tops = list(dict.fromkeys(chain[-1] for chain in used if chain))
    covers = len(tops) == 1 and all(used)
    below = sorted({source for chain in used for source in chain} - {*(tops if covers else ())}, key=depth)
    counted = {source.file for chain in used for source in chain}
    unused = {path: BESIDE for start in starts for path in chains[start][1]}
    unused |= {disk.absolute(source.file): APART for source in here[0] if source.file not in counted}
    listed = [Unused(name, why) for path, why in unused.items() if (name := shown(disk, path)) not in counted]
    return Configurations(tops[0] if tops else None, below, listed, covers)


def start_of(disk: FileSystem, path: str) -> str:
    """The folder from which configurations are looked for upwards: of a pipe or of what is not there, the present."""
    if disk.is_folder(path):
        return path
    return os.path.dirname(path) or os.curdir if disk.is_file(path) else os.curdir


def depth(source: Source) -> tuple[int, str]:
    """How far down the folder of a configuration is."""
    return source.folder.count(os.sep), source.folder


class Layers:
    """What counts in each folder.

    `given` are the settings that count everywhere, and `adjust` puts what the command line says in their place. The
    configurations that are in the folders of a walk are read unless there is a reason `closed` why they do not count.
    `extended` are the files that configurations extend, `refused` the settings that do not count where they are
    written, `unused` the configurations that do not.
    """

    def __init__(
        self,
        given: Mapping[str, Any],
        rules: Mapping[str, Rule],
        adjust: Callable[[Config], Config] = lambda config: config,
        *,
        disk: FileSystem | None = None,
        closed: str = "",
    ) -> None:
        self.given, self.rules, self.adjust, self.closed = dict(given), rules, adjust, closed
        self.disk = disk or FileSystem()
        self.top = ""
        self.below: dict[str, dict[str, Any]] = {}
        self.read: set[str] = set()
        self.extended: list[str] = []
        self.refused: list[Refused] = []
        self.unused: list[Unused] = []
        self.known: dict[str, Config] = {}

    @property
    def config(self) -> Config:
        """The configuration of the run."""
        return self.adjust(Config(**self.given))

    def add(self, source: Source) -> None:
        """Takes the settings about findings from a configuration, for its folder; raises FatalError."""
        loaded = settings_of(source, self.rules, self.refused)
        if source.file != self.top:
            of_run = ((place, name) for name, place in loaded.places if is_of_run(name))
            self.refused += (Refused(place, name, below=self.top) for place, name in of_run)
        self.below[source.folder] = {
            name: value for name, value in loaded.settings.items() if not is_of_run(setting_names()[name])
        }
        self.extended += loaded.files
        self.known.clear()

    def enter(self, paths: Iterable[str], seen: Seen) -> None:
        """Reads the configurations among the files of a walk, once each; raises FatalError."""
        order = (*NAMES, PYPROJECT)
        found = [self.disk.absolute(path) for path in paths if os.path.basename(path) in order]
        for path in sorted(found, key=lambda path: (os.path.dirname(path), order.index(os.path.basename(path)))):
            if path in self.read or not self.disk.lexists(path):
                continue
            self.read.add(path)
            seen.note(path)
            if self.closed or os.path.dirname(path) in self.below:
                if not path.endswith(PYPROJECT):
                    self.unused.append(Unused(shown(self.disk, path), self.closed or BESIDE))
            elif source := source_at(self.disk, path, []):
                self.add(source)

    def at(self, path: str) -> Config:
        """The configuration that counts for the text at a path, as it is shown."""
        return self.within(os.path.dirname(self.disk.absolute(path))) if self.below else self.config

    def within(self, folder: str) -> Config:
        """The configuration that counts in a folder, given by its absolute path."""
        if folder not in self.known:
            given = dict(self.given)
            for way in filter(self.below.__contains__, lineage(folder)):
                given = joined(given, self.below[way])
            self.known[folder] = self.adjust(Config(**given))
        return self.known[folder]

    @property
    def per_path_ignore(self) -> dict[str, tuple[str, ...]]:
        """What is ignored by patterns of paths, in all folders."""
        found: dict[str, tuple[str, ...]] = {}
        for given in (self.given, *self.below.values()):
            for pattern, words in given.get("per_path_ignore", {}).items():
                found[pattern] = (*found.get(pattern, ()), *words)
        return found


def is_of_run(setting: str) -> bool:
    """Whether a setting is about a complete run."""
    return not SETTINGS[setting].of_findings


def load(user: Source | None, found: Configurations, layers: Layers) -> Layers:
    """Fills layers with the configurations that were found; raises FatalError for one that is wrong."""
    for source in filter(None, (user, found.run)):
        loaded = settings_of(source, layers.rules, layers.refused)
        everywhere = found.covers or source is user
        layers.given |= {
            name: value for name, value in loaded.settings.items() if everywhere or is_of_run(setting_names()[name])
        }
        layers.extended += loaded.files
    layers.top = found.run.file if found.run else ""
    layers.read.update(layers.disk.absolute(source.file) for source in (found.run, *found.below) if source)
    for source in found.below:
        layers.add(source)
    layers.unused += found.unused
    layers.refused = list(dict.fromkeys(layers.refused))
    return layers


def lineage(folder: str) -> list[str]:
    """A folder and all above it, the outermost first."""
    found = [folder]
    while (above := os.path.dirname(found[-1])) != found[-1]:
        found.append(above)
    return found[::-1]
