"""The examples that cmlint began with: for each, what it says, and why."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from cmlint.config.config import Config
from tests.support.run import FIXTURES, concise, lint

UNTAGGED = "8:14: info[unpinned-image] `busybox` has no tag: which build runs depends on the day"


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
    Seed("special-config.yaml", (), (), "both values are strings, and alone it shows nothing of who reads it"),
    Seed(
        "pod-env-from.yaml special-config.yaml",
        (),
        (f"pod-env-from.yaml:{UNTAGGED}",),
        "envFrom takes the ConfigMap whole, and it is there; busybox is always pulled, as every untagged image",
    ),
    Seed(
        "pod-env-from.yaml",
        ("pod-env-from.yaml:12:19: error[missing-configmap] nothing defines the ConfigMap `special-config`",),
        (f"pod-env-from.yaml:{UNTAGGED}",),
        "alone, the Pod would stay in CreateContainerConfigError: nothing around it could make the ConfigMap",
    ),
    Seed(
        "pod-key.yaml special-config.yaml",
        (),
        (
            f"pod-key.yaml:{UNTAGGED}",
            "special-config.yaml:7:3: info[unused-key] nothing reads the key `SPECIAL_TYPE` of the ConfigMap "
            "`special-config`",
        ),
        "the key is there, and the command sees the variable made of it; the other key nobody reads",
    ),
    Seed(
        "pod-wrong-key.yaml special-config.yaml",
        ("pod-wrong-key.yaml:15:20: error[missing-key] the ConfigMap `special-config` has no key `SPECIAL_LVL`",),
        (
            f"pod-wrong-key.yaml:{UNTAGGED}",
            "special-config.yaml:6:3: info[unused-key] nothing reads the key `SPECIAL_LEVEL` of the ConfigMap "
            "`special-config`",
            "special-config.yaml:7:3: info[unused-key] nothing reads the key `SPECIAL_TYPE` of the ConfigMap "
            "`special-config`",
        ),
        "the ConfigMap's keys are all known, and none is called so",
    ),
    Seed(
        "special-config-tabs.yaml",
        (
            "special-config-tabs.yaml:4:1: error[yaml-syntax] not valid YAML: the line is indented with a tab, and "
            "YAML allows only spaces there",
        ),
        (),
        "the line is the first that begins with a tab",
    ),
    Seed(
        "tag-develop.yaml",
        (
            "tag-develop.yaml:16:18: warning[mutable-tag] the tag `develop` moves by its name, but nodes pull it only "
            "once (`IfNotPresent`, the default): a newer push does not arrive",
        ),
        (),
        "the tag has no version in it, and IfNotPresent is its default",
    ),
    Seed("tag-develop-always.yaml", (), (), "every restart pulls, so a restart deploys what was pushed"),
    Seed(
        "tag-latest.yaml",
        (),
        (
            "tag-latest.yaml:16:18: info[unpinned-image] `registry.example.com/nginx:latest` has the tag `latest`: "
            "which build runs depends on the day",
        ),
        "`latest` is always pulled by default, so nothing is stale",
    ),
    Seed(
        "tag-none.yaml",
        (),
        (
            "tag-none.yaml:16:18: info[unpinned-image] `registry.example.com/nginx` has no tag: which build runs "
            "depends on the day",
        ),
        "no tag means `latest`",
    ),
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
