"""When an object is applied: hooks of Helm and Argo CD."""

from __future__ import annotations

from collections.abc import Mapping

from cmlint.manifest.nodes import Node, ScalarNode
from cmlint.model.facts import Hook

HELM = "helm.sh/hook"
"""https://helm.sh/docs/topics/charts_hooks/"""

ARGO = "argocd.argoproj.io/hook"
"""https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/"""

WEIGHTS = {HELM: "helm.sh/hook-weight", ARGO: "argocd.argoproj.io/sync-wave"}


def read_hook(annotations: Mapping[str, Node]) -> Hook | None:
    """The hook that an object is; Argo CD looks at its own annotation first.

    `pkg/sync/hook/hook.go` in argoproj/gitops-engine. A weight that is not a number is 0.
    """
    for name in (ARGO, HELM):
        if written := text_of(annotations.get(name)):
            weight = text_of(annotations.get(WEIGHTS[name]))
            return Hook("Helm" if name == HELM else "Argo CD", written, int(weight) if is_number(weight) else 0)
    return None


def text_of(node: Node | None) -> str:
    """The text of a scalar; empty for anything else."""
    return node.value.strip() if isinstance(node, ScalarNode) else ""


def is_number(text: str) -> bool:
    """Whether a text is a number of a few digits."""
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) < 10
