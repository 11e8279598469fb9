"""`cmlint server`: the server for editors."""

from __future__ import annotations

import logging
import platform
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from cmlint import __version__
from cmlint.cli.parameters import Command, Parameter
from cmlint.cli.terminal import show
from cmlint.errors import FatalError

if TYPE_CHECKING:
    from cmlint.bundle.bundle import Bundle
    from cmlint.server.project import Against, Setup
    from cmlint.sources.request import Clusters

INSTALL = "install it with `pip install 'cmlint[server]'`"


class Options(msgspec.Struct, frozen=True):
    """What the line says."""

    check: bool = False
    log: str | None = None
    verbose: bool = False


PARAMETERS = (
    Parameter("check", "flag", "Print the versions of what the server uses, and exit."),
    Parameter("log", "text", "The file to write a log to; by default, standard error.", "FILE"),
    Parameter("verbose", "flag", "Also log every message of the client.", short="-v"),
)


def run(options: Options) -> int:
    """Serves an editor until it ends, or prints versions."""
    try:
        from cmlint.server.protocol import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise FatalError("the editor server needs pygls, which is not installed", INSTALL) from None
    if options.check:
        show("".join(f"{name} {version}\n" for name, version in versions()))
        return 0
    begin_log(options)
    return serve(setup_of, __version__)


def versions() -> list[tuple[str, str]]:
    """What the server uses, with versions, or the paths of programs."""
    from importlib import metadata

    from cmlint.sources.helm.render import find_helm
    from cmlint.sources.kustomize.program import find_program

    programs = (("kustomize", find_program(None)), ("helm", find_helm(None)))
    return [
        ("cmlint", __version__),
        ("python", platform.python_version()),
        ("pygls", metadata.version("pygls")),
        *((name, path or "not found") for name, path in programs),
    ]


def begin_log(options: Options) -> None:
    """Has what the server notes written to a file, or to standard error; raises FatalError."""
    level = logging.DEBUG if options.verbose else logging.WARNING
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    try:
        logging.basicConfig(filename=options.log, level=level, format=form)
    except OSError as error:
        raise FatalError(f"{options.log}: {error.strerror}", "name a file that can be written") from None


def setup_of(folder: str, paths: Sequence[str]) -> Setup:
    """What `cmlint check` would do for paths in a folder; raises FatalError."""
    from cmlint.cli.baselines import read_baseline
    from cmlint.cli.fresh import with_options
    from cmlint.cli.options import Options as Line
    from cmlint.cli.request import request_of
    from cmlint.server.project import Setup

    line = Line()
    request, _ = request_of(line, paths, lambda config: with_options(config, line), here=folder)
    file = request.config.baseline
    return Setup(request, read_baseline(file, None, named=False, here=folder) if file else None, ask)


def ask(bundles: Sequence[Bundle], against: Against) -> Clusters:
    """Asks a cluster and snapshots what bundles need, as `cmlint check --live --against` does; raises FatalError."""
    from cmlint.cli.cluster import ground_of, reached
    from cmlint.cli.options import Options as Line
    from cmlint.system.progress import Progress

    ground = ground_of(Line(live=against.live, against=against.snapshots), Progress())
    return reached(lambda: ground.held(bundles))


EXAMPLES = (
    ("server", "serve an editor over standard input and output"),
    ("server --check", "see what the server uses"),
    ("server --log /tmp/cmlint.log --verbose", "keep a log of what the editor asks"),
)

COMMAND = Command(
    name="server",
    summary="Serve an editor (Language Server Protocol).",
    examples=EXAMPLES,
    parameters=PARAMETERS,
    options=Options,
    run=run,
)
