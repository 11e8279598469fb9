"""Every text of the table is read to the very JSON that Kubernetes makes of it, or refused as there."""

from __future__ import annotations

import json
import math
from typing import Any, TypeGuard

import pytest

from cmlint.kube.scalars import BadScalarError, key_name, resolve
from cmlint.manifest.decode import Decoder, check_tree
from cmlint.manifest.documents import cut
from cmlint.manifest.nodes import MappingNode, Node, ScalarNode, SequenceNode, YamlSyntaxError, compose
from tests.support.run import FIXTURES

ROWS = [json.loads(line) for line in (FIXTURES / "truth" / "yaml.jsonl").read_text(encoding="utf-8").splitlines()]


def plain(node: Node) -> Any:
    """A node as plain data, by cmlint's own resolver."""
    if isinstance(node, ScalarNode):
        return resolve(node.tag, node.value)
    if isinstance(node, SequenceNode):
        return [plain(item) for item in node.value]
    assert isinstance(node, MappingNode)
    return {key_name(resolve(key.tag, key.value)): plain(value) for key, value in node.value}


def read(text: str) -> Any:
    """The first document of a text as plain data; raises ValueError where Kubernetes refuses it."""
    start, end = next(cut(text))
    root = compose(text[start:end])
    if root is None:
        return None
    check_tree(Decoder(text[start:end], start), root)
    return plain(root)


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether a value is a number, and no boolean."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def same(mine: Any, real: Any) -> bool:
    """Whether two values are the same data; large numbers are floats in JSON."""
    if isinstance(mine, dict) and isinstance(real, dict):
        return mine.keys() == real.keys() and all(same(mine[key], real[key]) for key in mine)
    if isinstance(mine, list) and isinstance(real, list):
        return len(mine) == len(real) and all(map(same, mine, real))
    if is_number(mine) and is_number(real):
        return math.isclose(float(mine), float(real), rel_tol=1e-15)
    return type(mine) is type(real) and bool(mine == real)


@pytest.mark.parametrize("row", ROWS, ids=[repr(row["text"]) for row in ROWS])
def test_a_text_is_read_as_kubernetes_reads_it(row: dict[str, Any]) -> None:
    if "error" in row:
        with pytest.raises((YamlSyntaxError, BadScalarError)):
            read(row["text"])
    else:
        assert same(read(row["text"]), row["json"])
