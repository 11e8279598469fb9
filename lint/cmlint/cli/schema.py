"""`cmlint schema`: what a schema says."""

from __future__ import annotations

import msgspec

from cmlint.cli.parameters import Command, Parameter


class Options(msgspec.Struct, frozen=True):
    """What the line says."""

    name: str | None = None


PARAMETERS = (Parameter("name", (), "text", "The schema; without one, all are listed.", "[NAME]", complete="schemas"),)


def run(options: Options) -> int:  # noqa: ARG001
    """Shows a schema."""
    return 0


COMMAND = Command("schema", "Read about a schema, or list them all.", (), PARAMETERS, Options, run)
