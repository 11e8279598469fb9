"""Two files of one volume that cannot both be there."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Scalar, Volume, placeholders, rule

LONGEST = 4096
"""Linux opens no path that is longer (`PATH_MAX`)."""


@rule(
    name="overlapping-files",
    summary="two items of one volume with one path, or one below the other",
    consequence="stuck",
    since="0.1.0",
)
def overlapping_files(volume: Volume, ctx: Context) -> Iterator[Draft]:
    """A file cannot be a folder too (`pkg/volume/util/atomic_writer.go`); of equal paths the last one counts."""
    seen: dict[str, Scalar] = {}
    below: dict[str, tuple[str, Scalar]] = {}
    projected = len(volume.sources) > 1
    for item in (item for source in volume.sources for item in source.items or ()):
        path = item.path.value.strip("/")
        if placeholders.is_placeholder(path) or len(path) > LONGEST:
            continue
        if path in seen and not projected:
            message = f"another item has the path `{path}` too, and only the last one becomes a file"
            draft = ctx.finding(item.path.span, message, consequence="silent").also(seen[path].span, "first here")
            yield draft.help("give each item a path of its own")
        folders = tuple(folders_above(path))
        outer = next((folder for folder in folders if folder in seen), None)
        if outer is not None or path in below:
            file, inner, first = (outer, path, seen[outer]) if outer is not None else (path, *below[path])
            message = f"`{file}` is a file, and `{inner}` needs a folder of that name"
            draft = ctx.finding(item.path.span, message).also(first.span, "the other item")
            yield draft.help("the volume is never mounted; rename one of the two")
        seen[path] = item.path
        for folder in folders:
            below.setdefault(folder, (path, item.path))


def folders_above(path: str) -> Iterator[str]:
    """The folders that a file lies in, innermost first."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path
