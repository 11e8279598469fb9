"""Finds the sources: kustomize, helm, and those of other packages by the entry-point group `cmlint.sources`.

A source is a module with the function `take(found, request) -> Iterable[Material]`. It takes out of `found.groups` the
files that are its own, and gives what bundles are made of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import cast

from cmlint.bundle.material import Material
from cmlint.errors import FatalError
from cmlint.sources.found import Found
from cmlint.sources.request import Request

Take = Callable[[Found, Request], Iterable[Material]]


def added(names: Iterable[str]) -> Iterator[Take]:
    """The sources of other packages by the names of their modules; raises FatalError for one that cannot be loaded."""
    for name in names:
        try:
            yield cast(Take, import_module(name).take)
        except Exception as error:
            message = f"the source `{name}` cannot be loaded: {type(error).__name__}: {error}"
            raise FatalError(message, "fix the package that has the source, or uninstall it") from error
