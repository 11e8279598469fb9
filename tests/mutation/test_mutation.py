"""Recall: whatever is broken in a bundle without mistakes is found, at its line, and nothing else is.

`fixtures/mutation` holds bundles as people write them: files, kustomizations and charts. One mistake at a time is made
wherever it can be made in them.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.mutation.bundles import Bundle, bundles
from tests.mutation.mutations import Mutation, mutations
from tests.mutation.running import Answer, answer, differences

LEAST = 2000
SHARE = 25
"""How many mutations one process takes at a time."""

BUNDLES = bundles()


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda bundle: f"{bundle.kind}/{bundle.folder.name}")
def test_a_bundle_has_no_mistake_before_one_is_made(bundle: Bundle) -> None:
    assert answer(bundle.folder, all_secrets=False) == Answer((), ())


def test_there_are_enough_mutations_of_every_kind() -> None:
    made = [(bundle.kind, mutation) for bundle in BUNDLES for mutation in mutations(bundle)]
    assert len(made) >= LEAST
    assert Counter(kind for kind, _ in made).keys() == {"files", "kustomizations", "charts"}
    rules = Counter(rule for _, mutation in made for rule, _, _ in mutation.expected)
    assert rules.keys() == {
        *("missing-configmap", "missing-key", "missing-secret", "missing-secret-key", "optional-missing"),
        *("wrong-namespace", "non-string-env", "non-string-data", "mutable-tag"),
    }
    for kind in ("files", "kustomizations", "charts"):
        for what in ("read the name", "read the key", "rename", "drop", "unquote", "IfNotPresent", "without optional"):
            assert any(where == kind and f": {what}" in mutation.what for where, mutation in made), (kind, what)


def test_every_mutation_is_found_and_nothing_else_is() -> None:
    shares = [
        (bundle.folder, found[start : start + SHARE])
        for bundle in BUNDLES
        for found in (mutations(bundle),)
        for start in range(0, len(found), SHARE)
    ]
    with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as pool:
        told = [line for lines in pool.map(differences, *zip(*shares, strict=True)) for line in lines]
    assert not told, f"{len(told)} are not found as they should:\n" + "\n".join(told)


def test_a_mistake_that_is_not_found_is_told() -> None:
    bundle = BUNDLES[-1]
    mutation = Mutation("nothing", {}, (("missing-key", "a.yaml", 1),))
    (told,) = differences(bundle.folder, [mutation])
    assert told.startswith("nothing\n    expected (('missing-key', 'a.yaml', 1),)\n")
