"""The source files in the folder of a program, with their facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cmlint.bundle.links import Link, below
from cmlint.bundle.programs import Reading
from cmlint.model.facts import Language
from cmlint.sources import code
from cmlint.sources.reader import Reader, Wanted
from cmlint.sources.reader import Reading as Files
from cmlint.system.files import MB

MOST = 4 * MB
"""The most bytes of source that are read for one program."""

MOST_FILES = 5000


class Folders:
    """What reads the folders of programs: `files` are all files of a run, as they are shown, and where each is."""

    def __init__(self, files: Mapping[str, tuple[str, str | None]], reader: Reader) -> None:
        self.files, self.reader, self.paths = files, reader, sorted(files)

    def read(self, link: Link) -> Reading:
        """The facts of all files in the folder of a program, the most telling first, up to a limit."""
        size, wanted, left = 0, list[Wanted](), ""
        for path, language in sorted(self.found(link), key=lambda found: (RANKS[found[1]], found[0])):
            source, root = self.files[path]
            self.reader.request.seen.note(source)
            state = self.reader.disk.state(source)
            length = state[1] if state else 0
            if length > code.longest(path):
                continue
            size += length
            if size > MOST or len(wanted) == MOST_FILES:
                left = f"it has more than {MOST // MB} MB of source"
                break
            wanted.append(Wanted(path, source, language, root))
        facts = Files(self.reader, wanted).results()
        found = {path: each.source for path, each in facts.items() if not isinstance(each, str) and each.source}
        return Reading(found, left)

    def found(self, link: Link) -> Iterator[tuple[str, Language]]:
        """The source files in a folder, and the Dockerfile."""
        for path in below(self.paths, link.context):
            inner = path[len(link.context) :].lstrip("/")
            if path != link.dockerfile and (language := code.language_of(inner)):
                yield path, language
        if link.dockerfile:
            yield link.dockerfile, "dockerfile"


RANKS: dict[Language, int] = {
    "dockerfile": 0,
    "python": 1,
    "javascript": 1,
    "java": 1,
    "go": 1,
    "properties": 1,
    "shell": 2,
    "envsubst": 2,
    "other": 3,
}
"""The order in which files are read, where there are too many."""
