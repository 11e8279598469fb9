"""The items of a List that is too large to be parsed as a whole give the facts that the List would give."""

from __future__ import annotations

import json

import pytest

from cmlint.manifest import documents
from cmlint.manifest.documents import read_text
from cmlint.model.facts import FileFacts, Skip, Span

POD = "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: 'a/b:1'}]}}"
CONFIG = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}, "data": {"a b": 1}}
HEAD = f"# {'x' * 300}\napiVersion: v1\nkind: List\n"

LISTS = {
    "not-indented": f"{HEAD}items:\n- {POD}\n- {POD}\n",
    "indented": f"{HEAD}items: # some\n\n  # more\n  - apiVersion: v1\n    kind: ConfigMap\n    metadata: {{name: m}}\n"
    f"    data:\n      list: |\n        - a\n        - b\n  - {POD}\n",
    "fields-below": f"items:\n- {POD}\n\n# so\n- kind: ConfigMap\n  apiVersion: v1\n  metadata: {{name: m}}\n"
    f"kind: List\napiVersion: v1\nx: {'x' * 300}\n",
    "carriage-returns": f"{HEAD}items:\n- {POD}\n- {POD}\n".replace("\n", "\r\n"),
    "not-an-object": f"{HEAD}items:\n- a\n- {POD}\n",
    "dash-alone": f"{HEAD}items:\n-\n  apiVersion: v1\n  kind: ConfigMap\n  metadata: {{name: m}}\n"
    f"- {POD}\n-\n  {POD}\n",
    "nested": f"{HEAD}items:\n- {{apiVersion: v1, kind: List, items: [{POD}]}}\n",
    "json": json.dumps({"apiVersion": "v1", "kind": "List", "x": "x" * 300, "items": [CONFIG, CONFIG]}),
    "json-lines": json.dumps({"apiVersion": "v1", "kind": "List", "items": [CONFIG] * 4}, indent=4),
    "json-empty": json.dumps({"apiVersion": "v1", "kind": "List", "x": "x" * 300, "items": [{}, CONFIG]}),
}


def read_in_parts(text: str, monkeypatch: pytest.MonkeyPatch) -> FileFacts:
    """The facts of a text for which a few characters are too large."""
    monkeypatch.setattr(documents, "REQUEST", 299)
    return read_text(text)


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS)
def test_the_items_of_a_large_list_are_read_one_by_one(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read_text(text)
    assert whole.documents
    assert read_in_parts(text, monkeypatch) == whole


WHOLE = {
    "aliases": f"{HEAD}items:\n- &a {POD}\n- *a\n",
    "encrypted": f"{HEAD}items:\n- {POD}\nsops: {{mac: a, lastmodified: b}}\n",
    "flow": f"{{apiVersion: v1, kind: List, items: [{POD}]}}\n# {'x' * 300}\n",
    "not-json": json.dumps({"apiVersion": "v1", "kind": "List", "x": "x" * 300, "items": [CONFIG]})[:-20],
    "json-broken-later": json.dumps({"apiVersion": "v1", "kind": "List", "x": "x" * 300, "items": [CONFIG]})[:-2]
    + ",a]}",
    "json-long-number": json.dumps({"apiVersion": "v1", "kind": "List", "items": [CONFIG]})[:-2] + f", {'9' * 5000}]}}",
    "items-of-something-else": '{"apiVersion": "v1", "kind": "List", "metadata": {"items": []}, "x": "'
    + "x" * 300
    + f'", "items": [{json.dumps(CONFIG)}]}}',
    "broken-below": f"{HEAD}items:\n- {POD}\nmetadata: [\n",
    "custom": f"# {'x' * 300}\napiVersion: example.com/v1\nkind: PodList\nitems:\n- {POD}\n",
    "no-items": f"{HEAD}",
}


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE)
def test_a_large_list_in_another_form_is_not_read(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = read_in_parts(text, monkeypatch)
    assert (facts.documents, facts.skipped) == ((), (Skip("too-large", Span(0, len(text))),))


def test_an_item_that_no_api_server_takes_is_skipped_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    large = f"- {{apiVersion: v1, kind: Pod, metadata: {{name: {'p' * 300}}}}}\n"
    text = f"{HEAD}items:\n{large}- {POD}\n"
    facts = read_in_parts(text, monkeypatch)
    start = len(f"{HEAD}items:\n")
    assert facts.skipped == (Skip("too-large", Span(start, start + len(large))),)
    assert [document.kind for document in facts.documents] == ["Pod"]


def test_an_item_that_cannot_be_parsed_is_reported_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"{HEAD}items:\n- {{apiVersion: v1, kind: Pod\n- {POD}\n"
    facts = read_in_parts(text, monkeypatch)
    (broken, pod) = facts.documents
    assert [fault.code for fault in broken.faults] == ["syntax"]
    assert (broken.kind, pod.kind) == ("List", "Pod")
