"""What a command takes on its line: one table, from which the fast parser here and typer's own are made.

Importing typer costs more than checking one file, so a line that is plainly right is parsed here; whatever is
not (help, a mistake, an unknown option) is left to typer, which knows how to answer.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, NamedTuple

from cmlint.errors import FatalError

Kind = Literal["flag", "text", "choice", "list"]

Values = dict[str, Any]

Examples = tuple[tuple[str, str], ...]
"""Command lines without the program's name, and what each does."""


class Parameter(NamedTuple):
    """An option, or the positional argument; `field` is where its value goes in the command's options.

    A `list` may be given several times. `panel` is the part of the help that it is in, `short` its short flag,
    `long` its long one where that differs from the field.
    `variable` is the environment variable that gives the value where the line does not.
    """

    field: str
    kind: Kind
    help: str
    metavar: str = ""
    panel: str = ""
    choices: tuple[str, ...] = ()
    short: str = ""
    positional: bool = False
    names_rules: bool = False
    variable: str = ""
    long: str = ""

    @property
    def flags(self) -> tuple[str, ...]:
        """The ways to write the option; none for the positional argument."""
        if self.positional:
            return ()
        long = self.long or f"--{self.field.replace('_', '-')}"
        return (long, self.short) if self.short else (long,)


RULES, FIXES, KNOWN, INPUT, OUTPUT, SPEED = "Rules", "Fixes", "What is known", "Input", "Output", "Speed"
"""The parts of a command's help."""

PATHS = Parameter(
    "paths",
    "list",
    "Files and folders, or `-` for standard input; by default the working directory.",
    "PATHS",
    positional=True,
)
CONFIG = Parameter(
    "config",
    "text",
    "Read only this configuration; by default each `.cmlint.yaml` or `pyproject.toml` above and below the paths.",
    "FILE",
    INPUT,
)
CONFIG_FROM = Parameter(
    "config_from",
    "text",
    "Read the repository's configuration from a commit, a tag or a branch, not from the working tree.",
    "REV",
    INPUT,
)
ISOLATED = Parameter("isolated", "flag", "Ignore the repository's and the user's configuration.", panel=INPUT)
CONFIGURATION = (CONFIG, CONFIG_FROM, ISOLATED)
"""Which configuration counts."""

NO_CONTEXT = Parameter(
    "no_context",
    "flag",
    "Read only the given files, not the rest of their project.",
    panel=INPUT,
)
BUILDS = (
    Parameter("no_build", "flag", "Do not run kustomize or helm; read the source files.", panel=INPUT),
    Parameter(
        "kustomize",
        "text",
        "The program that builds kustomizations; by default kustomize, or kubectl if kustomize is not installed.",
        "PROGRAM",
        INPUT,
        variable="CMLINT_KUSTOMIZE",
    ),
    Parameter(
        "allow_remote",
        "flag",
        "Let kustomize fetch remote bases.",
        panel=INPUT,
        variable="CMLINT_ALLOW_REMOTE",
    ),
    Parameter(
        "enable_helm",
        "flag",
        "Let kustomize run helm for `helmCharts`.",
        panel=INPUT,
        variable="CMLINT_ENABLE_HELM",
    ),
    Parameter(
        "build_dependencies",
        "flag",
        "Let helm fetch missing chart dependencies, into a temporary copy.",
        panel=INPUT,
        variable="CMLINT_BUILD_DEPENDENCIES",
    ),
    Parameter(
        "helm", "text", "The program that renders charts; by default helm.", "PROGRAM", INPUT, variable="CMLINT_HELM"
    ),
)
"""What builds may do, and with which programs."""

CHARTS = (
    Parameter(
        "helm_values",
        "list",
        "Render each chart with this values file as well (repeatable; the last one wins).",
        "FILE",
        INPUT,
    ),
    Parameter("helm_set", "list", "Set one value of each chart, as `helm --set` does.", "KEY=VALUE", INPUT),
    Parameter("release", "text", "The release name that charts are rendered with.", "NAME", INPUT),
)
"""What is given to charts."""

CACHE_DIR = Parameter(
    "cache_dir",
    "text",
    "The folder of the cache; by default in the user's cache folder.",
    "FOLDER",
    SPEED,
    variable="CMLINT_CACHE_DIR",
)
CACHE = (Parameter("no_cache", "flag", "Do not read or write the cache.", panel=SPEED), CACHE_DIR)
FORMAT = Parameter(
    field="format",
    kind="choice",
    help="The output format: `text` (default) or `json`.",
    metavar="FORMAT",
    panel="",
    choices=("text", "json"),
)

COLOR = Parameter(
    field="color",
    kind="choice",
    help="Use colours: `auto` (default; follows NO_COLOR and FORCE_COLOR), `always` or `never`.",
    metavar="WHEN",
    panel=OUTPUT,
    choices=("auto", "always", "never"),
)


class Command(NamedTuple):
    """A command: what it takes, the type of its options, and what it does with them, giving the exit status.

    `statuses` are the exit statuses that mean more than that it went well or did not, and what each means.
    """

    name: str
    summary: str
    examples: Examples
    parameters: tuple[Parameter, ...]
    options: Callable[..., Any]
    run: Callable[[Any], int]
    statuses: Examples = ()


def parse(parameters: Sequence[Parameter], words: Iterable[str]) -> Values | None:
    """The values that a line gives, or None for a line that typer has to answer."""
    known = {flag: parameter for parameter in parameters for flag in parameter.flags}
    positional = next((parameter for parameter in parameters if parameter.positional), None)
    values: Values = {}
    rest = iter(words)
    for word in rest:
        if word == "--":
            for plain in rest:
                if not put(values, positional, plain):
                    return None
        elif word == "-" or not word.startswith("-"):
            if not put(values, positional, word):
                return None
        else:
            flag, equals, text = word.partition("=")
            parameter = known.get(flag)
            if parameter is None or (equals and not flag.startswith("--")):
                return None
            value = text if equals else None
            if parameter.kind != "flag" and value is None:
                value = next(rest, None)
            if not put(values, parameter, value):
                return None
    return given_by_environment(parameters) | values


BOOLEANS = {
    **dict.fromkeys(("1", "true", "t", "yes", "y", "on"), True),
    **dict.fromkeys(("0", "false", "f", "no", "n", "off"), False),
}
"""What a variable may say of a flag, as typer takes it; one that is empty says nothing."""


def given_by_environment(parameters: Iterable[Parameter]) -> Values:
    """The values that environment variables give; raises FatalError for one that says nothing of a flag."""
    values: Values = {}
    for parameter in parameters:
        if parameter.variable and (text := os.environ.get(parameter.variable)):
            flag = BOOLEANS.get(text.lower())
            if parameter.kind == "flag" and flag is None:
                raise FatalError(
                    f"{parameter.variable} must be `true` or `false`", "set it to one of them, or unset it"
                )
            values[parameter.field] = flag if parameter.kind == "flag" else text
    return values


def put(values: Values, parameter: Parameter | None, text: str | None) -> bool:
    """Adds one value; False when it is none that the parameter can have."""
    if parameter is None or (text is None) != (parameter.kind == "flag"):
        return False
    if parameter.kind == "flag":
        values[parameter.field] = True
    elif parameter.choices and text not in parameter.choices:
        return False
    elif parameter.kind == "list":
        values[parameter.field] = (*values.get(parameter.field, ()), text)
    elif parameter.positional and parameter.field in values:
        return False
    else:
        values[parameter.field] = text
    return True


def words_of(lists: Iterable[str]) -> tuple[str, ...]:
    """The words of an option that may be given several times, each time with several words between commas."""
    return tuple(word for text in lists for part in text.split(",") if (word := part.strip()))
