"""Manifests that many tests begin with."""

from __future__ import annotations

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a/b:1.0.0}]}\n"
"""The smallest Pod without any problem."""


def pod(*lines: str, name: str = "web", image: str = "web:1.2.3") -> str:
    """A Pod `name` with one container of the same name, and further lines of this container."""
    head = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n  containers:\n"
    return f"{head}    - name: {name}\n      image: {image}\n" + "".join(f"      {line}\n" for line in lines)
