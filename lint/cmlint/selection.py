"""What the configuration means for the engine: which rules run, and what they may know."""

from __future__ import annotations

from collections.abc import Iterable

from cmlint.config import Config
from cmlint.kube.versions import NEWEST, parse_version
from cmlint.registry import expand
from cmlint.rules import Rule, Settings


def settings_of(config: Config) -> Settings:
    """What rules may know of the configuration."""
    version = parse_version(config.kubernetes_version) if config.kubernetes_version else NEWEST
    return Settings(
        version,
        config.pedantic,
        config.secrets,
        config.references,
        config.assume_always_pull,
        config.mutable_tags,
        config.pinned_tags,
    )


def select(rules: dict[str, Rule], wanted: Iterable[str], unwanted: Iterable[str]) -> tuple[list[Rule], frozenset[str]]:
    """The rules to run, and those of them that were asked for by name, family or `all`.

    Raises ValueError with a suggestion for a name that is neither.
    """
    chosen = frozenset(name for word in wanted for name in expand(rules, word))
    dropped = {name for word in unwanted for name in expand(rules, word)}
    names = (chosen or rules.keys()) - dropped
    return [rule for name, rule in rules.items() if name in names], chosen
