"""Where each setting may be set: one table by which cmlint refuses settings, and from which docs and schema are made.

What is in a repository may be written by a stranger. So a repository's configuration may say what a project is like,
but it must not choose programs, allow connections, or say where files are kept.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Whose = Literal["repository", "user"]
"""Whose configuration file may hold a setting."""


class Setting(msgspec.Struct, frozen=True):
    """The files that may hold a setting, and the field of the command line's options that sets it, if there is one.

    One that says something `of_findings` may differ from folder to folder; all others are about a complete run.
    """

    files: tuple[Whose, ...] = ("repository", "user")
    option: str = ""
    of_findings: bool = False


OF_PROJECT: tuple[Whose, ...] = ("repository",)
"""For settings that name paths of one project."""

OF_MACHINE: tuple[Whose, ...] = ("user",)
"""For settings that let cmlint do more than read the repository."""

SETTINGS = {
    "extends": Setting(OF_PROJECT, of_findings=True),
    "select": Setting(option="select", of_findings=True),
    "ignore": Setting(option="ignore", of_findings=True),
    "exclude": Setting(OF_PROJECT, "exclude"),
    "per-path-ignore": Setting(OF_PROJECT, of_findings=True),
    "external": Setting(of_findings=True),
    "providers": Setting(),
    "secrets": Setting(of_findings=True),
    "references": Setting(of_findings=True),
    "evidence": Setting(of_findings=True),
    "digest": Setting(of_findings=True),
    "assume-always-pull": Setting(of_findings=True),
    "server-side-apply": Setting(of_findings=True),
    "mutable-tags": Setting(of_findings=True),
    "pinned-tags": Setting(of_findings=True),
    "kubernetes-version": Setting(option="kubernetes_version"),
    "pedantic": Setting(option="pedantic", of_findings=True),
    "preview": Setting(option="preview", of_findings=True),
    "sources": Setting(OF_PROJECT),
    "severity": Setting(of_findings=True),
    "build": Setting(option="no_build"),
    "kustomize": Setting(OF_MACHINE, "kustomize"),
    "allow-remote": Setting(OF_MACHINE, "allow_remote"),
    "enable-helm": Setting(OF_MACHINE, "enable_helm"),
    "build-dependencies": Setting(OF_MACHINE, "build_dependencies"),
    "helm-program": Setting(OF_MACHINE, "helm"),
    "helm": Setting(OF_PROJECT, "helm_values"),
    "cache-dir": Setting(OF_MACHINE, "cache_dir"),
    "build-timeout": Setting(),
    "baseline": Setting(OF_PROJECT, "baseline"),
    "fail-on": Setting(option="fail_on"),
}
"""Every setting, in the order of `Config`."""
