"""The sources of other packages, which the entry-point group `cmlint.sources` names.

A source is a module with the function `take(found, request) -> Iterable[Material]`. It takes out of `found.groups` the
files that are its own, and gives what bundles are made of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import cast

from msgspec.structs import replace

from cmlint.bundle.material import Material
from cmlint.cache.noting import NotingFileSystem
from cmlint.errors import FatalError
from cmlint.model.problems import Problem
from cmlint.sources.found import Found
from cmlint.sources.request import Request

Take = Callable[[Found, Request], Iterable[Material]]


def taken(found: Found, request: Request) -> Iterator[Material]:
    """What all sources of other packages give; one that crashes is a problem, and the run goes on.

    What they look at is noted for them. Raises FatalError for one that cannot be loaded.
    """
    request = replace(request, disk=NotingFileSystem(request.disk, request.seen))
    for name in request.sources:
        take = loaded(name)
        try:
            yield from list(take(found, request))
        except Exception as error:
            message = f"this source has crashed ({type(error).__name__}); report that to its authors"
            found.problems.append(Problem(name, 0, message))


def loaded(name: str) -> Take:
    """The function of a source by the name of its module."""
    try:
        return cast(Take, import_module(name).take)
    except Exception as error:
        message = f"the source `{name}` cannot be loaded: {type(error).__name__}: {error}"
        raise FatalError(message, "fix the package that has the source, or uninstall it") from error
