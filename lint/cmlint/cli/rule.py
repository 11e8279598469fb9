"""`cmlint rule`: what a rule says."""

from __future__ import annotations

import msgspec

from cmlint.cli.parameters import Command, Parameter


class Options(msgspec.Struct, frozen=True):
    """What the line says."""

    name: str | None = None


PARAMETERS = (Parameter("name", (), "text", "The rule; without one, all are listed.", "[NAME]", complete="rules"),)


def run(options: Options) -> int:  # noqa: ARG001
    """Shows a rule."""
    return 0


COMMAND = Command("rule", "Read about a rule, or list them all.", (), PARAMETERS, Options, run)
