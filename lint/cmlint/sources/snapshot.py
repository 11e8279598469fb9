"""Snapshots: what a cluster holds, written down for whoever has no way to it.

Names, key names and sizes, never a value.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cmlint.model.cluster import Inventory, Space
from cmlint.system.files import SNAPSHOT, read_named, reason
from cmlint.system.text import json_of

VERSION = 1


class Versioned(msgspec.Struct):
    """What every snapshot begins with."""

    version: int


class Snapshot(Versioned):
    """Clusters at one moment."""

    taken: str
    clusters: tuple[Inventory, ...]


class BadSnapshotError(Exception):
    """A file that is not a snapshot, or one of another version."""


def write(clusters: Iterable[Inventory], taken: str) -> str:
    """The text of a snapshot: one thing a line and all in order, so that two can be compared."""
    snapshot = Snapshot(
        VERSION, taken, tuple(for_snapshot(each) for each in sorted(clusters, key=lambda each: each.name))
    )
    return json_of(snapshot, 2, ordered=True) + "\n"


def for_snapshot(inventory: Inventory) -> Inventory:
    """What of a cluster is written down."""
    spaces = {
        name: Space(
            {each: held.for_snapshot() for each, held in space.config_maps.items()},
            {each: held.for_snapshot() for each, held in space.secrets.items()},
            space.unread,
        )
        for name, space in inventory.spaces.items()
    }
    return msgspec.structs.replace(inventory, spaces=spaces)


def load(path: str) -> Snapshot:
    """The snapshot in a file; raises BadSnapshotError with a sentence that says what is wrong."""
    try:
        raw = read_named(path, SNAPSHOT)
        version = msgspec.json.decode(raw, type=Versioned).version
        if version != VERSION:
            raise BadSnapshotError(f"{path}: a snapshot of version {version}, and this cmlint reads version {VERSION}")
        return msgspec.json.decode(raw, type=Snapshot)
    except OSError as error:
        raise BadSnapshotError(f"{path}: {reason(error)}") from None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadSnapshotError(f"{path}: not a snapshot: {str(error)[:1].lower()}{str(error)[1:]}") from None
