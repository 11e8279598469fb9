"""A file of a ConfigMap mounted with `subPath`."""

from collections.abc import Iterator

from cmlint.api import Container, Context, Draft, PodSpec, Volume, VolumeSource, rule
from cmlint_rules.rollout import LASTING, follows, is_fixed, renewal


@rule(
    name="subpath-never-updates",
    summary="a file of a ConfigMap that is mounted with `subPath`",
    consequence="stale",
    since="0.1.0",
    pedantic=True,
)
def subpath_never_updates(container: Container, ctx: Context) -> Iterator[Draft]:
    """The kubelet renews the volume; a `subPath` stays bound to the file that was there at the start."""
    if not ctx.pod or not ctx.pod.exact or ctx.document.kind not in LASTING:
        return
    volumes = {volume.name.value: volume for volume in ctx.pod.volumes if volume.name}
    known: dict[str, list[tuple[VolumeSource, set[str]]]] = {}
    for mount in container.mounts:
        volume = volumes.get(mount.name.value)
        if not mount.sub_path or not volume:
            continue
        if mount.name.value not in known:
            known[mount.name.value] = list(changing_sources(volume, ctx.pod, ctx))
        part = f"{mount.sub_path.value}/"
        if source := next((source for source, parts in known[mount.name.value] if part in parts), None):
            name = source.reference.name
            message = f"`{mount.path}` keeps its content when the ConfigMap `{name.value}` changes: it is a `subPath`"
            draft = ctx.finding(mount.sub_path.span, message).also(name.span, "mounted from here")
            yield draft.help(f"mount the complete volume in a folder of its own; or {renewal(ctx, 'after a change')}")


def changing_sources(volume: Volume, pod: PodSpec, ctx: Context) -> Iterator[tuple[VolumeSource, set[str]]]:
    """The ConfigMaps of a volume that can change in place, each with its files and their folders, ended by a slash."""
    for source in volume.sources:
        resolution = ctx.resolve(source.reference)
        fixed = source.reference.target == "ConfigMap" and is_fixed(resolution)
        if fixed and not follows(pod, source.reference, resolution, ctx):
            keys = [key.name for definition in resolution.definitions for key in definition.provider.keys]
            files = keys if source.items is None else [item.path.value for item in source.items]
            yield source, {path[: i + 1] for path in (f"{file}/" for file in files) for i in slashes(path)}


def slashes(path: str) -> Iterator[int]:
    """The positions of the slashes in a path."""
    return (i for i, character in enumerate(path) if character == "/")
