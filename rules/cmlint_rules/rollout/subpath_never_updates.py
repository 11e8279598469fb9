"""A file of a ConfigMap mounted with `subPath`."""

from collections.abc import Iterator

from cmlint.api import Container, Context, Draft, Scalar, Volume, VolumeSource, rule
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
    if not ctx.pod or not ctx.pod.exact or ctx.document.kind not in LASTING or follows(ctx.pod, ctx):
        return
    volumes = {volume.name.value: volume for volume in ctx.pod.volumes if volume.name}
    for mount in container.mounts:
        volume = volumes.get(mount.name.value)
        if mount.sub_path and volume and (source := source_of(mount.sub_path, volume, ctx)):
            name = source.reference.name
            message = f"`{mount.path}` keeps its content when the ConfigMap `{name.value}` changes: it is a `subPath`"
            draft = ctx.finding(mount.sub_path.span, message).also(name.span, "mounted from here")
            yield draft.help(f"mount the whole volume in a folder of its own; or {renewal(ctx, 'after a change')}")


def source_of(sub_path: Scalar, volume: Volume, ctx: Context) -> VolumeSource | None:
    """The ConfigMap that a part of a volume comes from, when it is one that can change in place."""
    for source in volume.sources:
        resolution = ctx.resolve(source.reference)
        if source.reference.target == "ConfigMap" and is_fixed(resolution):
            keys = [key.name for definition in resolution.definitions for key in definition.provider.keys]
            files = keys if source.items is None else [item.path.value for item in source.items]
            if any(f"{file}/".startswith(f"{sub_path.value}/") for file in files):
                return source
    return None
