"""Everything that a source of another package may import, and nothing else."""

from cmlint.bundle.documents import Built
from cmlint.bundle.index import Supply
from cmlint.bundle.material import Material
from cmlint.manifest.documents import read_text
from cmlint.model.evidence import Evidence
from cmlint.model.failures import Failure
from cmlint.model.problems import Problem
from cmlint.sources.files import Group, read
from cmlint.sources.found import Found
from cmlint.sources.paths import reason
from cmlint.sources.request import Request
from cmlint.system.filesystem import FileSystem

__all__ = [
    "Built",
    "Evidence",
    "Failure",
    "FileSystem",
    "Found",
    "Group",
    "Material",
    "Problem",
    "Request",
    "Supply",
    "read",
    "read_text",
    "reason",
]
