"""The settings of the editor: only what concerns it, and nothing that changes what is found."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
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


EXPECTED: Mapping[object, str] = {
    Shown: "must be `open`, `new` or `workspace`",
    tuple[Neighbour, ...]: "must be a list of `yaml-language-server`, `kubernetes-schema` or `helm-ls`",
    Actions: "must be an object",
    bool: "must be true or false",
    tuple[str, ...]: "must be a list of paths",
    str: "must be the name of a command",
}
"""What each type of setting has to be, in words."""


def read(given: object) -> tuple[Settings, list[str]]:
    """The settings that a client gives, and what is wrong with them, one sentence each; null sets nothing."""
    if not isinstance(given, Mapping):
        return Settings(), [] if given is None else ["the settings of cmlint must be an object"]
    values, wrong = taken(given, Settings, "cmlint.")
    return Settings(**values), wrong


def taken(given: Mapping[Any, Any], kind: type[msgspec.Struct], prefix: str) -> tuple[dict[str, Any], list[str]]:
    """The values that are right, and what is wrong with the others."""
    wrong = list(unknown(given, kind.__struct_fields__, prefix))
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        value = given.get(field.name)
        if field.type is Actions and isinstance(value, Mapping):
            inner, more = taken(value, Actions, f"{prefix}{field.name}.")
            values[field.name] = Actions(**inner)
            wrong += more
        elif value is not None:
            try:
                values[field.name] = msgspec.convert(value, field.type)
            except msgspec.ValidationError:
                untrusted = field.name == "trusted"  # a wrong value must not let programs run
                values |= {field.name: False} if untrusted else {}
                counts = "`false` counts" if untrusted else "the default counts"
                wrong.append(f"`{prefix}{field.name}` {EXPECTED[field.type]}; {counts}")
    return values, wrong


def unknown(given: Mapping[Any, Any], names: Collection[str], prefix: str) -> Iterator[str]:
    """What to say of settings that do not exist, with the near name."""
    for name in given:
        if name not in names:
            near = nearest(str(name), names)
            meant = f"; did you mean `{prefix}{near}`?" if near else ""
            yield f"`{prefix}{name}` is not a setting{meant}"
