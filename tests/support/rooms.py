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
    "errors": Room(
        "errors that end a run",
        "",
    ),
    "patterns": Room(
        "patterns of paths, as in `.gitignore`",
        "",
    ),
    "model": Room(
        "the facts and the findings: frozen structs that can be encoded and decoded",
        "",
    ),
    "texts": Room(
        "offsets to lines and columns",
        "model",
    ),
    "system": Room(
        "everything through which cmlint touches the machine: files, programs, git, folders, streams",
        "errors model",
    ),
    "kube": Room(
        "what Kubernetes' own code decides about names, scalars, images, expansion, versions, fields: pure functions",
        "",
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
    "engine": Room(
        "what a rule is and where rules come from; one walk over a bundle for all of them; what suppresses "
        "findings, and which are one problem",
        "bundle kube manifest model patterns system texts",
    ),
    "api": Room(
        "everything that a rule may import",
        "bundle engine knowledge kube model",
    ),
    "cache": Room(
        "what is kept between runs, each beside all that it was made from",
        "system",
    ),
    "config": Room(
        "the configuration of a project: its files, its settings, which counts in which folder, which rules run",
        "cache engine errors kube manifest model patterns system",
    ),
    "sources": Room(
        "paths to texts, grouped in bundles; texts to facts; one package each for kustomize, helm and clusters",
        "bundle cache config engine errors knowledge kube manifest model patterns system texts",
    ),
    "pipeline": Room(
        "the main job, put together: from paths and a configuration to a result, which is kept for the next run",
        "bundle cache config engine model sources system texts",
    ),
    "clusters": Room(
        "clusters, put together: what manifests resolve against, audits, snapshots",
        "bundle config engine knowledge kube model pipeline sources texts",
    ),
    "fixes": Room(
        "which fixes go together, and their proof",
        "manifest model pipeline system",
    ),
    "report": Room(
        "one module an output format",
        "bundle engine fixes model pipeline sources system texts",
    ),
    "adopt": Room(
        "other revisions of the repository, baselines, ignore comments, first setup",
        "bundle cache config engine errors fixes kube manifest model pipeline sources system texts",
    ),
    "server": Room(
        "the editor server: what one sees while one types; only `protocol` imports pygls",
        "adopt bundle cache config engine errors fixes kube manifest model pipeline sources system texts",
    ),
    "cli": Room(
        "one module a command",
        "adopt bundle cache clusters config engine errors fixes kube manifest model patterns pipeline report server "
        "sources system texts",
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
