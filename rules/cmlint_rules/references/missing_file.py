"""A `subPath` that is no file of its volume."""

from collections.abc import Iterator

from cmlint.api import Container, Context, Draft, Mount, Volume, nearest, placeholders, rule
from cmlint_rules.references import SHOWN_KEYS


@rule(
    name="missing-file",
    summary="a `subPath` that is no file of its volume",
    consequence="silent",
    since="0.1.0",
)
def missing_file(container: Container, ctx: Context) -> Iterator[Draft]:
    """The kubelet makes an empty folder of that name and mounts it (makeMounts, SafeMakeDir)."""
    if not ctx.pod or not ctx.pod.exact:
        return
    volumes = {volume.name.value: volume for volume in ctx.pod.volumes if volume.name}
    for mount in container.mounts:
        volume = volumes.get(mount.name.value)
        if mount.sub_path is None or mount.expands or placeholders.is_placeholder(mount.sub_path.value):
            continue
        if volume and volume.sources:
            yield from absent(mount, volume, ctx)


def absent(mount: Mount, volume: Volume, ctx: Context) -> Iterator[Draft]:
    """What is said of one mount, where all files of its volume are known."""
    contents = ctx.bundle.contents(volume, ctx.placed)
    if not contents.mounts or contents.files is None or not mount.sub_path or not surely(volume, ctx):
        return
    wanted = "/".join(part for part in mount.sub_path.value.split("/") if part not in ("", "."))
    if not wanted or any(file == wanted or file.startswith(f"{wanted}/") for file in contents.files):
        return
    draft = ctx.finding(mount.sub_path.span, f"the volume `{mount.name.value}` has no file `{mount.sub_path.value}`")
    for source in volume.sources:
        draft.also(source.reference.name.span, "its files come from here")
    near = nearest(wanted, contents.files)
    files = ", ".join(f"`{file}`" for file in contents.files[:SHOWN_KEYS]) or "no files at all"
    result = "an empty folder is mounted in its place"
    yield draft.help(f"{result}; did you mean `{near}`?" if near else f"{result}; it has {files}")


def surely(volume: Volume, ctx: Context) -> bool:
    """Whether every source is known for certain, from one definition each."""
    found = [ctx.resolve(source.reference) for source in volume.sources]
    return all(each.status == "found" and not each.open and len(each.definitions) == 1 for each in found)
