"""The files of a volume (`pkg/volume/configmap/configmap.go` and `pkg/volume/secret/secret.go`, MakePayload)."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import normpath

import msgspec

from cmlint.bundle.documents import Placed, folders_above
from cmlint.bundle.environment import is_kept_elsewhere
from cmlint.bundle.resolve import Resolver
from cmlint.bundle.stops import container_names, is_unknown
from cmlint.knowledge.placeholders import is_placeholder
from cmlint.model.facts import PodSpec, Span, Volume, VolumeSource

LONGEST = 4096
"""Linux opens no path that is longer (`PATH_MAX`)."""


class Contents(msgspec.Struct, frozen=True):
    """What a volume holds: `files` is None when they cannot be known, `mounts` False when it surely is not mounted."""

    mounts: bool
    files: tuple[str, ...] | None


def contents_of(volume: Volume, placed: Placed, resolver: Resolver) -> Contents:
    """The files that a volume made of ConfigMaps and Secrets will hold."""
    if any(found.file != found.inner for found in overlaps_in(volume, placed, resolver)):
        return Contents(False, None)
    if volume.of and any(is_unknown(of, container_names(pod_of(volume, placed))) for of in volume.of):
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


def pod_of(volume: Volume, placed: Placed) -> PodSpec:
    """The pod spec of a volume."""
    return next(pod for pod in placed.document.pods if any(each is volume for each in pod.volumes))


def files_of(source: VolumeSource, placed: Placed, resolver: Resolver) -> tuple[list[str] | None, bool]:
    """The files of one source, None when unknown; and whether it can be mounted."""
    reference = source.reference
    resolution = resolver.resolve(reference, placed)
    if is_kept_elsewhere(reference, resolution, resolver.scope.ways(placed)):
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


class Overlap(msgspec.Struct, frozen=True):
    """Two files that cannot both be in one volume: `file` is also the folder that `inner` needs, or both are equal.

    `span` is where the second of them is written, `first` where the other one is.
    """

    file: str
    inner: str
    span: Span
    first: Span


def overlaps_in(volume: Volume, placed: Placed, resolver: Resolver) -> Iterator[Overlap]:
    """The files of a volume that overlap (`pkg/volume/util/atomic_writer.go`)."""
    seen: dict[str, Span] = {}
    below: dict[str, tuple[str, Span]] = {}
    for path, span in paths_in(volume, placed, resolver):
        if path in seen:
            yield Overlap(path, path, span, seen[path])
        folders = tuple(filter(None, folders_above(path)))
        outer = next((folder for folder in folders if folder in seen), None)
        if outer is not None:
            yield Overlap(outer, path, span, seen[outer])
        elif path in below:
            inner, first = below[path]
            yield Overlap(path, inner, span, first)
        seen[path] = span
        for folder in folders:
            below.setdefault(folder, (path, span))


def paths_in(volume: Volume, placed: Placed, resolver: Resolver) -> Iterator[tuple[str, Span]]:
    """The paths of files in a volume as AtomicWriter cleans them, and where each is written.

    Keys of an object without `items` have no folders, so they count only beside other sources.
    """
    several = len(volume.sources) + len(volume.others) > 1
    for source in volume.sources:
        if source.items is None and several:
            resolution = resolver.resolve(source.reference, placed)
            if resolution.status == "found" and not resolution.open and len(resolution.definitions) == 1:
                for key in resolution.definitions[0].provider.keys:
                    yield key.name, source.reference.name.span
    written = [item.path for source in volume.sources for item in source.items or ()]
    for path in (*written, *volume.others):
        if len(path.value) <= LONGEST and not is_placeholder(path.value):
            yield normpath(path.value), path.span
