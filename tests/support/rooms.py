"""The rooms of `lint/cmlint`: what happens in each, and which others it may import."""

from __future__ import annotations

import re
from typing import NamedTuple

from tests.support.run import ROOT

PAGE = ROOT / "docs" / "architecture.md"
TABLE = re.compile(r"(?<=<!-- rooms -->\n).*?(?=<!-- end of rooms -->)", re.DOTALL)


class Room(NamedTuple):
    """What happens in a room, and the rooms that it imports, separated by blanks."""

    purpose: str
    imports: str


ROOMS = {
    "system": Room(
        "everything through which cmlint touches the machine: files, programs, git, folders, streams",
        "errors model",
    ),
    "patterns": Room(
        "patterns of paths, as in `.gitignore`",
        "",
    ),
    "settings": Room(
        "where each setting may be set: one table",
        "",
    ),
    "model": Room(
        "the facts and the findings: frozen structs that can be encoded and decoded",
        "",
    ),
    "kube": Room(
        "what Kubernetes' own code decides about names, scalars, images, expansion, versions, fields: pure functions",
        "",
    ),
    "errors": Room(
        "errors that end a run",
        "",
    ),
    "progress": Room(
        "the line on a terminal that shows what a run is doing",
        "system",
    ),
    "atomic": Room(
        "replaces a file at once",
        "system",
    ),
    "texts": Room(
        "offsets to lines and columns",
        "model",
    ),
    "knowledge": Room(
        "tables with their sources: what controllers make, names of platforms, placeholders, tags, service variables",
        "kube model",
    ),
    "manifest": Room(
        "text to documents to facts, and a change to edits of the text",
        "knowledge kube model",
    ),
    "bundle": Room(
        "the index of providers, resolution of references, environments, files of volumes, what GitOps does; "
        "`evidence/`: why a name that nothing defines is not reported",
        "knowledge kube model",
    ),
    "rules": Room(
        "what a rule is",
        "bundle kube model system",
    ),
    "api": Room(
        "everything that a rule may import",
        "bundle knowledge kube model rules",
    ),
    "registry": Room(
        "finds rules by the entry-point group `cmlint.rules`",
        "kube rules system",
    ),
    "suppress": Room(
        "comments, annotations and settings that suppress findings",
        "bundle model patterns rules",
    ),
    "fingerprints": Room(
        "what stays the same about a finding when lines move",
        "model",
    ),
    "groups": Room(
        "which findings are one problem: one cause, or a folder that is not applied as it is",
        "fingerprints model rules",
    ),
    "engine": Room(
        "one walk over a bundle for all rules",
        "bundle fingerprints groups manifest model rules suppress texts",
    ),
    "cache": Room(
        "what is kept between runs, each beside all that it was made from",
        "system",
    ),
    "sources": Room(
        "paths to texts, grouped in bundles; texts to facts; builds, clusters and snapshots",
        "cache errors knowledge kube manifest model patterns system",
    ),
    "config": Room(
        "the configuration of a project",
        "errors kube manifest model patterns registry rules settings system",
    ),
    "result": Room(
        "what comes of a run",
        "bundle model sources texts",
    ),
    "runs": Room(
        "a run that is repeated while nothing has changed",
        "cache model result sources texts",
    ),
    "given": Room(
        "what GitOps objects of a run give to its charts",
        "bundle kube manifest model sources",
    ),
    "selection": Room(
        "which rules run, and what they know of the configuration",
        "config kube registry rules",
    ),
    "layers": Room(
        "which configuration counts in which folder",
        "cache config rules settings",
    ),
    "check": Room(
        "the main job, put together",
        "bundle cache config engine given knowledge layers manifest model progress result rules selection sources "
        "suppress texts",
    ),
    "live": Room(
        "clusters, put together: what manifests resolve against, audits, snapshots",
        "bundle config engine knowledge kube model result rules selection sources suppress texts",
    ),
    "adopt": Room(
        "other states of the repository, baselines, ignore comments, first setup",
        "cache check config errors fingerprints fixes layers manifest model result rules sources system texts",
    ),
    "fixes": Room(
        "which fixes go together, and their proof",
        "atomic manifest model result sources",
    ),
    "report": Room(
        "one module an output format",
        "bundle engine fixes model registry result rules sources system texts",
    ),
    "cli": Room(
        "one module a command",
        "adopt atomic bundle cache check config errors fixes kube layers live manifest model progress registry "
        "report result rules runs selection settings sources suppress system",
    ),
    "__main__": Room(
        "the entry of the command line",
        "cli errors system",
    ),
}


def render() -> str:
    """The page with its table of rooms as it should be."""
    rows = [f"| `{name}` | {room.purpose} | {listed(room.imports)} |" for name, room in ROOMS.items()]
    table = "\n".join(["| room of `lint/cmlint` | what happens there | imports |", "| --- | --- | --- |", *rows])
    return TABLE.sub(lambda _: f"{table}\n", PAGE.read_text(encoding="utf-8"))


def listed(imports: str) -> str:
    """The rooms that one imports, as the table shows them."""
    return ", ".join(f"`{name}`" for name in imports.split()) or "nothing of ours"
