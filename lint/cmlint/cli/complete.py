"""`kubectl_complete-cmlint`: completes `kubectl cmlint ...`, as kubectl asks its plugins to.

kubectl gives the words after the plugin's name and expects one proposal a line, then how to go on
(`staging/src/k8s.io/kubectl/pkg/cmd/plugin/plugin_completion.go`).
"""

from __future__ import annotations

import os
import shlex
import sys
from contextlib import redirect_stdout, suppress
from io import StringIO

from cmlint.cli.app import PLUGIN, parse_with_typer
from cmlint.cli.terminal import write

AND_FILES = ":0"
"""Lets the shell propose files where there is nothing else."""


def entry() -> None:
    """Answers kubectl as typer answers bash."""
    words = sys.argv[1:] or [""]
    sys.argv[0] = PLUGIN
    os.environ["_KUBECTL_CMLINT_COMPLETE"] = "complete_bash"
    os.environ["COMP_WORDS"] = " ".join([PLUGIN, *(shlex.quote(word) if word else "" for word in words)])
    os.environ["COMP_CWORD"] = str(len(words))
    answer = StringIO()
    with suppress(SystemExit), redirect_stdout(answer):
        parse_with_typer(["check"])
    write("\n".join([*answer.getvalue().split(), AND_FILES, ""]))
