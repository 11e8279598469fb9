"""Files and folders, as they are: each folder is one bundle, and so are all files that are named themselves.

Folders are walked for `.yaml`, `.yml` and `.json`, and for other texts in which kubectl may be called; what git ignores
and what the configuration excludes is left out, a file that is named itself is always read.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

import msgspec

from cmlint.cache.states import Seen
from cmlint.patterns import MOST, Patterns
from cmlint.system import files as system
from cmlint.system.files import Root, is_within, real_path, root_of

SUFFIXES = (".yaml", ".yml", ".json")
CHART = "Chart.yaml"
KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
SCRIPTS = (
    *(
        ".sh",
        ".bash",
        ".zsh",
        ".ksh",
        ".fish",
        ".ps1",
        ".bat",
        ".cmd",
        ".mk",
        ".make",
        ".just",
        ".groovy",
        ".jenkinsfile",
    ),
    *(".md", ".markdown", ".mdx", ".adoc", ".asciidoc", ".asc", ".rst", ".txt"),
    *(".tf", ".example", ".sample", ".dist", ".template", ".j2", ".jinja", ".jinja2"),
    *("Makefile", "makefile", "Justfile", "justfile", "Jenkinsfile", "Tiltfile", "Dockerfile", "README"),
)
"""How the names of other texts end in which commands may be; so may they in any file that begins with `#!`."""

BUILDERS = (
    "pom.xml",
    ".gradle",
    ".gradle.kts",
    ".hcl",
    "Earthfile",
    "Containerfile",
    "Rakefile",
    ".tiltfile",
    ".gotmpl",
)
"""How the names of files end in which tools read how images are built and pushed."""

IMAGE_WORDS = (
    b"image",
    b"IMAGE",
    b"push",
    b"load",
    b"build",
    b"rollout",
    b"sed ",
    b"yq ",
    b"helm ",
    b"save ",
    b"perl ",
    b'target "',
)
"""What a text holds that builds, pushes, loads or replaces images."""

EXPECTATION = r"(?:(?:\d+-)?(?:assert|errors?)(?:-[\w-]+)?|\d+-[\w-]+-assert)\.ya?ml"
"""Files in which tests of kuttl and Chainsaw say what the cluster should hold: parts of objects, never applied."""

ORIGIN = "config.kubernetes.io/origin"
"""The annotation by which kustomize says where an object comes from."""

SOURCE = "# Source: "
"""The comment by which helm says from which template an object comes."""

INSTEAD: dict[str, str] = {}
"""Texts that are read instead of what the files hold, by their real paths: while it is proven what they would be."""

PIPES: dict[str, bytes] = {}
"""The content of pipes and devices that are named on the command line, by their paths: they can be read only once."""

DEEPEST = 200
"""So many folders deep is a walk."""

IGNORE = ".gitignore"
NEVER = frozenset((".git", "node_modules", ".venv", ".tox", "__pycache__"))
TESTDATA = "testdata"
"""The folder in which tests keep what they read and expect; Go's tools leave it alone too (`go help packages`)."""

FIXTURES = frozenset(("fixtures", "__fixtures__"))
COMPARED = frozenset(("golden", "expected", "compare", "snapshots", "__snapshots__"))
TESTS = frozenset(("test", "tests", "__tests__", "testing", "e2e", "spec", "cypress", "it"))
TESTING = frozenset(("test", "tests", "e2e", "integration"))
"""The same in other languages: folders of the first names below one that has its tests, by its name or a word of it.

Manifests in `COMPARED` ones are what a test expects of the cluster, or of a program that writes them.
"""

VENDORED = ("modules.txt", "github.com")
"""What is in a folder `vendor` of copies: what `go mod vendor` writes, or a project by its import path."""

GODEPS = "Godeps"
"""The folder in which godep kept copies, before Go had modules."""

DIRECTIVES = ("{{", "{%", "[[", "${")
"""What the name of a folder holds into which a tool still puts something, such as `{{cookiecutter.name}}`."""

ARCHETYPE = "archetype-resources"
"""The folder with what Maven copies into a new project (https://maven.apache.org/archetype/archetype-models/)."""

COPYING = {
    "template.yaml": r"\burl:[ \t]*[\"']?\./",
    "template.yml": r"\burl:[ \t]*[\"']?\./",
    "copier.yaml": r"^_subdirectory:[ \t]*[\"']?",
    "copier.yml": r"^_subdirectory:[ \t]*[\"']?",
}
"""What leads to the name of a folder beside a file that says what is copied into a new project.

https://backstage.io/docs/features/software-templates/builtin-actions and
https://copier.readthedocs.io/en/stable/configuring/#subdirectory
"""

UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""How a file in UTF-16 begins, whose byte order mark says which."""

ENCRYPTED = b"\0GITCRYPT\0"
"""How a file begins that git-crypt has encrypted (https://github.com/AGWA/git-crypt)."""

STDIN = "<stdin>"

NOT_REACHED = "not built, because it uses none of the files that are named"
"""Why a kustomization or chart in the context of named files is not built."""


Specs = tuple[tuple[str, Patterns], ...]
"""Folders with the patterns of their `.gitignore`."""


class Problem(msgspec.Struct, frozen=True, order=True):
    """Something that could not be read, in one line; `line` is 1-based, or 0 for the whole file.

    One that is not `fatal` is only told, and the run is as good as without it.
    """

    path: str
    line: int
    message: str
    fatal: bool = True


class Group(msgspec.Struct):
    """The texts of one bundle: their paths as shown, and from where they are read.

    `scripts` are those that hold no manifests and, by their names, perhaps commands; `templates` are the paths among
    them all whose texts are for Helm to render, `compared` those that tests compare with. `lying` are the paths of all
    other files, which are not read, `left_out` those of folders that are not: with what tests read, with copies of
    other projects, or with what is copied into new ones. Of the manifests in these folders, which are `apart`, only the
    references are counted. All real paths are in `root`; files that are named on the command line have none.

    Where the other files are only the context of some, `named` are these. A group is `unbuilt` that only builds use
    which are not made, because they do not reach any of these.
    """

    paths: dict[str, str] = msgspec.field(default_factory=dict)
    scripts: dict[str, str] = msgspec.field(default_factory=dict)
    templates: set[str] = msgspec.field(default_factory=set)
    compared: set[str] = msgspec.field(default_factory=set)
    lying: list[str] = msgspec.field(default_factory=list)
    left_out: list[str] = msgspec.field(default_factory=list)
    apart: dict[str, str] = msgspec.field(default_factory=dict)
    root: str | None = None
    named: set[str] = msgspec.field(default_factory=set)
    unbuilt: bool = False

    def root_of(self, shown: str) -> str | None:
        """The folder that the file of a text must be in; None for one that is named."""
        return None if shown in self.named else self.root

    def source(self, shown: str) -> Source:
        """The file that a text comes from."""
        return Source(self.paths[shown], self.root_of(shown))


class Source(NamedTuple):
    """A file to read; its real path must be in `root`, unless it is named on the command line and has none."""

    path: str
    root: Root | None = None


def find(paths: Iterable[str], exclude: tuple[str, ...], problems: list[Problem], seen: Seen) -> list[Group]:
    """The files below each path, each file once; what is not there is noted in `problems`.

    The patterns in `exclude` are relative to the file system's root.
    """
    named = Group()
    groups = [named]
    known: set[str] = set()
    excluded = Patterns(exclude)
    for path in paths:
        seen.note(path)
        if path == "-":
            groups.append(Group({STDIN: "-"}))
            continue
        try:
            mode = hold(path)
            seen.whole = seen.whole and path not in PIPES
        except (FileNotFoundError, NotADirectoryError):
            problems.append(Problem(shown(path), 0, "no such file or folder"))
        except OSError as error:
            problems.append(Problem(shown(path), 0, reason(error)))
        else:
            if stat.S_ISDIR(mode):
                groups.append(group := Group(root=root_of(path)))
                fill(group, path, names_below(path), walk(path, excluded, problems, seen, group), known)
                set_apart(group, names_below(path), excluded, seen, known)
            else:
                add(named.paths, shown(path), path, known)
    return groups


def fill(group: Group, top: str, name_of: Callable[[str], str], found: Iterable[str], known: set[str]) -> None:
    """Adds the files that a walk has found below a folder to a group, unless they are `known`."""
    for file in found:
        name = os.path.basename(file)
        if is_compared(file, top):
            if name == CHART or name in KUSTOMIZATIONS:
                continue
            group.compared.add(name_of(file))
        add(group.paths if is_manifest(name) else group.scripts, name_of(file), file, known)


def set_apart(group: Group, name_of: Callable[[str], str], excluded: Patterns, seen: Seen, known: set[str]) -> None:
    """Adds the manifests in the folders that a walk has left out."""
    folders = list(group.left_out)
    for folder in folders:
        inner = Group(root=group.root)
        for file in walk(folder, excluded, [], seen, inner):
            name = os.path.basename(file)
            if is_manifest(name) and name not in KUSTOMIZATIONS:
                add(group.apart, name_of(file), file, known)
        folders += inner.left_out


def hold(path: str) -> int:
    """The mode of what is at a path that the command line names; what a pipe or a device gives is kept in `PIPES`.

    Raises OSError.
    """
    mode = system.state_of(path).st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) and path not in PIPES:
        PIPES[path] = system.read_named(path, system.MANIFEST)
    return mode


def roots_of(groups: Sequence[Group]) -> tuple[str, ...]:
    """The folders that may be read for groups of files: around each folder, and around each file that is named."""
    around = {os.path.dirname(real_path(path)) for path in groups[0].paths.values()}
    roots = (*(group.root for group in groups if group.root), *map(root_of, sorted(around)))
    return tuple(dict.fromkeys(roots))


def add(paths: dict[str, str], name: str, file: str, known: set[str]) -> None:
    """Adds a file that is shown under a name to a group, unless another group has it."""
    if name not in known:
        known.add(name)
        paths[name] = file


def shown(path: str) -> str:
    """A path as it is shown: relative to the working directory where it is below it, with `/`."""
    if not os.path.isabs(path):
        name = os.path.normpath(path)
    else:
        name = os.path.relpath(path)
        if name.startswith(".."):
            name = os.path.normpath(path)
    return name.replace(os.sep, "/")


def names_below(top: str) -> Callable[[str], str]:
    """How files below a folder are shown: as the folder is, unless the working directory is between."""
    if os.path.isabs(top) and is_within(os.getcwd(), os.path.normpath(top)):
        return shown
    prefix = shown(top)
    start = "" if prefix == "." else f"{prefix.rstrip('/')}/"
    length = len(os.path.join(top, ""))
    return lambda file: start + file[length:].replace(os.sep, "/")


def walk(top: str, excluded: Patterns, problems: list[Problem], seen: Seen, group: Group) -> Iterator[str]:
    """The manifests and possible scripts below a folder, in order, without what git ignores.

    Other files, and folders that are never read, are noted in the group.
    """
    root = root_of(top)
    stack = [(top, ignores_above(top, problems, seen), 0)]
    while stack:
        folder, specs, depth = stack.pop()
        try:
            entries = entries_in(folder)
        except OSError as error:
            problems.append(Problem(shown(folder), 0, reason(error)))
            continue
        seen.walked[folder] = listing_of(entries)
        if any(entry.name == IGNORE for entry in entries) and (spec := ignores_in(folder, root, specs, problems, seen)):
            specs = (*specs, (folder, spec))
        folders: list[str] = []
        copied = copied_from(entries, root, seen)
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            foreign = is_folder and (entry.name in copied or is_foreign(entry, top, seen))
            if not (is_folder or is_manifest(entry.name) or may_be_script(entry)):
                group.lying.append(entry.path)
                continue
            if entry.is_symlink():
                seen.note(entry.path)
            if not is_folder and not is_regular(entry):
                continue
            if specs and ignored(entry.path, is_folder, specs):
                continue
            if excluded and excluded.match(os.path.abspath(entry.path) + ("/" if is_folder else "")):
                continue
            if is_folder:
                (group.left_out if foreign else folders).append(entry.path)
            elif entry.is_symlink() and not is_within(real_path(entry.path), root):
                message = "a link that leads out of the folder is not followed; name it to check what it leads to"
                problems.append(Problem(shown(entry.path), 0, message, fatal=False))
            else:
                yield entry.path
        if depth == DEEPEST and folders:
            problems.append(Problem(shown(folder), 0, f"more than {DEEPEST} folders deep; what is below is not read"))
            continue
        stack.extend((path, specs, depth + 1) for path in reversed(folders))


def entries_in(folder: str) -> list[os.DirEntry[str]]:
    """What a walk sees in a folder, by name; raises OSError."""
    return sorted((entry for entry in os.scandir(folder) if entry.name not in NEVER), key=attrgetter("name"))


def listing_of(entries: Iterable[os.DirEntry[str]]) -> str:
    """What a walk sees in a folder, as one text: names, and which of them are folders or links."""
    return "\0".join(
        entry.name + ("/" if entry.is_dir(follow_symlinks=False) else "@" if entry.is_symlink() else "")
        for entry in entries
    )


def listing(folder: str) -> str | None:
    """The same of a folder by its path; None for one that cannot be read."""
    try:
        return listing_of(entries_in(folder))
    except OSError:
        return None


def copied_from(entries: Sequence[os.DirEntry[str]], root: Root, seen: Seen) -> set[str]:
    """The names of the folders beside files that say what is copied from there into new projects."""
    found: set[str] = set()
    for entry in entries:
        if lead := COPYING.get(entry.name):
            seen.note(entry.path)
            try:
                text = read(entry.path, root)
            except (OSError, UnicodeDecodeError):
                continue
            if "scaffolder.backstage.io" in text or entry.name.startswith("copier"):
                found.update(re.findall(rf"{lead}([\w.-]+)/?[\"']?[ \t]*(?:#.*)?$", text, re.MULTILINE))
    return found


def is_foreign(folder: os.DirEntry[str], top: str, seen: Seen) -> bool:
    """Whether a folder below the top holds what tests read, copies of other projects, or what is copied into new ones.

    Nobody applies any of these as they are.
    """
    if folder.name == ARCHETYPE or any(mark in folder.name for mark in DIRECTIVES):
        return True
    if folder.name in FIXTURES:
        return any(map(names_tests, parts_below(top, folder.path)))
    if folder.name != "vendor":
        return folder.name == GODEPS or folder.name.rstrip("0123456789") == TESTDATA
    signs = [os.path.join(folder.path, name) for name in VENDORED]
    for sign in signs:
        seen.note(sign)
    return any(map(os.path.exists, signs))


def parts_below(top: str, path: str) -> list[str]:
    """The names on the way from a folder to what is below it."""
    return os.path.relpath(path, top).split(os.sep)


def is_compared(file: str, top: str) -> bool:
    """Whether a file below the top is in a folder with what tests compare."""
    if not any(name in file for name in COMPARED):
        return False
    folders = parts_below(top, os.path.dirname(file))
    number = next((number for number, name in enumerate(folders) if name in COMPARED), 0)
    return any(map(names_tests, folders[:number]))


def names_tests(folder: str) -> bool:
    """Whether a folder is called as one that has tests (`tests`, `e2e-tests`)."""
    return folder in TESTS or not TESTING.isdisjoint(folder.lower().replace("_", "-").split("-"))


def is_manifest(name: str) -> bool:
    """Whether a file may hold manifests, by its name."""
    return name.endswith(SUFFIXES) or name in KUSTOMIZATIONS


def may_be_script(entry: os.DirEntry[str]) -> bool:
    """Whether a file may be a text that creates ConfigMaps or Secrets, or builds and pushes images, by its name."""
    named = entry.name.endswith(SCRIPTS) or "." not in entry.name or entry.name.endswith(BUILDERS)
    return named and entry.is_file(follow_symlinks=False)


def is_script(raw: bytes, name: str) -> bool:
    """Whether a file of this name is a text that may create or show ConfigMaps or Secrets, by a few words."""
    if not (name.endswith(SCRIPTS) or raw.startswith(b"#!")):
        return False
    called = b"create" in raw and (b"configmap" in raw or b"secret" in raw or b"cm" in raw)
    shown = b"kind: ConfigMap" in raw or b"kind: Secret" in raw or b'resource "kubernetes_' in raw
    return called or shown or (b"<<" in raw and b"kind:" in raw)


def handles_images(raw: bytes, name: str) -> bool:
    """Whether a file of this name is a text that may build, push, load or replace images, by a few words."""
    if not (name.endswith((*SCRIPTS, *BUILDERS)) or raw.startswith(b"#!")):
        return False
    return any(word in raw for word in IMAGE_WORDS)


def is_dockerfile(path: str) -> bool:
    """Whether a file says how an image is built, by its name."""
    name = os.path.basename(path)
    return name.startswith(("Dockerfile", "Containerfile")) or name.endswith((".Dockerfile", ".dockerfile"))


def is_object(raw: bytes) -> bool:
    """Whether a file that is no valid text may be meant for Kubernetes all the same."""
    return b"apiVersion" in raw or b"kind:" in raw or b"\0" in raw or raw.startswith(UTF_16)


def is_regular(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a file, or a link to one; what cannot be known is left to the reader.

    A pipe would never end, and a folder that a link leads to is walked where it is.
    """
    try:
        return entry.is_file()
    except OSError:
        return True


def ignored(path: str, is_folder: bool, specs: Specs) -> bool:
    """Whether git ignores a path; the innermost `.gitignore` that says anything decides."""
    for folder, spec in reversed(specs):
        below = path[len(folder) + 1 :] if path.startswith(folder + os.sep) else os.path.relpath(path, folder)
        decided = spec.decide(below.replace(os.sep, "/") + ("/" if is_folder else ""))
        if decided is not None:
            return decided
    return False


def ignores_in(folder: str, root: str, above: Specs, problems: list[Problem], seen: Seen) -> Patterns | None:
    """The patterns of a folder's `.gitignore`, so many as there is room for besides those from the folders `above`."""
    path = os.path.join(folder, IGNORE)
    seen.note(path)
    try:
        text = system.read(path, system.IGNORES, root).decode("utf-8", "replace")
        spec = Patterns(text.splitlines(), MOST - sum(len(spec) for _, spec in above))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        problems.append(Problem(shown(path), 0, f"not used: {reason(error)}", fatal=False))
        return None
    if spec.left_out:
        problems.append(Problem(shown(path), *spec.left_out, fatal=False))
    return spec


def ignores_above(top: str, problems: list[Problem], seen: Seen) -> Specs:
    """The `.gitignore` files between a repository's root and a folder below it, outermost first."""
    folder = os.path.abspath(top)
    folders: list[str] = []
    while not is_repository(folder, seen):
        parent = os.path.dirname(folder)
        if parent == folder:
            return ()
        folder = parent
        folders.append(folder)
    root = real_path(folder)
    found: Specs = ()
    for folder in reversed(folders):
        if spec := ignores_in(folder, root, found, problems, seen):
            found = (*found, (folder, spec))
    return found


def ignoring(path: str, seen: Seen) -> str:
    """The line by which git ignores a file that is not there, in words; empty where none does."""
    folder = os.path.dirname(path)
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    specs = ignores_above(folder, [], seen)
    own = ignores_in(folder, folder, specs, [], seen)
    for above, spec in reversed((*specs, (folder, own)) if own else specs):
        if (line := spec.line(os.path.relpath(path, above).replace(os.sep, "/"))) is not None:
            return f"line {line} of `{shown(os.path.join(above, IGNORE))}`"
    return ""


def is_repository(folder: str, seen: Seen) -> bool:
    """Whether a folder is the root of a repository."""
    path = os.path.join(folder, ".git")
    seen.note(path)
    return os.path.exists(path)


def near_kustomizations(groups: Sequence[Group]) -> bool:
    """Whether there are kustomizations among files, or beside those that are named one by one, which come first."""
    folders = {os.path.dirname(path) for path in groups[0].paths.values()}
    if any(os.path.isfile(os.path.join(folder, name)) for folder in folders for name in KUSTOMIZATIONS):
        return True
    return any(os.path.basename(path) in KUSTOMIZATIONS for group in groups for path in group.paths)


def near_charts(groups: Iterable[Group]) -> bool:
    """Whether there are Helm charts among files, or what may be a part of one."""
    paths = (path for group in groups for path in group.paths)
    return any(os.path.basename(path) == CHART or "templates" in path.split("/")[:-1] for path in paths)


def may_be_in_chart(path: str) -> bool:
    """Whether a file is in a folder that is called as one in a Helm chart is."""
    return not {"templates", "charts"}.isdisjoint(path.split("/")[:-1])


def read(path: str, root: Root | None = None, limit: int = system.MANIFEST) -> str:
    """A file's text, its byte order mark kept, or that of standard input; raises OSError and UnicodeDecodeError."""
    if path == "-":
        return system.read_input(system.MANIFEST).decode("utf-8")
    return decode(read_raw(path, root, limit))


def read_again(shown: str, sources: Mapping[str, Source], problems: list[Problem]) -> str:
    """The text of a file by the path under which it is shown; empty, with a problem, where it has gone meanwhile.

    A file that is none of the `sources` is used by a kustomization or a chart.
    """
    try:
        return read(*(sources.get(shown) or Source(shown, root_of(os.path.dirname(shown) or os.curdir))))
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(shown, 0, f"changed while it was checked: {reason(error)}"))
        return ""


def read_raw(path: str, root: Root | None = None, limit: int = system.MANIFEST) -> bytes:
    """What a file holds that is in a root, or that is named on the command line; raises OSError."""
    if INSTEAD and (real := real_path(path)) in INSTEAD:
        return INSTEAD[real].encode()
    if path in PIPES:
        return PIPES[path]
    return system.read(path, limit, root)


def decode(raw: bytes) -> str:
    """The text that a file holds; raises UnicodeDecodeError."""
    if raw.startswith(UTF_16):
        return raw.decode("utf-16")
    return raw.decode("utf-8")


def reason(error: Exception) -> str:
    """Why something could not be read, in few words."""
    if isinstance(error, UnicodeDecodeError):
        return f"not valid UTF-8 at byte {error.start}"
    return system.reason(error) if isinstance(error, OSError) else str(error)
