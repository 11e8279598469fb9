"""Containers that started before the ConfigMap or Secret was changed of which they mount a file with `subPath`."""

from __future__ import annotations

from collections.abc import Iterator

from cmlint.api import Container, Context, Draft, Mount, PodSpec, VolumeSource, rule
from cmlint_rules.cluster import KeysRead, outdated


@rule(
    name="stale-file",
    summary="containers that started before a file was changed that they mount with `subPath`",
    consequence="stale",
    since="0.1.0",
)
def stale_file(container: Container, ctx: Context) -> Iterator[Draft]:
    """Once for each object: a `subPath` stays bound to the file that was there when the container started."""
    if ctx.pods and ctx.pod:
        yield from outdated("stale-file", container, list(reads_of(container, ctx.pod)), ctx)


def reads_of(container: Container, pod: PodSpec) -> Iterator[KeysRead]:
    """What a container mounts with `subPath`: of each object the keys whose files are mounted."""
    volumes = {volume.name.value: volume for volume in pod.volumes if volume.name}
    found: dict[tuple[str, str], KeysRead] = {}
    for mount in container.mounts:
        volume = volumes.get(mount.name.value)
        for source in volume.sources if volume and mount.sub_path else ():
            key = source.reference.target, source.reference.name.value
            read = KeysRead(source.reference, keys_of(mount, source))
            if read.keys != set():
                first = found.get(key, KeysRead(read.reference, set()))
                both = None if read.keys is None or first.keys is None else {*first.keys, *read.keys}
                found[key] = KeysRead(first.reference, both)
    yield from found.values()


def keys_of(mount: Mount, source: VolumeSource) -> set[str] | None:
    """The keys whose files a mount holds; None where that is only known when the pod starts."""
    part = mount.sub_path.value.strip("/") if mount.sub_path else ""
    if mount.expands or "$(" in part:
        return None
    if source.items is None:
        return {part}
    paths = ((item.path.value.strip("/"), item.key.value) for item in source.items)
    return {key for path, key in paths if f"{path}/".startswith(f"{part}/")}
