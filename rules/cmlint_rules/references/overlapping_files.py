"""Two files of one volume that cannot both be there."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Scalar, Volume, placeholders, rule


@rule(
    name="overlapping-files",
    summary="two items of one volume with one path, or one below the other",
    consequence="stuck",
    since="0.1.0",
)
def overlapping_files(volume: Volume, ctx: Context) -> Iterator[Draft]:
    """A file cannot be a folder too (`pkg/volume/util/atomic_writer.go`); of equal paths the last one counts."""
    seen: dict[str, Scalar] = {}
    projected = len(volume.sources) > 1
    for item in (item for source in volume.sources for item in source.items or ()):
        path = item.path.value.strip("/")
        if placeholders.is_placeholder(path):
            continue
        if path in seen and not projected:
            message = f"another item has the path `{path}` too, and only the last one becomes a file"
            draft = ctx.finding(item.path.span, message, consequence="silent").also(seen[path].span, "first here")
            yield draft.help("give each item a path of its own")
        for other, first in seen.items():
            if path.startswith(f"{other}/") or other.startswith(f"{path}/"):
                inner, outer = (path, other) if path.startswith(f"{other}/") else (other, path)
                message = f"`{outer}` is a file, and `{inner}` needs a folder of that name"
                draft = ctx.finding(item.path.span, message).also(first.span, "the other item")
                yield draft.help("the volume is never mounted; rename one of the two")
                break
        seen[path] = item.path
