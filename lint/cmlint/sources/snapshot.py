"""Snapshots: what a cluster holds, written down for whoever has no way to it.

Names, key names and sizes, never a value.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cmlint.model.live import Inventory, Space

VERSION = 1


class Snapshot(msgspec.Struct, omit_defaults=False):
    """Clusters at one moment."""

    version: int
    taken: str
    clusters: tuple[Inventory, ...]


class BadSnapshotError(Exception):
    """A file that is no snapshot, or one of another version."""


def write(clusters: Iterable[Inventory], taken: str) -> str:
    """The text of a snapshot: one thing a line and all in order, so that two can be compared."""
    snapshot = Snapshot(VERSION, taken, tuple(told(each) for each in sorted(clusters, key=lambda each: each.name)))
    return msgspec.json.format(msgspec.json.encode(snapshot, order="deterministic"), indent=2).decode() + "\n"


def told(inventory: Inventory) -> Inventory:
    """What of a cluster is written down."""
    spaces = {
        name: Space(
            {each: held.told() for each, held in space.config_maps.items()},
            {each: held.told() for each, held in space.secrets.items()},
            space.unread,
        )
        for name, space in inventory.spaces.items()
    }
    return msgspec.structs.replace(inventory, spaces=spaces)


def read(text: str) -> Snapshot:
    """A snapshot; raises BadSnapshotError with a sentence that says what is wrong."""
    try:
        snapshot = msgspec.json.decode(text, type=Snapshot)
    except msgspec.MsgspecError as error:
        raise BadSnapshotError(f"is no snapshot: {error}") from None
    if snapshot.version != VERSION:
        raise BadSnapshotError(f"is a snapshot of version {snapshot.version}, and this cmlint reads version {VERSION}")
    return snapshot
