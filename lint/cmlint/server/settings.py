"""The settings of the editor: only what concerns it, and nothing that changes what is found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import msgspec

from cmlint.kube.near import nearest

Shown = Literal["open", "new", "workspace"]
"""Of which files findings are shown: of those that are open; of others what is new in this session; or all."""

Neighbour = Literal["yaml-language-server", "kubernetes-schema", "helm-ls"]
"""Another server of the same files, whose findings are not repeated."""


class Actions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which code actions are offered."""

    suppress: bool = True
    fix: bool = True


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the editor may set.

    Objects that the files do not define are looked up in a cluster, if it is `live`, and in the snapshots `against`.
    Where a workspace is not `trusted`, nothing is built and no cluster is asked, for both may run programs.
    `references` is the editor's own command that shows the places which a lens counts; without it, the first place is
    opened.
    """

    diagnostics: Shown = "new"
    beside: tuple[Neighbour, ...] = ()
    actions: Actions = Actions()
    lens: bool = True
    hints: bool = False
    live: bool = False
    against: tuple[str, ...] = ()
    trusted: bool = True
    references: str = ""


def read(given: object) -> tuple[Settings, list[str]]:
    """The settings that a client gives, and what is wrong with them, one sentence each; null sets nothing."""
    if not isinstance(given, Mapping):
        return Settings(), [] if given is None else ["the settings of cmlint must be an object"]
    wrong = list(unknown(given, Settings, ""))
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(Settings):
        if given.get(field.name) is None:
            continue
        value = given[field.name]
        if field.type is Actions and isinstance(value, Mapping):
            value = {name: each for name, each in value.items() if name in Actions.__struct_fields__}
        try:
            values[field.name] = msgspec.convert(value, field.type)
        except msgspec.ValidationError as error:
            wrong.append(f"the setting `cmlint.{field.name}` does not count: {str(error).partition(' - ')[0]}")
    return Settings(**values), wrong


def unknown(given: Mapping[Any, Any], kind: type[msgspec.Struct], prefix: str) -> Iterator[str]:
    """What to say of settings that do not exist, with the near name."""
    names = kind.__struct_fields__
    for name, value in given.items():
        if name not in names:
            near = nearest(str(name), names)
            meant = f"; did you mean `cmlint.{prefix}{near}`?" if near else ""
            yield f"`cmlint.{prefix}{name}` is not a setting{meant}"
        elif name == "actions" and isinstance(value, Mapping):
            yield from unknown(value, Actions, "actions.")
