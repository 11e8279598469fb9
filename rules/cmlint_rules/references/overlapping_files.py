"""Two files of one volume that cannot both be there."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Volume, rule


@rule(
    name="overlapping-files",
    summary="two items of one volume with one path, or one below the other",
    consequence="stuck",
    since="0.1.0",
)
def overlapping_files(volume: Volume, ctx: Context) -> Iterator[Draft]:
    """A file cannot be a folder too; of equal paths the last one counts, and in a projected volume they are refused."""
    projected = not any(source.reference.via == "volume" for source in volume.sources)
    for found in ctx.bundle.overlaps(volume, ctx.placed):
        if found.file != found.inner:
            message = f"`{found.file}` is a file, and `{found.inner}` needs a folder of that name"
            draft = ctx.finding(found.span, message).also(found.first, "the other file")
            draft.help("the volume is never mounted; rename one of the two")
            yield draft.idle() if volume.idle else draft
        elif not projected:
            message = f"another item also has the path `{found.file}`, and only the last one becomes a file"
            draft = ctx.finding(found.span, message, consequence="silent").also(found.first, "first here")
            yield draft.help("give each item a path of its own")
