"""What is at an offset of a text."""

from __future__ import annotations

import pytest

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.material import Material
from cmlint.bundle.places import Place, place_at
from cmlint.manifest.documents import read_text
from cmlint.model.facts import Scalar

TEXT = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data:
  HOST: db
  PORT: "80"
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers:
        - {name: wait, image: registry.example/wait:1.0.0}
      containers:
        - name: app
          image: registry.example/app:1.0.0
          envFrom:
            - configMapRef: {name: settings}
          env:
            - {name: PLAIN, value: x}
            - name: ONE
              valueFrom: {configMapKeyRef: {name: settings, key: HOST}}
      volumes:
        - name: files
          projected:
            sources:
              - configMap: {name: settings, items: [{key: PORT, path: port}]}
---
# nothing
"""


def at(words: str, inside: str = "") -> Place | None:
    """What is at the first place of some words, or of a part of them."""
    offset = TEXT.index(words) + (words.index(inside) if inside else 0)
    return place_at(Bundle(Material(files=[("a.yaml", read_text(TEXT))])).placed, offset)


def described(place: Place | None) -> dict[str, str]:
    """The names of everything at a place."""
    if place is None:
        return {}
    facts = (place.container, place.variable, place.volume, place.reference, place.provider)
    kinds = ("container", "variable", "volume", "reference", "provider")
    named: dict[str, Scalar | None] = {"document": place.placed.document.name}
    named |= {kind: fact.name if fact else None for kind, fact in zip(kinds, facts, strict=True)}
    named["read"] = place.read_key
    shown = {what: scalar.value for what, scalar in named.items() if scalar}
    return shown | ({"key": place.key.name} if place.key else {})


@pytest.mark.parametrize(
    ("words", "inside", "found"),
    [
        ("kind: ConfigMap", "", {"document": "settings", "provider": "settings"}),
        ("HOST: db", "", {"document": "settings", "provider": "settings", "key": "HOST"}),
        ('PORT: "80"', "ORT", {"document": "settings", "provider": "settings", "key": "PORT"}),
        ("selector", "", {"document": "web"}),
        ("wait:1.0.0", "", {"document": "web", "container": "wait"}),
        ("app:1.0.0", "", {"document": "web", "container": "app"}),
        (
            "configMapRef: {name: settings}",
            "settings",
            {"document": "web", "container": "app", "reference": "settings"},
        ),
        ("PLAIN", "", {"document": "web", "container": "app", "variable": "PLAIN"}),
        ("valueFrom: {", "", {"document": "web", "container": "app", "variable": "ONE"}),
        (
            "key: HOST",
            "HOST",
            {"document": "web", "container": "app", "variable": "ONE", "reference": "settings", "read": "HOST"},
        ),
        ("name: files", "files", {"document": "web", "volume": "files"}),
        ("key: PORT", "PORT", {"document": "web", "volume": "files", "reference": "settings", "read": "PORT"}),
        ("# nothing", "", {}),
    ],
)
def test_what_is_at_a_place(words: str, inside: str, found: dict[str, str]) -> None:
    assert described(at(words, inside)) == found


def test_the_end_of_a_word_belongs_to_it() -> None:
    place = at("HOST: db", ": db")
    assert place and place.key and place.key.name == "HOST"


def test_between_documents_is_nothing() -> None:
    assert place_at([], 0) is None
