"""The files of a volume (`pkg/volume/configmap/configmap.go` and `pkg/volume/secret/secret.go`, MakePayload)."""

from __future__ import annotations

import msgspec

from cmlint.bundle.environment import is_kept_elsewhere
from cmlint.bundle.placed import Placed, folders_above
from cmlint.bundle.resolve import Resolver
from cmlint.model.facts import Volume, VolumeSource


class Contents(msgspec.Struct, frozen=True):
    """What a volume holds: `files` is None when they cannot be known, `mounts` False when it surely is not mounted."""

    mounts: bool
    files: tuple[str, ...] | None


def contents_of(volume: Volume, placed: Placed, resolver: Resolver) -> Contents:
    """The files that a volume made of ConfigMaps and Secrets will hold."""
    if overlap(volume):
        return Contents(False, None)
    files: set[str] = set()
    known = volume.closed
    for source in volume.sources:
        found, mounts = files_of(source, placed, resolver)
        if not mounts:
            return Contents(False, None)
        known = known and found is not None
        files.update(found or ())
    return Contents(True, tuple(sorted(files)) if known else None)


def files_of(source: VolumeSource, placed: Placed, resolver: Resolver) -> tuple[list[str] | None, bool]:
    """The files of one source, None when unknown; and whether it can be mounted."""
    reference = source.reference
    resolution = resolver.resolve(reference, placed)
    if is_kept_elsewhere(reference, resolution, resolver.scope.ways_of(placed)):
        return None, True
    if resolution.status in ("missing", "wrong-namespace"):
        return [], reference.optional
    if resolution.status != "found":
        return None, True
    provider = resolution.definitions[0].provider
    present = {key.name for key in provider.keys}
    if source.items is None:
        return (None, True) if provider.open else (sorted(present), True)
    absent = [item for item in source.items if item.key.value not in present]
    if absent and not provider.open and not reference.optional:
        return [], False
    if absent and provider.open:
        return None, True
    return [item.path.value for item in source.items if item.key.value in present], True


def overlap(volume: Volume) -> bool:
    """Whether one item would be a file and a folder for another, with which nothing is mounted (AtomicWriter)."""
    paths = {item.path.value.strip("/") for source in volume.sources for item in source.items or ()}
    return any(above in paths for path in paths for above in folders_above(path))
