"""`cmlint env`: what each container's environment will really be."""

from __future__ import annotations

import msgspec

from cmlint.check import read_bundles
from cmlint.cli.parameters import Command, Parameter
from cmlint.cli.terminal import write
from cmlint.config import Config
from cmlint.report import environments
from cmlint.sources import files


class Options(msgspec.Struct, frozen=True):
    """What the line says."""

    paths: tuple[str, ...] = ()
    workload: str | None = None
    namespace: str | None = None
    format: str = "text"


PARAMETERS = (
    Parameter("paths", (), "list", "Files and folders, or `-` for standard input; without any, the working directory.", "PATHS"),
    Parameter("workload", ("--workload", "-w"), "text", "Only this workload.", "[KIND/]NAME"),
    Parameter("namespace", ("--namespace", "-n"), "text", "Only workloads of this namespace.", "NAME"),
    Parameter("format", ("--format",), "choice", "How environments are shown.", choices=("text", "json")),
)  # fmt: skip


def run(options: Options) -> int:
    """Shows the environments."""
    problems: list[files.Problem] = []
    bundles, _ = read_bundles(options.paths or (".",), Config(), problems)
    write(environments.render_json(list(environments.workloads(bundles))))
    return 0


COMMAND = Command("env", "Show what each container's environment will really be.", (), PARAMETERS, Options, run)
