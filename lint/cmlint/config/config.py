"""The settings of a run, with their types, their defaults and what the schema says of each."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

SECONDS = {"repository": 600, "user": 86_400}
"""The longest `build-timeout` by whose configuration sets it: a repository must not make a run endless."""


Words = tuple[str, ...]


def doc(text: str) -> msgspec.Meta:
    """What the schema says about a field."""
    return msgspec.Meta(description=text)


class Helm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The settings of a project about its charts."""

    values: Annotated[
        dict[str, Words],
        doc(
            "Values files to render charts with, instead of the defaults and `ci/*-values.yaml`, by pattern of the "
            "chart's folder. Each entry is one rendering, with one file or several, separated by commas."
        ),
    ] = {}


class ProviderKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A kind of custom resource from which a controller makes a ConfigMap or Secret.

    A route is a dotted way of field names, in which `[]` walks a list and `*` all values of a mapping; `@name` leads to
    an annotation.
    """

    kind: Annotated[str, doc("The kind, like `DatabaseClaim`.")]
    group: Annotated[str, doc("Its API group, like `example.com`.")]
    target: Annotated[Literal["ConfigMap", "Secret"], doc("The kind of object that is created.")] = "Secret"
    names: Annotated[
        Words, doc("Field paths of the created object's name, like `spec.secretName`; the first that exists is used.")
    ] = ("metadata.name",)
    keys: Annotated[
        Words, doc("Field paths of its keys, like `spec.data[].key`, or of a mapping with the keys as fields.")
    ] = ()
    open: Annotated[bool, doc("Whether it may have more keys than these.")] = True


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The settings of a run; `cmlint.config.settings` says where each may be set.

    Patterns of paths are relative to the configuration's folder in the file, and to the file system's root here.
    """

    extends: Annotated[
        Words,
        doc(
            "Configurations to start from: installed packages with a `cmlint.yaml`, and files of the repository, which "
            "`FILE@sha256:DIGEST` pins. The settings here are added to theirs or replace them."
        ),
    ] = ()
    select: Annotated[Words, doc("The rules to run: names, families or `all`. Every rule by default.")] = ()
    ignore: Annotated[Words, doc("Rules and families not to run.")] = ()
    exclude: Annotated[Words, doc("Paths to skip, in the syntax of `.gitignore`, relative to this file's folder.")] = ()
    per_path_ignore: Annotated[
        dict[str, Words],
        doc("Rules and families not to run below some paths: by pattern in the syntax of `.gitignore`."),
    ] = {}
    external: Annotated[
        Words,
        doc(
            "ConfigMaps and Secrets that are created elsewhere, as patterns `name`, `ConfigMap/name` or `Secret/name`."
        ),
    ] = ()
    providers: Annotated[
        tuple[ProviderKind, ...],
        doc("Kinds from which controllers create ConfigMaps and Secrets, in addition to the known kinds."),
    ] = ()
    secrets: Annotated[
        Literal["evidence", "all"],
        doc("Whether a Secret that nothing defines is reported only on evidence, or always."),
    ] = "evidence"
    references: Annotated[
        Literal["evidence", "strict"],
        doc("Whether a name that may be created elsewhere is excused, or counts as missing."),
    ] = "evidence"
    evidence: Annotated[
        dict[str, Literal["ignore"]],
        doc("Reasons that do not excuse a missing name, by code, such as `shown-in-document: ignore`."),
    ] = {}
    digest: Annotated[
        Literal["optional", "required"],
        doc("Whether every image must be pinned by a digest (checked by `unpinned-image`)."),
    ] = "optional"
    assume_always_pull: Annotated[
        bool,
        doc("The cluster runs the admission plugin AlwaysPullImages, so that every image is pulled on each start."),
    ] = False
    server_side_apply: Annotated[
        bool,
        doc("Manifests are applied with `kubectl apply --server-side`, which decides what of a live object goes away."),
    ] = False
    mutable_tags: Annotated[
        Words, doc("Image tags that move, as patterns; they override the built-in heuristics.")
    ] = ()
    pinned_tags: Annotated[Words, doc("Image tags that never move, as patterns; `mutable-tags` overrides them.")] = ()
    kubernetes_version: Annotated[
        str | None, doc("The cluster's version, in quotes: `'1.31'` (default: the newest known).")
    ] = None
    pedantic: Annotated[bool, doc("Also run rules that are off by default.")] = False
    preview: Annotated[bool, doc("Also run rules that are in preview and may still change.")] = False
    sources: Annotated[
        dict[str, str],
        doc(
            "The folders with the source of programs, by pattern of the image without its tag: "
            "`ghcr.io/org/app*: services/app`. Builds that name both an image and a folder are found without it."
        ),
    ] = {}
    severity: Annotated[
        dict[str, Literal["error", "warning", "info"]], doc("The severity of rules, such as `mutable-tag: error`.")
    ] = {}
    build: Annotated[bool, doc("Run kustomize and helm. If false, cmlint lints the source files.")] = True
    kustomize: Annotated[
        str | None,
        doc("The program that builds kustomizations; by default kustomize, or kubectl if kustomize is not installed."),
    ] = None
    allow_remote: Annotated[bool, doc("Let kustomize fetch remote bases.")] = False
    enable_helm: Annotated[bool, doc("Let kustomize run helm for `helmCharts`.")] = False
    build_dependencies: Annotated[bool, doc("Let helm fetch missing chart dependencies, into a temporary copy.")] = (
        False
    )
    helm_program: Annotated[str | None, doc("The program that renders charts; by default helm.")] = None
    helm: Annotated[Helm, doc("How Helm charts are rendered.")] = Helm()
    cache_dir: Annotated[str | None, doc("The folder of the cache; by default in the user's cache folder.")] = None
    build_timeout: Annotated[
        int,
        msgspec.Meta(
            description="The time limit of a build in seconds; a repository's configuration sets at most 600.",
            ge=1,
            le=SECONDS["user"],
        ),
    ] = 60
    baseline: Annotated[
        str | None, doc("The baseline: a file of known findings to hide, relative to this file's folder.")
    ] = None
    fail_on: Annotated[
        Literal["error", "warning", "info", "never"], doc("Exit 1 on findings of this severity or higher.")
    ] = "warning"

    @property
    def all_secrets(self) -> bool:
        """Whether a Secret that nothing defines is always reported."""
        return self.secrets == "all" or "secret-elsewhere" in self.evidence
