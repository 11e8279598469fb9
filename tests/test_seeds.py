"""The examples that cmlint began with: for each, what it says, and why."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from cmlint.config import Config
from tests.support.run import FIXTURES, concise, lint

MOVES = (
    "tag-develop.yaml:16:18: warning[mutable-tag] the tag `develop` moves, but by default a node pulls it once "
    "(`IfNotPresent`): pushing it again and restarting changes nothing"
)


class Seed(NamedTuple):
    """Files that are checked together, what is said of them, what `--pedantic` adds, and why."""

    files: str
    says: tuple[str, ...]
    adds: tuple[str, ...]
    why: str


SEEDS = (
    Seed("nginx-apps-v1.yaml", (), (), "a full version never moves, and the default pull policy suits it"),
    Seed("nginx-apps-v1beta2.yaml", (), (), "older versions hold the pod spec at the same place"),
    Seed("nginx-extensions-v1beta1.yaml", (), (), "and so does the oldest"),
    Seed("special-config.yaml", (), ("unused",), "both values are strings, as the API wants them"),
    Seed("pod-env-from.yaml special-config.yaml", (), (), "envFrom takes the ConfigMap whole, and it is there"),
    Seed(
        "pod-env-from.yaml",
        ("pod-env-from.yaml:12:19: error[missing-configmap] nothing defines the ConfigMap `special-config`",),
        (),
        "alone, the Pod would stay in CreateContainerConfigError: nothing around it could make the ConfigMap",
    ),
    Seed("pod-key.yaml special-config.yaml", (), (), "the key is there; the command sees the variable made of it"),
    Seed(
        "pod-wrong-key.yaml special-config.yaml",
        ("missing-key",),
        (),
        "the ConfigMap's keys are all known, and none is called so",
    ),
    Seed(
        "special-config-tabs.yaml",
        (),
        (),
        "YAML has no tabs in indentation; the line is the first that has one",
    ),
    Seed("tag-develop.yaml", (MOVES,), (), "the tag has no version, and IfNotPresent is its default"),
    Seed("tag-develop-always.yaml", (), (), "every restart pulls, so a restart deploys what was pushed"),
    Seed("tag-latest.yaml", (), ("u",), "`latest` is pulled always, by default: nothing is stale"),
    Seed("tag-none.yaml", (), ("u",), "no tag means `latest`"),
    Seed("tag-digest.yaml", (), (), "a digest names one image for good"),
)


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.files)
def test_seed(seed: Seed, tmp_path: Path) -> None:
    for name in seed.files.split():
        shutil.copy(FIXTURES / "seeds" / name, tmp_path)
    usual = concise(lint(tmp_path))
    assert usual == list(seed.says), seed.why
    pedantic = concise(lint(tmp_path, config=Config(pedantic=True)))
    assert [line for line in pedantic if line not in usual] == list(seed.adds), seed.why


def test_every_seed_is_told_of() -> None:
    told = {name for seed in SEEDS for name in seed.files.split()}
    assert told == {path.name for path in (FIXTURES / "seeds").iterdir()}
