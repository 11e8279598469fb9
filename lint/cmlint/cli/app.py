"""The typer application: help, completion, and every line that the fast parser leaves to it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from enum import Enum
from importlib import import_module
from typing import Any

import typer

from cmlint import __version__
from cmlint.cli import COMMANDS
from cmlint.errors import FatalError
from cmlint.cli.parameters import Command, Parameter

LineError: type[Exception] = typer.BadParameter.__mro__[2]
"""The base of all errors about a line; by its version typer brings click along or has it inside, so it has two homes."""


def parse_with_typer(program: str, words: Sequence[str]) -> tuple[Command, Any] | int:
    """The command and its options, or the exit status where typer has answered; raises FatalError for a wrong line."""
    app = make_app(program)
    try:
        answer = app(args=list(words), prog_name=program, standalone_mode=False)
    except LineError as error:
        raise wrong_line(program, error) from None
    except typer.Abort:
        return 130
    return answer if isinstance(answer, (tuple, int)) else 0


def make_app(program: str) -> typer.Typer:
    """The application with all commands, of which each returns what it was given."""
    app = typer.Typer(name="cmlint", rich_markup_mode="rich", pretty_exceptions_enable=False, no_args_is_help=True)
    app.callback(epilog=examples_of(program, EXAMPLES))(start)
    for name in COMMANDS:
        command: Command = import_module(f"cmlint.cli.{name}").COMMAND
        app.command(name, help=command.summary, epilog=examples_of(program, command.examples))(function_of(command))
    return app


EXAMPLES = (
    ("check", "lint everything below the working directory"),
    ("env --workload deployment/web", "what a container's environment will be"),
    ("rule missing-key", "read about a rule"),
)


def start(
    version: bool = typer.Option(False, "--version", help="Print the version and exit.", is_eager=True),  # noqa: FBT001
) -> None:
    """Finds the ConfigMap, Secret and environment mistakes that Kubernetes only reveals when a pod starts."""
    if version:
        typer.echo(f"cmlint {__version__}")
        raise typer.Exit


def examples_of(program: str, examples: Sequence[tuple[str, str]]) -> str:
    """The examples at the end of a command's help, one a paragraph, so that each keeps its line."""
    lines = [f"  {program} {line}  [dim]{what}[/dim]".replace("[KIND", "\\[KIND") for line, what in examples]
    return "\n\n".join(["[bold]Examples[/bold]", *lines])


def function_of(command: Command) -> Callable[..., tuple[Command, Any]]:
    """A function with the signature that typer reads a command's parameters from."""

    def answer(**values: Any) -> tuple[Command, Any]:
        given = {field: plain(value) for field, value in values.items() if value}
        return command, command.options(**given)

    parameters = [signed(parameter) for parameter in command.parameters]
    answer.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    answer.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return answer


def plain(value: Any) -> Any:
    """A value of typer's as the fast parser has it."""
    if isinstance(value, list):
        return tuple(value)
    return value.value if isinstance(value, Enum) else value


def signed(parameter: Parameter) -> inspect.Parameter:
    """A parameter in a function's signature."""
    given: dict[str, Any] = {"help": parameter.help, "rich_help_panel": parameter.panel or None}
    if parameter.metavar:
        given["metavar"] = parameter.metavar
    if parameter.complete == "rules":
        given["autocompletion"] = rules_beginning
    default: Any = False if parameter.kind == "flag" else None
    info = typer.Option(default, *parameter.flags, **given) if parameter.flags else typer.Argument(default, **given)
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(parameter.field, kind, default=info, annotation=annotation_of(parameter))


def annotation_of(parameter: Parameter) -> Any:
    """The type that typer shall make of a parameter."""
    if parameter.kind == "flag":
        return bool
    if parameter.kind == "list":
        return list[str]
    if parameter.choices:
        return Enum(parameter.field, {choice: choice for choice in parameter.choices})
    return str


def rules_beginning(incomplete: str) -> list[tuple[str, str]]:
    """The rules that a word, or the last of several between commas, may become."""
    from cmlint.registry import load_rules

    before, comma, word = incomplete.rpartition(",")
    rules = load_rules()
    families = dict.fromkeys(rule.family for rule in rules.values())
    named = [("all", "every rule"), *((family, "a family") for family in families)]
    named += [(rule.name, rule.summary) for rule in rules.values()]
    return [(f"{before}{comma}{name}", summary) for name, summary in named if name.startswith(word)]


def wrong_line(program: str, error: Exception) -> FatalError:
    """What to say about a line that is wrong."""
    message = str(getattr(error, "format_message", error.__str__)()).strip().rstrip(".")
    context = getattr(error, "ctx", None)
    path = context.command_path if context else program
    return FatalError(message[:1].lower() + message[1:], f"`{path} --help` shows what it takes")
