"""Reads in templates and files of configuration: of envsubst, supervisord, gomplate, dockerize and Caddy."""

from __future__ import annotations

from collections.abc import Iterator

from cmlint.model.facts import VariableRead
from cmlint.sources.code import shell
from cmlint.sources.code.forms import NAME, QUOTED, Form, Source

FORMS = (
    *shell.FORMS,
    Form(rf"%\(ENV_{NAME}\)", words=("%(ENV_",)),
    Form(rf"\.Env\.{NAME}\b", words=(".Env.",)),
    Form(
        rf"\{{\{{-?[^{{}}\n]{{0,100}}?\b(?:getenv|env\.Getenv|env|mustEnv)[ \t]+{QUOTED}(?P<soft>[ \t]+[^\s}}|])?",
        words=("env",),
    ),
    Form(rf"\{{env\.{NAME}\}}", words=("{env.",)),
)
"""The forms in which templates read variables.

http://supervisord.org/configuration.html#environment-variables, https://docs.gomplate.ca/functions/env/,
https://github.com/jwilder/dockerize#using-templates, https://caddyserver.com/docs/caddyfile/concepts#environment-variables
"""

LOOSE, PREFIX = shell.LOOSE, shell.PREFIX


def read(_: Source) -> Iterator[VariableRead]:
    """Nothing is read in another way."""
    yield from ()
