"""What the configuration means for the engine: which rules run, and what they may know."""

from __future__ import annotations

from collections.abc import Mapping

from cmlint.config.config import Config
from cmlint.engine.registry import expand
from cmlint.engine.rules import Rule, Settings, View
from cmlint.kube.versions import NEWEST, parse_version


def settings_of(config: Config) -> Settings:
    """What rules may know of the configuration."""
    version = parse_version(config.kubernetes_version) if config.kubernetes_version else NEWEST
    return Settings(
        kubernetes_version=version,
        pedantic=config.pedantic,
        secrets="all" if config.all_secrets else config.secrets,
        references=config.references,
        digest=config.digest,
        assume_always_pull=config.assume_always_pull,
        server_side_apply=config.server_side_apply,
        mutable_tags=config.mutable_tags,
        pinned_tags=config.pinned_tags,
        severity=config.severity,
        ignored_causes=frozenset(word for word in config.ignore if "/" in word),
    )


def select(rules: Mapping[str, Rule], config: Config) -> tuple[list[Rule], frozenset[str]]:
    """The rules to run, and those of them that were asked for by name, family or `all`.

    A preview rule runs with `preview`, or when its own name is given. Raises ValueError with a suggestion for a word
    that names no rule.
    """
    chosen = frozenset(name for word in config.select for name in expand(rules, word))
    ignored = {word: expand(rules, word) for word in config.ignore}
    dropped = {name for word, names in ignored.items() if "/" not in word for name in names}
    names = (chosen or rules.keys()) - dropped
    running = {"stable", "deprecated", *(("preview",) if config.preview else ())}
    found = [rule for name, rule in rules.items() if name in names]
    return [rule for rule in found if rule.status in running or rule.name in config.select], chosen


def view_of(rules: Mapping[str, Rule], config: Config) -> View:
    """What a configuration means for a folder; raises ValueError as `select` does."""
    selected, chosen = select(rules, config)
    return View(frozenset(rule.name for rule in selected), chosen, settings_of(config))
