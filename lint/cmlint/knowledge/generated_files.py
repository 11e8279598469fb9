"""Files that tools write into a repository before its kustomizations are built, and how a Makefile runs the tools."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import NamedTuple


class Generator(NamedTuple):
    """A tool: how a Makefile names it, and the files that it writes, as seen from the Makefile."""

    tool: str
    named: str
    files: tuple[str, ...]


GENERATORS = (
    # https://github.com/kubernetes-sigs/controller-tools: `OutputToDirectory` in pkg/genall/output.go, config/GENERATOR
    Generator(
        "controller-gen",
        r"controller-gen|CONTROLLER_GEN",
        ("config/crd/bases/*.yaml", "config/rbac/role.yaml", "config/webhook/manifests.yaml"),
    ),
    # https://sdk.operatorframework.io/docs/cli/operator-sdk_generate_kustomize_manifests/
    Generator("operator-sdk", r"generate kustomize manifests", ("config/manifests/bases/*.yaml",)),
)

BOOTSTRAPPED = "flux-system"
"""The folder that `flux bootstrap` writes (https://fluxcd.io/flux/cmd/flux_bootstrap/)."""


def tool_for(path: str, makefile: str) -> str:
    """The tool that writes the file at a path, by the text of the Makefile from which the path begins; or none."""
    alike = (each for each in GENERATORS if any(fnmatchcase(path, pattern) for pattern in each.files))
    return next((each.tool for each in alike if re.search(each.named, makefile)), "")
