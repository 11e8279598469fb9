"""What the line of `cmlint check` may say, and what the lines of other commands have in common with it."""

from __future__ import annotations

import msgspec


class Building(msgspec.Struct, frozen=True):
    """What a line says of the configuration, of how kustomizations and charts are built, and of the cache."""

    config: str | None = None
    config_from: str | None = None
    isolated: bool = False
    no_build: bool = False
    kustomize: str | None = None
    allow_remote: bool | None = None
    enable_helm: bool | None = None
    build_dependencies: bool | None = None
    helm: str | None = None
    helm_values: tuple[str, ...] = ()
    helm_set: tuple[str, ...] = ()
    release: str | None = None
    no_cache: bool = False
    cache_dir: str | None = None


class Reading(msgspec.Struct, frozen=True):
    """What a line says of the clusters that it reads."""

    namespace: tuple[str, ...] = ()
    all_namespaces: bool = False
    context: tuple[str, ...] = ()
    kubeconfig: str | None = None
    qps: str | None = None
    timeout: str | None = None
    as_user: str | None = None
    as_group: tuple[str, ...] = ()
    metadata_only_secrets: bool = False


class OnClusters(Building, frozen=True):
    """The same, and which clusters hold what the files do not define."""

    live: bool = False
    context: str | None = None
    kubeconfig: str | None = None
    namespace: str | None = None
    qps: str | None = None
    timeout: str | None = None
    as_user: str | None = None
    as_group: tuple[str, ...] = ()
    metadata_only_secrets: bool = False
    against: tuple[str, ...] = ()
    max_age: str | None = None


class Options(OnClusters, frozen=True):
    """What the line says."""

    paths: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    pedantic: bool = False
    preview: bool = False
    kubernetes_version: str | None = None
    fail_on: str | None = None
    no_ignores: bool = False
    since: str | None = None
    baseline: str | None = None
    write_baseline: str | None = None
    fix: bool = False
    diff: bool = False
    unsafe_fixes: bool = False
    add_ignores: bool = False
    exclude: tuple[str, ...] = ()
    staged: bool = False
    no_context: bool = False
    stdin_filename: str | None = None
    allow_empty: bool = False
    format: tuple[str, ...] = ()
    output: tuple[str, ...] = ()
    statistics: bool = False
    verbose: bool = False
    quiet: bool = False
    color: str = "auto"
    jobs: str | None = None


VIEW = ("format", "output", "statistics", "verbose", "quiet", "color", "jobs", "no_cache", "cache_dir")
"""The options that do not change what is found."""
