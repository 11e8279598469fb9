"""What commands do to manifests before they are applied: words that sed replaces, builds that a program reads, files
that a command writes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import NamedTuple

from cmlint.knowledge.placeholders import WORD
from cmlint.manifest.images import has_any

MOST = 100
"""The most files or words of one text that are kept."""

CONTINUED = re.compile(r"\\[ \t]*\r?\n[ \t]*")
SUBSTITUTION = re.compile(r"(?<![A-Za-z])[sy]([/|#@,~%!])((?:(?!\1)[^\n\\]|\\[^\n]){1,200})\1")
KEY = r"(?<![\w.-])[A-Za-z_][\w-]*:(?=[^\w:/]|\Z)"
BUILD = re.compile(r"(?i:kustomize)[)}\"']{0,3}[ \t]+(?:build[ \t]+)?([^|\n;&]{0,300})\|([^\n]{1,500})")

PROGRAM = re.compile(
    r"[ \t]*(?:go[ \t]+run\b|[\w./-]*(?:helmify|python[\d.]*|node|ruby|perl|g?awk|deno|bun|tsx)(?=[ \t]|\Z)"
    r"|\$[({]\w*HELMIFY\w*[)}]|[\w./-]+\.(?:py|js|ts|rb|pl|sh|go)\b)"
)
"""A program that makes something else of manifests; kubectl and those that only show or check them are none."""

FILE = re.compile(r".*[\w-]\.(?:ya?ml|json|env|properties|conf|ini|toml|txt|crt|key|pem)|.*\.env[\w.-]*")
WRITING = re.compile(
    r"(?:(?<![<>=-])>>?[ \t]*|\btee[ \t]+(?:-a[ \t]+)?|[ \t](?:-o|--output(?:-file)?|-O)[= \t]|"
    r"\b(?:cp|mv)[ \t]+(?:-\w+[ \t]+)*[^\s;|&]+[ \t]+)[\"']?(?:\$(?:\w+|\{\w+\}|\(\w+\))[\"']?/)?([\w./-]{1,500})"
    r"(?=[\s\"';|&)]|\Z)"
)
"""A command that writes a file, perhaps in a folder whose path a variable holds: mostly the top of the repository."""

WRITING_WORDS = (">", "tee", "-o", "-O", "cp", "mv")
"""What a line has that writes a file: to search all lines with the pattern would be slow."""

WRITTEN_BY_TERRAFORM = re.compile(
    r"\bresource\s+\"(?:local_(?:sensitive_)?file|github_repository_file)\"[^{]*\{((?:\$\{[^{}]*\}|[^{}])*)"
)
FILE_NAME = re.compile(r"(?m)^[ \t]*file(?:name)?\s*=\s*\"([^\"\n]+)\"")
FOLDER = re.compile(r"\b(?:cd|pushd)[ \t]+[\"']?([\w./-]+)")


class Handover(NamedTuple):
    """The words that commands of a text replace, the folders of which a program reads the build, and written files."""

    replaced: tuple[str, ...] = ()
    consumed: tuple[str, ...] = ()
    written: tuple[str, ...] = ()


def read_handovers(text: str, *, replaces: bool, builds: bool, writes: bool) -> Handover:
    """What the commands of a text do, of what it may do by the words in it."""
    return Handover(
        tuple(replaced_in(text))[:MOST] if replaces else (),
        tuple(consumed_in(CONTINUED.sub(" ", text)))[:MOST] if builds else (),
        tuple(written_in(text))[:MOST] if writes else (),
    )


def replaced_in(text: str) -> dict[str, None]:
    """What sed or perl replaces: words in capitals, and keys with what is behind them (`password:`)."""
    found = [match[2] for match in SUBSTITUTION.finditer(text)]
    return dict.fromkeys(word for each in found for word in (*re.findall(WORD, each), *re.findall(KEY, each)))


def consumed_in(text: str) -> Iterator[str]:
    """The folders of which another program reads what kustomize builds."""
    for found in BUILD.finditer(text):
        folder = next((word for word in found[1].split() if not word.startswith("-")), ".")
        if any(PROGRAM.match(part) for part in found[2].split("|")):
            yield posixpath.normpath(re.sub(r"\$\S*?(?=/|\Z)", "*", folder.strip("\"'")))


def terraform_files(text: str) -> list[str]:
    """The files that resources of Terraform write."""
    names = (name for found in WRITTEN_BY_TERRAFORM.finditer(text) for name in FILE_NAME.findall(found[1]))
    return [posixpath.normpath(re.sub(r"\$\{[^{}]*\}", "*", name)) for name in names]


def written_in(text: str) -> dict[str, None]:
    """The files that commands write, also as they are called from the folders into which a command goes."""
    lines = "\n".join(line for line in text.split("\n") if has_any(line, WRITING_WORDS))
    files = [posixpath.normpath(found[1]) for found in WRITING.finditer(lines) if FILE.fullmatch(found[1])]
    files += terraform_files(text) if '_file"' in text else ()
    folders = [posixpath.normpath(found[1]) for found in FOLDER.finditer(text)] if files else []
    inside = (posixpath.normpath(f"{folder}/{file}") for folder in folders[:MOST] for file in files[:MOST])
    return dict.fromkeys((*files, *inside))
