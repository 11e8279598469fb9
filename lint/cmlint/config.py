"""What a project settles in `.cmlint.yaml` or `[tool.cmlint]` of `pyproject.toml`."""

from __future__ import annotations

from typing import Literal

import msgspec


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The configuration; every field has a default, and what the command line says comes first."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    per_path_ignore: dict[str, tuple[str, ...]] = {}
    external: tuple[str, ...] = ()
    secrets: Literal["evidence", "all"] = "evidence"
    references: Literal["evidence", "strict"] = "evidence"
    assume_always_pull: bool = False
    mutable_tags: tuple[str, ...] = ()
    pinned_tags: tuple[str, ...] = ()
    kubernetes_version: str | None = None
    pedantic: bool = False
    fail_on: Literal["error", "warning", "info"] = "warning"
