"""What kustomize and helm would fetch, or read outside the repository, if they were run.

The one place that knows every field by which they can do so: `api/types/kustomization.go`, `api/internal/builtins`,
`api/internal/loader` and `api/internal/git/repospec.go` in kubernetes-sigs/kustomize. What a chart makes helm read
is in `chart_files.py`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator
from itertools import product

from cmlint.model.facts import Span
from cmlint.sources.helm.chart_files import ChartFiles
from cmlint.sources.reasons import address
from cmlint.sources.yaml_tree import FileSpan, Part
from cmlint.system.files import is_within
from cmlint.system.filesystem import FileSystem
from cmlint.system.programs import NotBuiltError, find

FOLDERS = ("resources", "bases", "components", "generators", "transformers", "validators")
"""The fields that may name folders with other kustomizations; all except `components` may also name files."""

PLUGINS = ("generators", "transformers", "validators")
"""The fields that give configurations of plugins: files, folders, or the configurations themselves."""

FILES = ("patchesStrategicMerge", "configurations", "crds")
PATHS = ("patches", "patchesJson6902", "replacements")
GENERATORS = {"ConfigMap": "configMapGenerator", "Secret": "secretGenerator"}
CHARTS = ("helmCharts", "helmChartInflationGenerator")
CHART = "helm"
"""The kind of the errors for which a chart cannot be had."""

BUILT_IN = ("builtin", "/builtin")
"""What kustomize takes for the `apiVersion` of its own plugins."""

INFLATION = "HelmChartInflationGenerator"

READ = frozenset(
    name.casefold()
    for name in (
        *(*FOLDERS, *FILES, "path", "files", "envs", "env"),
        *("paths", "targetFilePath", "argsFromFile", "valuesFile", "additionalValuesFiles", "values"),
    )
)
"""The fields, of a kustomization and of the plugins that are built in, whose texts kustomize opens, folded."""

FOLDER_NAMES = frozenset(FOLDERS)
"""The same of those that may name folders."""

FREE = frozenset(("annotations", "commonannotations", "valuesinline", "valueslocal"))
"""The fields below which names are the user's own, folded."""

NAMES = {
    name.casefold(): name
    for name in (
        *(*FOLDERS, *FILES, *PATHS, *GENERATORS.values(), *CHARTS, "helmGlobals", "openapi", "buildMetadata"),
        *("images", "imageTags", "vars", "namespace", "namePrefix", "nameSuffix", "generatorOptions"),
        *("apiVersion", "kind", "name", "newName", "newTag", "digest", "files", "envs", "env", "literals", "behavior"),
        *("path", "patch", "paths", "target", "targets", "source", "select", "reject", "fieldPath", "fieldPaths"),
        *("valuesFile", "additionalValuesFiles", "chartHome", "configHome", "repo", "version", "releaseName"),
    )
}
"""How kustomize writes the names of fields, by the folded name. Go's decoder takes them in any letter case."""

FETCHED = r"(?i)https?:"
"""A file that kustomize always fetches, even where there is a file of this name."""

CLONED = r"(?i)(git::)?((ssh|https?|file)://|[a-z][a-z0-9-]*@|github\.com[/:])"
"""A repository that kustomize clones, unless there is a file of this name."""

DOUBTFUL = r"""(?i)(gh:|[^\s{}\[\]"'#]*(_git/|\.git(/|\?|$)|[?&](ref|version)=))[^\s{}\[\]]*$"""
"""What other versions of kustomize clone; here, only what is not there."""

CHART_NAME = r"[\w.+-]+"


def spell(part: Part) -> None:
    """Gives every field in a tree the name that kustomize knows it by.

    Of several fields that Go's decoder takes for one, the last in the order of bytes wins: `sigs.k8s.io/yaml` makes
    JSON with sorted keys first.
    """
    if any(NAMES.get(name.casefold(), name) != name for name in part.fields):
        written = sorted(part.fields.items(), key=lambda entry: entry[0].encode())
        part.repeated = [*part.repeated, *((name, field.value) for name, field in written)]
        part.fields = {NAMES.get(name.casefold(), name): field for name, field in written}
    for name, field in part.fields.items():
        if field.value.text is None and name.casefold() not in FREE:
            spell(field.value)
    for item in part.items:
        if item.text is None:
            spell(item)


def texts(part: Part, names: Collection[str]) -> Iterator[str]:
    """Every text in a tree under fields of some folded names, whichever of several equal fields counts.

    In `files`, what is before `=` is a key and is left out.
    """
    for name, value in part.entries_written():
        folded = name.casefold()
        if folded in FREE:
            continue
        if folded in names:
            found = (one.text for one in (value, *value.items) if one.text)
            yield from (text.rpartition("=")[2] if folded == "files" else text for text in found)
        if value.text is None:
            yield from texts(value, names)
    for item in part.items:
        if item.text is None:
            yield from texts(item, names)


def written(part: Part, *names: str) -> list[str]:
    """The texts of fields of a mapping itself, whichever counts; one empty text where there is none."""
    found = [value.text or "" for name, value in part.entries_written() if name.casefold() in names]
    return found or [""]


def is_remote(disk: FileSystem, text: str, folder: str) -> bool:
    """Whether kustomize fetches what a text in a kustomization of a folder names."""
    if re.match(FETCHED, text):
        return True
    path = os.path.normpath(os.path.join(folder, text)) if "\0" not in text else ""
    if re.match(CLONED, text):
        return not disk.is_file(path)
    return re.match(DOUBTFUL, text) is not None and not disk.exists(path)


def remotes_in(disk: FileSystem, part: Part, folder: str) -> Iterator[str]:
    """The addresses in a kustomization, or in the configuration of a plugin, that kustomize fetches."""
    return (text for text in texts(part, READ) if is_remote(disk, text, folder))


def is_plugin(part: Part) -> bool:
    """Whether a document configures a plugin that is built in, or is a list of such."""
    built_in = any(value.text in BUILT_IN for _, value in part.entries_written())
    return built_in or any(map(is_plugin, part.collections))


def inflations(part: Part) -> Iterator[Part]:
    """The configurations in a tree that take a chart of Helm."""
    if INFLATION in written(part, "kind"):
        yield part
    for inner in part.collections:
        yield from inflations(inner)


def refuse(disk: FileSystem, part: Part, folder: str, *, allow_remote: bool, enable_helm: bool) -> None:
    """Raises NotBuiltError for what a kustomization, or the configuration of a plugin, must not do.

    `folder` is the real path of that of the kustomization.
    """
    if not allow_remote and (address := next(remotes_in(disk, part, folder), None)):
        named = (one.place for one in part.scalars() if (one.text or "").rpartition("=")[2] == address)
        refuse_fetch(address, next(named, None))
    if enable_helm and any(texts(part, ("confighome", "helmhome"))):
        raise NotBuiltError(
            "`configHome` would bring programs along that helm runs, so that it is never used", "refused"
        )
    charts = [chart for field in CHARTS for value in values(part, field) for chart in value.items]
    homes = chart_homes([part])
    for chart in (*charts, *inflations(part)):
        refuse_chart(disk, chart, folder, homes, allow_remote=allow_remote, enable_helm=enable_helm)


def chart_homes(parts: Iterable[Part]) -> list[str]:
    """The folders in which kustomize looks for charts, as documents name them."""
    return [home for part in parts for home in texts(part, ("charthome",))] or ["charts"]


def refuse_fetch(named: str, place: FileSpan | None = None, *, kind: str = "remote") -> None:
    """Raises NotBuiltError for something that is not on this machine."""
    reason = f"`{address(named)}` would have to be fetched, which `--allow-remote` allows"
    raise NotBuiltError(reason, "remote", kind, written_at(place))


def written_at(place: FileSpan | None) -> tuple[str, Span] | None:
    """A place as a failure has it; none in a text that is nowhere as it is."""
    return (place.path, place.span) if place and place.path else None


def values(part: Part, name: str) -> Iterator[Part]:
    """The values of a field of a mapping itself, whichever counts."""
    return (value for found, value in part.entries_written() if found.casefold() == name.casefold())


def refuse_chart(
    disk: FileSystem, chart: Part, folder: str, homes: list[str], *, allow_remote: bool, enable_helm: bool
) -> None:
    """Raises NotBuiltError for a chart that is not completely in the repository, or for words that helm would obey.

    `homes` are the folders that it may be in. A chart that cannot be had is an error of the kind `CHART`.
    """
    if not enable_helm:
        reason = "a Helm chart is rendered only with `--enable-helm`"
        raise NotBuiltError(reason, "refused", CHART, written_at(chart.place))
    if any(release.startswith("-") for release in written(chart, "releasename")):
        raise NotBuiltError("a `releaseName` that begins with `-` is an option to helm", "refused")
    if any("getHostByName" in template for template in written(chart, "nametemplate")):
        raise NotBuiltError("a `nameTemplate` with `getHostByName` asks the network", "refused")
    for name in texts(chart, ("additionalvaluesfiles",)):
        if re.search('[,"\r\n]', os.path.join(folder, name)):
            raise NotBuiltError(
                f"helm takes `{name}` for several files, for its path holds a comma or a quote", "refused"
            )
    refuse_source(disk, chart, folder, homes, allow_remote=allow_remote)
    if find("helm") is None:
        raise NotBuiltError(
            "helm, which renders its charts, is not installed", "program", CHART, written_at(chart.place)
        )


def refuse_source(disk: FileSystem, chart: Part, folder: str, homes: list[str], *, allow_remote: bool) -> None:
    """Raises NotBuiltError for a chart that is not completely in the repository, unless it is fetched."""
    names = written(chart, "name", "chartname")
    versions, repos = written(chart, "version", "chartversion"), written(chart, "repo", "chartrepourl")
    for home, name, version, repo in product(homes, names, versions, repos):
        if name and not re.fullmatch(CHART_NAME, name):
            raise NotBuiltError(f"`{name}` is not the name of a chart", "refused")
        parts = (home, *((f"{name}-{version}",) if version and repo else ()), name)
        path = os.path.normpath(os.path.join(folder, *parts))
        if not is_within(disk.real_path(path), disk.root_of(folder)):
            raise NotBuiltError(f"the chart `{disk.shown(path)}` is outside the repository", "refused")
        if disk.is_folder(path):
            ChartFiles(path, disk).refuse()
        elif repo and not allow_remote:
            refuse_fetch(f"{repo.rstrip('/')}/{name}", chart.place, kind=CHART)
        elif name and not repo:
            reason = f"the chart `{disk.shown(path)}` is not there, and no `repo` says where to fetch it"
            raise NotBuiltError(reason, "broken", CHART, written_at(chart.place))
