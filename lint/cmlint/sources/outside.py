"""What kustomize and helm would fetch, or read outside the repository, if they were run.

The one place that knows every field by which they can do so: `api/types/kustomization.go`, `api/internal/builtins`,
`api/internal/loader` and `api/internal/git/repospec.go` in kubernetes-sigs/kustomize, `pkg/chartutil/jsonschema.go` in
helm/helm.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import posixpath
import re
import tarfile
import zlib
from collections.abc import Collection, Iterator
from itertools import product
from typing import IO, TYPE_CHECKING

from cmlint.sources import files
from cmlint.sources.parts import Part
from cmlint.system.programs import NotBuiltError

if TYPE_CHECKING:
    from cmlint.sources.charts import Chart

FOLDERS = ("resources", "bases", "components", "generators", "transformers", "validators")
"""The fields that may name folders with other kustomizations; but for `components`, they may name files as well."""

PLUGINS = ("generators", "transformers", "validators")
"""The fields that give configurations of plugins: files, folders, or the configurations themselves."""

FILES = ("patchesStrategicMerge", "configurations", "crds")
PATHS = ("patches", "patchesJson6902", "replacements")
GENERATORS = {"ConfigMap": "configMapGenerator", "Secret": "secretGenerator"}
CHARTS = ("helmCharts", "helmChartInflationGenerator")
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

REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
KNOWN_REFERENCE = (
    r"#|(?i:urn:)|https?://json-schema\.org/(draft-0[467]/schema|draft/(2019-09|2020-12)/schema|schema)(#|$)"
)
"""A reference that helm finds in the schema itself or in itself; to a `urn:` it never looks."""

SCHEMA = "values.schema.json"
LARGEST, LARGEST_ARCHIVE = 5 * 1024**2, 100 * 1024**2
"""How large a file in a chart and all files of an archive may be; helm refuses larger ones."""

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
        if name.casefold() not in FREE:
            spell(field.value)
    for item in part.items:
        spell(item)


def texts(part: Part, names: Collection[str]) -> Iterator[str]:
    """Every text in a tree under fields of some folded names, whichever of several equal fields counts.

    In `files`, what stands before `=` is a key and is left out.
    """
    for name, value in part.entries_written():
        folded = name.casefold()
        if folded in FREE:
            continue
        if folded in names:
            found = (one.text for one in (value, *value.items) if one.text)
            yield from (text.rpartition("=")[2] if folded == "files" else text for text in found)
        yield from texts(value, names)
    for item in part.items:
        yield from texts(item, names)


def written(part: Part, *names: str) -> list[str]:
    """The texts of fields of a mapping itself, whichever counts; one empty text where there is none."""
    found = [value.text or "" for name, value in part.entries_written() if name.casefold() in names]
    return found or [""]


def is_remote(text: str, folder: str) -> bool:
    """Whether kustomize fetches what a text in a kustomization of a folder names."""
    if re.match(FETCHED, text):
        return True
    path = os.path.normpath(os.path.join(folder, text)) if "\0" not in text else ""
    if re.match(CLONED, text):
        return not os.path.isfile(path)
    return re.match(DOUBTFUL, text) is not None and not os.path.exists(path)


def remotes_in(part: Part, folder: str) -> Iterator[str]:
    """The addresses in a kustomization, or in the configuration of a plugin, that kustomize fetches."""
    return (text for text in texts(part, READ) if is_remote(text, folder))


def is_plugin(part: Part) -> bool:
    """Whether a document configures a plugin that is built in, or is a list of such."""
    kinds = (value.text for name, value in part.entries_written() if name == "apiVersion")
    inner = (*(value for _, value in part.entries_written()), *part.items)
    return "builtin" in kinds or any(map(is_plugin, inner))


def inflations(part: Part) -> Iterator[Part]:
    """The configurations in a tree that take a chart of Helm."""
    if INFLATION in written(part, "kind"):
        yield part
    for _, value in part.entries_written():
        yield from inflations(value)
    for item in part.items:
        yield from inflations(item)


def refuse(part: Part, folder: str, *, allow_remote: bool, enable_helm: bool) -> None:
    """Raises NotBuiltError for what a kustomization, or the configuration of a plugin, must not do.

    `folder` is the real path of that of the kustomization.
    """
    if not allow_remote and (address := next(remotes_in(part, folder), None)):
        refuse_fetch(address)
    charts = [chart for field in CHARTS for value in values(part, field) for chart in (value.items or [value])]
    inflating = list(inflations(part))
    if (charts or inflating) and not enable_helm:
        raise NotBuiltError("it takes a Helm chart, which `--enable-helm` allows", "helm")
    if not enable_helm:
        return
    if any(texts(part, ("confighome", "helmhome"))):
        raise NotBuiltError("`configHome` would bring programs along that helm runs, so that it is never used")
    homes = [*texts(part, ("charthome",))] or ["charts"]
    for chart in charts + inflating:
        refuse_chart(chart, folder, homes, allow_remote=allow_remote)


def refuse_fetch(address: str) -> None:
    """Raises NotBuiltError for something that is not on this machine."""
    raise NotBuiltError(f"`{address}` would have to be fetched, which `--allow-remote` allows", "remote")


def values(part: Part, name: str) -> Iterator[Part]:
    """The values of a field of a mapping itself, whichever counts."""
    return (value for found, value in part.entries_written() if found.casefold() == name.casefold())


def refuse_chart(chart: Part, folder: str, homes: list[str], *, allow_remote: bool) -> None:
    """Raises NotBuiltError for a chart that is not wholly in the repository, or for words that helm would obey.

    `homes` are the folders that it may lie in.
    """
    if any(release.startswith("-") for release in written(chart, "releasename")):
        raise NotBuiltError("a `releaseName` that begins with `-` is an option to helm")
    if any("getHostByName" in template for template in written(chart, "nametemplate")):
        raise NotBuiltError("a `nameTemplate` with `getHostByName` asks the network")
    for name in texts(chart, ("additionalvaluesfiles",)):
        if re.search('[,"\r\n]', os.path.join(folder, name)):
            raise NotBuiltError(f"helm takes `{name}` for several files, for its path holds a comma or a quote")
    names = written(chart, "name", "chartname")
    versions, repos = written(chart, "version", "chartversion"), written(chart, "repo", "chartrepourl")
    for home, name, version, repo in product(homes, names, versions, repos):
        if name and not re.fullmatch(CHART_NAME, name):
            raise NotBuiltError(f"`{name}` is not the name of a chart")
        parts = (home, *((f"{name}-{version}",) if version and repo else ()), name)
        path = os.path.normpath(os.path.join(folder, *parts))
        if not files.is_within(os.path.realpath(path), files.root_of(folder)):
            raise NotBuiltError(f"the chart `{files.shown(path)}` lies outside the repository")
        if os.path.isdir(path):
            from cmlint.sources.charts import Chart

            refuse_reach(Chart(path))
        elif repo and not allow_remote:
            refuse_fetch(f"{repo.rstrip('/')}/{name}")


def refuse_reach(chart: Chart) -> None:
    """Raises NotBuiltError for a chart of which helm would read more than the chart itself."""
    if chart.outward:
        raise NotBuiltError(f"`{chart.outward}` is a link that leads out of the folder")
    if chart.reaching:
        name, address = chart.reaching
        raise NotBuiltError(f"`{name}` refers to `{address}`, which is outside the chart")


# schemas of values


def reference_out_of_file(path: str) -> str | None:
    """The first reference in the schema of values at a path that helm would open; None where there is none."""
    try:
        with open(path, "rb") as file:
            return reference_out_of(file.read(LARGEST + 1))
    except OSError:
        return None


def reference_out_of_archive(path: str) -> tuple[str, str] | None:
    """The first such reference in an archive of a chart or in those inside it, and the name of its schema."""
    try:
        with open(path, "rb") as file:
            return reference_in_archive(file, os.path.basename(path))
    except OSError:
        return None


def reference_in_archive(file: IO[bytes], name: str) -> tuple[str, str] | None:
    """The same of an open archive; of one that is broken, helm says what is wrong with it."""
    try:
        with tarfile.open(fileobj=Bounded(gzip.GzipFile(fileobj=file)), mode="r|") as archive:
            for member in archive:
                base = posixpath.basename(member.name.replace("\\", "/"))
                if not member.isreg() or not (base == SCHEMA or base.endswith(".tgz")):
                    continue
                if member.size > LARGEST:
                    return member.name, "more than helm reads"
                content = archive.extractfile(member)
                raw = content.read() if content else b""
                if base == SCHEMA and (found := reference_out_of(raw)):
                    return member.name, found
                if base != SCHEMA and (inner := reference_in_archive(io.BytesIO(raw), member.name)):
                    return inner
    except TooLargeError:
        return name, "more than helm reads"
    except (OSError, EOFError, ValueError, tarfile.TarError, zlib.error):
        return None
    return None


class TooLargeError(Exception):
    """An archive that holds more than helm reads."""


class Bounded(io.RawIOBase):
    """A stream that ends with TooLargeError beyond what helm reads."""

    def __init__(self, stream: gzip.GzipFile) -> None:
        self.stream, self.left = stream, LARGEST_ARCHIVE

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        found = self.stream.read(size)
        self.left -= len(found)
        if self.left < 0:
            raise TooLargeError
        return found


def reference_out_of(raw: bytes) -> str | None:
    """The first reference in a schema of values that helm would open; None where there is none.

    Of a schema that is not JSON, helm says what is wrong with it.
    """
    if len(raw) > LARGEST:
        return "more than helm reads"
    try:
        text = raw.decode("utf-8", "replace")
        found = json.loads(text, object_pairs_hook=Entries, parse_int=str, parse_float=str)
    except RecursionError:
        return "more than can be read"
    except ValueError:
        return None
    return next(references_in(found), None)


class Entries(list[tuple[str, object]]):
    """The entries of a JSON object, repeated ones included."""


def references_in(schema: object) -> Iterator[str]:
    """The references in a schema to what is neither in it nor known to helm."""
    stack = [schema]
    while stack:
        node = stack.pop()
        if isinstance(node, Entries):
            for name, value in node:
                if name in (*REFERENCES, "$schema") and isinstance(value, str):
                    if value and not re.match(KNOWN_REFERENCE, value):
                        yield value
                else:
                    stack.append(value)
        elif isinstance(node, list):
            stack.extend(node)
