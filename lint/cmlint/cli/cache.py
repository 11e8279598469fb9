"""`cmlint cache`: what is kept between runs."""

from __future__ import annotations

import msgspec

from cmlint.cli.inputs import cache_of, tell
from cmlint.cli.parameters import CACHE_DIR, Command, Parameter
from cmlint.cli.terminal import show
from cmlint.system.text import printable


class Options(msgspec.Struct, frozen=True):
    """What the line says."""

    action: str = "dir"
    cache_dir: str | None = None


PARAMETERS = (
    Parameter(
        "action",
        "choice",
        "`dir` (default) says where it is kept, `clear` forgets it.",
        "ACTION",
        choices=("dir", "clear"),
        positional=True,
    ),
    CACHE_DIR._replace(panel=""),
)


def run(options: Options) -> int:
    """Says where the cache is, or empties it."""
    folder = cache_of(options)
    if options.action == "dir":
        show(f"{printable(str(folder.path))}\n")
        return 0
    count = folder.clear()
    for complaint in folder.complaints:
        tell("error", complaint)
    show(f"{count} file{'' if count == 1 else 's'} removed from {printable(str(folder.path))}\n")
    return 2 if folder.complaints else 0


EXAMPLES = (("cache dir", "where it is kept"), ("cache clear", "forget all of it"))

COMMAND = Command(
    name="cache", summary="Show or empty the cache.", examples=EXAMPLES, parameters=PARAMETERS, options=Options, run=run
)
