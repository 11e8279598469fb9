"""A `subPath` that is not a file of its volume."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from cmlint.api import Container, Context, Draft, Mount, Nearby, Scalar, Volume, nearest, placeholders, rule
from cmlint_rules.references import SHOWN_KEYS


@rule(
    name="missing-file",
    summary="a `subPath` that is not a file of its volume",
    consequence="silent",
    since="0.1.0",
)
def missing_file(container: Container, ctx: Context) -> Iterator[Draft]:
    """The kubelet makes an empty folder of that name and mounts it (makeMounts, SafeMakeDir)."""
    if not ctx.pod or not ctx.pod.exact:
        return
    volumes = {volume.name.value: volume for volume in ctx.pod.volumes if volume.name}
    known: dict[str, Files] = {}
    for mount in container.mounts:
        volume, name = volumes.get(mount.name.value), mount.name.value
        if mount.sub_path is None or mount.expands or placeholders.is_placeholder(mount.sub_path.value):
            continue
        if volume and volume.sources:
            if name not in known:
                known[name] = files_of(volume, ctx)
            yield from absent(mount, mount.sub_path, volume, known[name], ctx)


class Files(NamedTuple):
    """The files of a volume, and the same in the order of their names; None where not all are known."""

    names: tuple[str, ...] | None
    ordered: tuple[str, ...] = ()
    nearby: Nearby = Nearby(())

    def have(self, path: str) -> bool:
        """Whether a path is a file, or a folder with files."""
        return any(
            (at := bisect_left(self.ordered, each)) < len(self.ordered)
            and f"{self.ordered[at]}/".startswith(f"{path}/")
            for each in (path, f"{path}/")
        )


def files_of(volume: Volume, ctx: Context) -> Files:
    """The files of one volume."""
    contents = ctx.bundle.contents(volume, ctx.placed)
    if not contents.mounts or contents.files is None or not surely(volume, ctx):
        return Files(None)
    return Files(tuple(contents.files), tuple(sorted(contents.files)), Nearby(contents.files))


def absent(mount: Mount, sub_path: Scalar, volume: Volume, files: Files, ctx: Context) -> Iterator[Draft]:
    """The message about one mount, where all files of its volume are known."""
    wanted = "/".join(part for part in sub_path.value.split("/") if part not in ("", "."))
    if files.names is None or not wanted or files.have(wanted):
        return
    draft = ctx.finding(sub_path.span, f"the volume `{mount.name.value}` has no file `{sub_path.value}`")
    for source in volume.sources:
        draft.also(source.reference.name.span, "its files come from here")
    near = nearest(wanted, files.nearby.around(wanted))
    shown = ", ".join(f"`{file}`" for file in files.names[:SHOWN_KEYS]) or "no files at all"
    result = "an empty folder is mounted in its place"
    yield draft.help(f"{result}; did you mean `{near}`?" if near else f"{result}; it has {shown}")


def surely(volume: Volume, ctx: Context) -> bool:
    """Whether every source is known for certain, from one definition each."""
    found = [ctx.resolve(source.reference) for source in volume.sources]
    return all(each.status == "found" and not each.open and len(each.definitions) == 1 for each in found)
