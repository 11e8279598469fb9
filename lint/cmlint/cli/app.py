"""The typer application: help, completion, and every line that the fast parser leaves to it."""

from __future__ import annotations

import inspect
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from cmlint import __version__
from cmlint.cli import COMMANDS
from cmlint.cli.parameters import Command, Examples, Parameter
from cmlint.cli.terminal import not_written
from cmlint.engine.registry import load_rules
from cmlint.engine.rules import BadRuleError
from cmlint.errors import FatalError
from cmlint.kube.near import nearest

LineError: type[Exception] = typer.BadParameter.__mro__[2]
"""The base of all errors about a line; its home depends on typer's version, which imports click or has it inside."""

PLUGIN = "kubectl-cmlint"
"""The name under which kubectl finds the command as its plugin."""

EXAMPLES: Examples = (
    ("check", "lint everything below the working directory"),
    ("env --workload deployment/web", "see what the containers of a workload will have in their environment"),
    ("rule missing-key", "read about a rule"),
)


def parse_with_typer(words: Sequence[str]) -> tuple[Command, Any] | int:
    """The command and its options, or the exit status where typer has answered; raises FatalError for a wrong line.

    An empty line gets the help, but as a wrong one: a gate that runs nothing must not pass.
    """
    program = program_name(words)
    if len(words) == 2 and words[0] in COMPLETION:
        return complete_for(words[1], program, install=words[0] == COMPLETION[0])
    if not words:
        parse_with_typer(["--help"])
        return 2
    try:
        answer = make_app(program)(args=list(words), prog_name=program, standalone_mode=False)
    except LineError as error:
        raise wrong_line(program, error) from None
    except BrokenPipeError:
        raise
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):  # rich ends a program whose reader has gone
            raise ended.__context__ from None
        raise
    except OSError as error:
        raise not_written(error, error.filename, "see that it can be written") from None
    return answer if isinstance(answer, (tuple, int)) else 0


COMPLETION = ("--install-completion", "--show-completion")
"""The options that typer answers for the shell in use, and `complete_for` for a shell that is named."""


def complete_for(shell: str, program: str, *, install: bool) -> int:
    """Installs or prints the completion for a shell; raises FatalError for an unknown one."""
    completion: Any = import_module("typer.completion")  # typer does not declare these functions as exported
    shells = [each.value for each in completion.Shells]
    if shell not in shells:
        near = nearest(shell, shells)
        known = f"use {', '.join(f'`{each}`' for each in shells)}"
        raise FatalError(f"unknown shell `{shell}`", f"did you mean `{near}`?" if near else known)
    variable = f"_{program}_COMPLETE".replace("-", "_").upper()
    if install:
        _, path = completion.install(shell=shell, prog_name=program, complete_var=variable)
        typer.echo(f"{shell} completion installed in {path}\nCompletion will take effect once you restart the terminal")
    else:
        typer.echo(completion.get_completion_script(prog_name=program, complete_var=variable, shell=shell))
    return 0


def program_name(words: Sequence[str]) -> str:
    """The program as the user calls it; the shell completes the plugin by the name of its file."""
    if not os.path.basename(sys.argv[0]).startswith(PLUGIN):
        return "cmlint"
    completing = "_KUBECTL_CMLINT_COMPLETE" in os.environ or any("-completion" in word for word in words)
    return PLUGIN if completing else PLUGIN.replace("-", " ")


def make_app(program: str) -> typer.Typer:
    """The application with all commands, of which each returns what it was given."""
    group = with_examples(TyperGroup, program, EXAMPLES)
    names = {"help_option_names": ["-h", "--help"]}
    app = typer.Typer(cls=group, rich_markup_mode="rich", pretty_exceptions_enable=False, context_settings=names)
    app.callback()(start)
    for name in COMMANDS:
        command: Command = import_module(f"cmlint.cli.{name}").COMMAND
        made = with_examples(TyperCommand, program, command.examples, command.statuses)
        app.command(name, cls=made, help=command.summary)(function_of(command))
    return app


def with_examples(base: Any, program: str, examples: Examples, statuses: Examples = ()) -> Any:
    """A class of commands whose help ends with exit statuses and examples, and calls no flag a boolean."""

    def format_help(self: Any, ctx: Any, formatter: Any) -> None:
        for parameter in self.get_params(ctx):
            if parameter.param_type_name == "argument" or parameter.is_flag:
                parameter.display_type_rich = lambda ctx: None
        base.format_help(self, ctx, formatter)
        if statuses:
            typer.secho(" Exit status:\n", bold=True)
            typer.echo("".join(f"  {status}  {meaning}\n" for status, meaning in statuses))
        typer.secho(" Examples:\n", bold=True)
        for line, what in examples:
            typer.secho(f"  # {what}", dim=True)
            typer.echo(f"  {program} {line}\n")

    return type(base.__name__, (base,), {"format_help": format_help})


def print_version(wanted: bool) -> None:
    """Answers `--version`."""
    if wanted:
        typer.echo(f"cmlint {__version__}")
        raise typer.Exit


def start(
    version: bool = typer.Option(
        False, "--version", "-V", help="Print the version and exit.", callback=print_version, is_eager=True
    ),
) -> None:
    """Finds the ConfigMap, Secret and environment mistakes that Kubernetes only reveals when a pod starts."""


def function_of(command: Command) -> Callable[..., tuple[Command, Any]]:
    """A function with the signature that typer reads a command's parameters from."""

    def answer(**values: Any) -> tuple[Command, Any]:
        given = {field: plain(value) for field, value in values.items() if value is not None and value != []}
        return command, command.options(**given)

    parameters = [signed(parameter) for parameter in command.parameters]
    answer.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    answer.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return answer


def plain(value: Any) -> Any:
    """A value of typer's as the fast parser has it."""
    if isinstance(value, list):
        return tuple(map(plain, value))
    return value.value if isinstance(value, Enum) else value


def signed(parameter: Parameter) -> inspect.Parameter:
    """A parameter in a function's signature."""
    given: dict[str, Any] = {"help": parameter.help, "rich_help_panel": parameter.panel or None}
    if parameter.metavar:
        given["metavar"] = parameter.metavar
    if parameter.names_rules:
        given["autocompletion"] = rules_beginning
    if parameter.variable:
        given["envvar"] = parameter.variable
    default: Any = False if parameter.kind == "flag" and not parameter.variable else None
    info = typer.Option(default, *parameter.flags, **given) if parameter.flags else typer.Argument(default, **given)
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(parameter.field, kind, default=info, annotation=annotation_of(parameter))


def annotation_of(parameter: Parameter) -> Any:
    """The type that typer converts a parameter to."""
    if parameter.kind == "flag":
        return bool
    of = Enum(parameter.field, {choice: choice for choice in parameter.choices}) if parameter.choices else str
    return list[of] if parameter.kind == "list" else of  # type: ignore[valid-type]


def rules_beginning(incomplete: str) -> list[tuple[str, str]]:
    """The rules that a word, or the last of several between commas, may become."""
    before, comma, word = incomplete.rpartition(",")
    try:
        rules = load_rules()
    except BadRuleError:
        return []
    families = dict.fromkeys(rule.family for rule in rules.values())
    named = [("all", "every rule"), *((family, "a family of rules") for family in families)]
    named += [(rule.name, rule.summary) for rule in rules.values()]
    return [(f"{before}{comma}{name}", summary) for name, summary in named if name.startswith(word)]


def wrong_line(program: str, error: Exception) -> FatalError:
    """What to say about a line that is wrong."""
    format_message: Callable[[], str] = getattr(error, "format_message", error.__str__)
    message = format_message().strip().rstrip(".").replace("Value error, ", "")
    context = getattr(error, "ctx", None)
    path = context.command_path if context else program
    message, near = suggested(message[:1].lower() + message[1:])
    message = re.sub(r"^no such (option|command):? '?([^' ]+)'?$", r"no such \1 `\2`", message)
    if found := re.fullmatch(r"no such command `(version|help)`", message):
        near = f"--{found[1]}"
    if near:
        return FatalError(message, f"did you mean `{near}`?")
    if context and (word := argument_of(context.command, getattr(error, "option_name", ""))):
        return FatalError(message, f"write it without an option: `{path} {word}`")
    return FatalError(message, f"`{path} --help` shows what it takes")


def argument_of(command: Any, option: str) -> str:
    """How an argument is written that was given like an option, in the singular or the plural; empty for another."""
    names = {each.name: each.metavar for each in command.params if each.param_type_name == "argument"}
    name = option.lstrip("-")
    return (names.get(name) or names.get(f"{name}s") or "").removesuffix("S") if name else ""


SUGGESTION = re.compile(r"[. ]*(?:\(Possible options: (.*)\)|Did you mean (.*)\?|\(Did you mean (.*)\?\))$", re.DOTALL)
"""How typer ends a message about an unknown option or command."""

CHOICE = re.compile(r"'([^']*)' is not one of (.*)", re.DOTALL)
"""How typer describes a value that an option cannot have."""


def suggested(message: str) -> tuple[str, str | None]:
    """A message without typer's suggestions, and the best one: for an option, a command or the value of an option."""
    if found := CHOICE.search(message):
        choices = re.findall(r"'([^']*)'", found[2])
        return message, nearest(found[1], choices) or (longer(found[1], choices) if found[1] else None)
    found = SUGGESTION.search(message)
    if not found:
        return message, None
    names = re.findall(r"-*\w[\w-]*", next(filter(None, found.groups())))
    message = message[: found.start()]
    unknown = re.search(r"(-*\w[\w-]*)'?$", message)
    return message, nearest(unknown[1], names) or longer(unknown[1], names) if unknown else names[0]


def longer(name: str, names: Iterable[str]) -> str | None:
    """The first of some names of which another is the beginning."""
    return next((each for each in names if each.startswith(name)), None)
