"""A plugin of pytest for mutants of what runs on import: a module is read from the text that the environment names."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

from tests.mutants import MODULE, TEXT
from tests.mutants.code import compiled

NAME, FILE = os.environ[MODULE], os.environ[TEXT]


class Mutated(SourceFileLoader):
    """Loads a module from another text, which has the place of its own one."""

    def get_code(self, fullname: str) -> CodeType | None:
        return compiled(Path(FILE).read_text(encoding="utf-8"), self.path)


class Finder(MetaPathFinder):
    """Finds the module that has another text."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if fullname == NAME else None
        if spec and spec.origin:
            spec.loader = Mutated(fullname, spec.origin)
        return spec


sys.meta_path.insert(0, Finder())

from tests.mutants import inside  # noqa: E402, F401
