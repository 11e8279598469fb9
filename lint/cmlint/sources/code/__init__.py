"""What the source of programs says of their environment, by language.

One module for each language, with one table of the forms in which it reads variables. What is found depends on the text
and on the language alone, and nothing of it is ever run.
"""

from __future__ import annotations

import posixpath
import re
from importlib import import_module

from cmlint.model.facts import Language, SourceFacts, Span, VariableRead
from cmlint.sources.code.forms import Source, pieces_in, settings_in, squeezed, words_in

SUFFIXES: dict[str, Language] = {
    ".py": "python",
    **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte"), "javascript"),
    **dict.fromkeys((".java", ".kt", ".kts", ".scala", ".groovy"), "java"),
    ".go": "go",
    **dict.fromkeys((".sh", ".bash"), "shell"),
    **dict.fromkeys((".template", ".tmpl", ".tpl", ".envsubst", ".conf"), "envsubst"),
    **dict.fromkeys(
        (".php", ".rb", ".cs", ".rs", ".ex", ".exs", ".erl", ".clj", ".lua", ".pl", ".pm", ".swift"), "other"
    ),
    **dict.fromkeys(
        (".c", ".cc", ".cpp", ".h", ".hpp", ".dart", ".jl", ".r", ".R", ".fs", ".vb", ".hs", ".ml"), "other"
    ),
    **dict.fromkeys(
        (".yml", ".yaml", ".json", ".toml", ".ini", ".cfg", ".cnf", ".xml", ".properties", ".prisma"), "other"
    ),
    **dict.fromkeys(
        (".j2", ".jinja", ".jinja2", ".ejs", ".erb", ".html", ".hcl", ".sql", ".gradle", ".cjson"), "other"
    ),
}
"""The languages by how the names of files end."""

PROPERTIES = re.compile(r"(?:application|bootstrap)\.(?:ya?ml|properties)|microprofile-config\.properties")
"""The files in which Spring, Quarkus and Micronaut are configured whatever profile is active."""

GIVES = re.compile(
    r"(?:docker-)?compose[\w.-]*\.ya?ml|\.gitlab-ci\.ya?ml|skaffold[\w.-]*\.ya?ml|values[\w.-]*\.ya?ml|Chart\.yaml"
)
GENERATED = re.compile(r".*(?:\.min\.\w+|-lock\.(?:json|ya?ml)|\.lock|\.map|\.pb\.go|_pb2\.py|\.d\.ts)")
TESTS = re.compile(
    r"test_.*\.py|.*_test\.(?:py|go)|conftest\.py|.*\.(?:test|spec|e2e|cy|stories)\.\w+|.*(?:Tests?|IT|Spec)\.(?:java|kt|scala|groovy|cs)"
)
TEST_FOLDERS = frozenset(
    (
        "test",
        "tests",
        "__tests__",
        "spec",
        "specs",
        "e2e",
        "testdata",
        "testing",
        "__mocks__",
        "mocks",
        "fixtures",
        "cypress",
    )
)
FOREIGN_FOLDERS = frozenset(
    ("node_modules", "vendor", "third_party", "site-packages", ".venv", "venv", ".git", ".terraform", "Godeps")
)
"""The folders of tests, and of other projects."""

GIVEN = re.compile(r"(?m)^(?:apiVersion:|kind:[ \t]|services:)|^(?:on|jobs):[ \t]*$")
"""What YAML has that gives variables instead of reading them: manifests, compose files, workflows."""

LARGEST = 1_000_000
LARGEST_DATA = 100_000
DATA = (".json", ".xml", ".html", ".sql", ".yml", ".yaml")
"""The most bytes of a source file, and of one with data, by how its name ends."""


def language_of(path: str) -> Language | None:
    """How a file is read, by its path in the source of a program; None for one that says nothing."""
    *folders, name = path.split("/")
    if not (TEST_FOLDERS | FOREIGN_FOLDERS).isdisjoint(folders) or TESTS.fullmatch(name) or GENERATED.fullmatch(name):
        return None
    if is_dockerfile(name):
        return "dockerfile"
    if name.startswith(".env") or GIVES.fullmatch(name):
        return None
    if PROPERTIES.fullmatch(name):
        return "properties"
    stem, suffix = posixpath.splitext(name)
    if not suffix:
        return "shell" if not stem.startswith(".") and stem not in NO_CODE else None
    return SUFFIXES.get(suffix)


LOOSE = re.compile(
    r"\.separator\(|\.split\(\"_|__\"\s*\)|AddEnvironmentVariables\(|CreateBuilder\(|CreateDefaultBuilder\("
)
PREFIX = re.compile(r"(?:prefixed|with_prefix|AddEnvironmentVariables)\(\s*(?:prefix:\s*)?\"(\w+)\"")
"""How libraries of other languages make names of variables from those of settings: config and figment of Rust, .NET."""


def prefixes_in(text: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
    """What a library puts before the names of settings."""
    return tuple(sorted({squeezed(found[1]) for found in pattern.finditer(text)}))


NO_CODE = frozenset(
    ("LICENSE", "README", "NOTICE", "AUTHORS", "CHANGELOG", "CODEOWNERS", "Makefile", "Jenkinsfile", "Tiltfile")
)


def is_dockerfile(name: str) -> bool:
    """Whether a file of this name says how an image is built."""
    return name.startswith(("Dockerfile", "Containerfile")) or name.lower().endswith(".dockerfile")


def longest(path: str) -> int:
    """The most bytes of a source file at a path; a program has written what is longer."""
    return LARGEST_DATA if path.endswith(DATA) else LARGEST


def read(text: str, language: Language) -> SourceFacts:
    """The facts of a source file."""
    if language == "dockerfile":
        from cmlint.sources.code import dockerfile, shell

        used = " ".join(sorted({found["name"] for form in shell.FORMS for found in re.finditer(form.pattern, text)}))
        return SourceFacts(words=used, dockerfile=dockerfile.read(text))
    if language == "other":
        if GIVEN.search(text) and "%env(" not in text:
            return SourceFacts()
        return SourceFacts(
            words=words_in(text),
            settings=settings_in(text),
            loose=LOOSE.search(text) is not None,
            prefixes=prefixes_in(text, PREFIX),
            pieces=pieces_in(text),
        )
    module = import_module(f"cmlint.sources.code.{language}")
    source = Source(text)
    sets = module.sets_in(text) if language == "shell" else ()
    own = frozenset(sets)
    found: dict[tuple[Span, str], VariableRead] = {}
    for each in (*source.reads(module.FORMS), *module.read(source)):
        if each.name not in own:
            found.setdefault((each.span, each.name), each)
    return SourceFacts(
        reads=tuple(sorted(found.values(), key=lambda read: read.span.start)),
        words=words_in(text),
        settings=module.settings_in(text) if language == "properties" else settings_in(text),
        loose=module.LOOSE.search(text) is not None,
        prefixes=prefixes_in(text, module.PREFIX),
        pieces=(*pieces_in(text), *(module.maps_in(text) if language == "java" else ())),
        sets=sets,
    )
