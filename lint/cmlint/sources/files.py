"""Files and folders: each folder is one bundle, and all files that are given themselves are one bundle.

Folders are walked for `.yaml`, `.yml` and `.json`, and for other texts in which kubectl may be called; what git ignores
and what the configuration excludes is left out, a file that is named itself is always read.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from cmlint.cache.file_state import Seen
from cmlint.model.problems import Problem
from cmlint.patterns import Patterns
from cmlint.sources.git_ignores import IGNORE, GitIgnores, Specs, ignored
from cmlint.sources.paths import reason
from cmlint.system import files as system
from cmlint.system.files import Root, is_within
from cmlint.system.filesystem import Entry, FileSystem

if TYPE_CHECKING:
    from cmlint.sources.request import Request

SUFFIXES = (".yaml", ".yml", ".json")
"""The same as `kube.names.MANIFESTS`, of which a run that repeats the one before imports nothing."""

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
    *(".tf", ".tftpl", ".example", ".sample", ".dist", ".template", ".j2", ".jinja", ".jinja2"),
    *("Makefile", "makefile", "Justfile", "justfile", "Jenkinsfile", "Tiltfile", "Dockerfile", "README"),
)
"""How the names of other texts end in which commands may be; so may they in any file that begins with `#!`.

The case of letters does not matter: `README.MD`.
"""

LOWERED = tuple(map(str.lower, SCRIPTS))

NUMBERED = ("jenkinsfile", "makefile")
"""How the names of files begin of which a folder may have several: `Jenkinsfile.deploy`, `Makefile2`."""

VARIABLES = ".env"
"""The name of a file with variables, which makefiles and scripts include."""


BUILDERS = (
    "pom.xml",
    ".gradle",
    ".gradle.kts",
    "gradle.properties",
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
    b"Push",
    b"load",
    b"build",
    b"rollout",
    b"sed ",
    b"yq ",
    b"helm ",
    b"save ",
    b"perl ",
    b'target "',
    b"kaniko",
    b"crane ",
    b"skopeo ",
    b"regctl ",
    b"-replace ",
    b"IMG",
    b"TAG",
    b"REGISTRY",
    b"KO_DOCKER_REPO",
)
"""What a text holds that builds, pushes, loads or replaces images."""

FILE_WORDS = (b'_file"', b".env", b".y", b".json", b"sed ", b"kustomize")
"""What a text holds that writes files, replaces words in them, or reads what is built."""

EXPECTATION = r"(?:(?:\d+-)?(?:assert|errors?)(?:-[\w-]+)?|\d+-[\w-]+-assert)\.ya?ml"
"""Files in which tests of kuttl and Chainsaw say what the cluster should hold: parts of objects, never applied."""

ORIGIN = "config.kubernetes.io/origin"
"""The annotation by which kustomize says where an object comes from."""

SOURCE = "# Source: "
"""The comment by which helm says from which template an object comes."""

DEEPEST = 200
"""The maximum depth of a walk."""

NEVER = frozenset((".git", "node_modules", ".venv", ".tox", "__pycache__"))
TESTDATA = "testdata"
"""The folder in which tests keep what they read and expect; Go's tools leave it alone too (`go help packages`)."""

TEST_RESOURCES = ["src", "test", "resources"]
"""What tests of programs in Java read.

https://maven.apache.org/guides/introduction/introduction-to-the-standard-directory-layout.html
"""

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

NOT_REACHED = "its build uses none of the files that are named, and is left out"
"""Why a kustomization or chart in the context of named files is not built."""


class Group(msgspec.Struct):
    """The texts of one bundle: their paths as shown, and from where they are read.

    `scripts` are those that hold no manifests and, by their names, perhaps commands; `templates` are the paths among
    them all whose texts are for Helm to render, `compared` those that tests compare with. `others` are the paths of all
    other files, which are not read, `left_out` those of folders that are not: with what tests read, with copies of
    other projects, or with what is copied into new ones. Of the manifests in these folders, which are `apart`, only the
    references are counted. `inputs` are the manifests that builds have taken, of which only the commands in comments
    count here. All real paths are in `root`; files that are named on the command line have none.

    Where the other files are only the context of some, `named` are these. A group is `unbuilt` that only builds use
    which are not made, because they do not reach any of these.
    """

    paths: dict[str, str] = msgspec.field(default_factory=dict)
    scripts: dict[str, str] = msgspec.field(default_factory=dict)
    templates: set[str] = msgspec.field(default_factory=set)
    compared: set[str] = msgspec.field(default_factory=set)
    others: list[str] = msgspec.field(default_factory=list)
    left_out: list[str] = msgspec.field(default_factory=list)
    apart: dict[str, str] = msgspec.field(default_factory=dict)
    inputs: dict[str, str] = msgspec.field(default_factory=dict)
    root: str | None = None
    named: set[str] = msgspec.field(default_factory=set)
    unbuilt: bool = False

    def take(self, shown: str) -> None:
        """Takes a manifest out for a build."""
        self.inputs[shown] = self.paths.pop(shown)

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


def find(request: Request, problems: list[Problem]) -> list[Group]:
    """The files below each path of a request, each file once; what is not there is noted in `problems`."""
    named = Group()
    groups = [named]
    known: set[str] = set()
    for path in request.paths:
        request.seen.note(path)
        if path == "-":
            groups.append(Group({STDIN: "-"}))
            continue
        try:
            mode = request.disk.hold(path)
            request.seen.complete = request.seen.complete and path not in request.disk.pipes
        except (FileNotFoundError, NotADirectoryError):
            problems.append(Problem(request.disk.shown(path), 0, "no such file or folder"))
        except OSError as error:
            problems.append(Problem(request.disk.shown(path), 0, reason(error)))
        else:
            if stat.S_ISDIR(mode):
                groups.append(group := Group(root=request.disk.root_of(path)))
                fill(group, path, names_below(request.disk, path), Walk(request, path, group, problems).files(), known)
                set_apart(group, names_below(request.disk, path), request, known)
            else:
                add(named.paths, request.disk.shown(path), path, known)
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


def set_apart(group: Group, name_of: Callable[[str], str], request: Request, known: set[str]) -> None:
    """Adds the manifests in the folders that a walk has left out."""
    folders = list(group.left_out)
    for folder in folders:
        inner = Group(root=group.root)
        for file in Walk(request, folder, inner, []).files():
            name = os.path.basename(file)
            if is_manifest(name) and name not in KUSTOMIZATIONS:
                add(group.apart, name_of(file), file, known)
        folders += inner.left_out


def roots_of(disk: FileSystem, groups: Sequence[Group]) -> tuple[str, ...]:
    """The folders that may be read for groups of files: around each folder, and around each file that is named."""
    around = {os.path.dirname(disk.real_path(path)) for path in groups[0].paths.values()}
    roots = (*(group.root for group in groups if group.root), *map(disk.root_of, sorted(around)))
    return tuple(dict.fromkeys(roots))


def add(paths: dict[str, str], name: str, file: str, known: set[str]) -> None:
    """Adds a file that is shown under a name to a group, unless another group has it."""
    if name not in known:
        known.add(name)
        paths[name] = file


def names_below(disk: FileSystem, top: str) -> Callable[[str], str]:
    """How files below a folder are shown: as the folder is, unless the working directory is between."""
    if os.path.isabs(top) and is_within(disk.absolute(os.curdir), os.path.normpath(top)):
        return disk.shown
    prefix = disk.shown(top)
    start = "" if prefix == "." else f"{prefix.rstrip('/')}/"
    length = len(os.path.join(top, ""))
    return lambda file: start + file[length:].replace(os.sep, "/")


class Walk:
    """The manifests and possible scripts below a folder, in order, without what git ignores and what is excluded.

    Other files, and folders that are never read, are noted in the group.
    """

    def __init__(self, request: Request, top: str, group: Group, problems: list[Problem]) -> None:
        self.disk, self.seen, self.top, self.group, self.problems = request.disk, request.seen, top, group, problems
        self.excluded, self.root = Patterns(request.config.exclude), self.disk.root_of(top)

    def files(self) -> Iterator[str]:
        """The paths of these files."""
        ignores = GitIgnores(self.disk, self.seen, self.problems)
        stack = [(self.top, ignores.above(self.top), 0)]
        while stack:
            folder, specs, depth = stack.pop()
            try:
                entries = entries_in(self.disk, folder)
            except OSError as error:
                self.problems.append(Problem(self.disk.shown(folder), 0, reason(error)))
                continue
            self.seen.walked[folder] = listing_of(entries)
            if any(entry.name == IGNORE for entry in entries):
                spec = ignores.inside(folder, self.root, specs)
                specs = (*specs, (folder, spec)) if spec else specs
            folders: list[str] = []
            copied = self.copied_from(entries)
            for entry in filter(self.may_hold_texts, entries):
                if not self.is_left_out(entry, specs):
                    if entry.is_dir(follow_symlinks=False):
                        foreign = entry.name in copied or is_foreign(self.disk, entry, self.top, self.seen)
                        (self.group.left_out if foreign else folders).append(entry.path)
                    else:
                        yield entry.path
            if depth == DEEPEST and folders:
                message = f"more than {DEEPEST} folders deep; what is below is not read"
                self.problems.append(Problem(self.disk.shown(folder), 0, message))
            else:
                stack.extend((path, specs, depth + 1) for path in reversed(folders))

    def may_hold_texts(self, entry: Entry) -> bool:
        """Whether an entry is a folder, or by its name a text that is read; a file that is not is noted."""
        if entry.is_dir(follow_symlinks=False) or is_manifest(entry.name) or may_be_script(entry):
            return True
        self.group.others.append(entry.path)
        return False

    def copied_from(self, entries: Sequence[Entry]) -> set[str]:
        """The names of the folders beside files that say what is copied from there into new projects."""
        found: set[str] = set()
        for entry in entries:
            if lead := COPYING.get(entry.name):
                self.seen.note(entry.path)
                try:
                    text = read(self.disk, entry.path, self.root)
                except (OSError, UnicodeDecodeError):
                    continue
                if "scaffolder.backstage.io" in text or entry.name.startswith("copier"):
                    found.update(re.findall(rf"{lead}([\w.-]+)/?[\"']?[ \t]*(?:#.*)?$", text, re.MULTILINE))
        return found

    def is_left_out(self, entry: Entry, specs: Specs) -> bool:
        """Whether an entry is not read: git ignores it, it is excluded, or it is not a file of the folder."""
        is_folder = entry.is_dir(follow_symlinks=False)
        if entry.is_symlink():
            self.seen.note(entry.path)
        if not is_folder and not is_regular(entry):
            return True
        if specs and ignored(self.disk, entry.path, is_folder, specs):
            return True
        if self.excluded and self.excluded.match(self.disk.absolute(entry.path) + ("/" if is_folder else "")):
            return True
        if is_folder or not entry.is_symlink() or is_within(self.disk.real_path(entry.path), self.root):
            return False
        message = "a link that leads out of the folder is not followed; name it to check what it leads to"
        self.problems.append(Problem(self.disk.shown(entry.path), 0, message, fatal=False))
        return True


def entries_in(disk: FileSystem, folder: str) -> list[Entry]:
    """What a walk sees in a folder, by name; raises OSError."""
    return [entry for entry in disk.entries(folder) if entry.name not in NEVER]


def listing_of(entries: Iterable[Entry]) -> str:
    """What a walk sees in a folder, as one text: names, and which of them are folders or links."""
    return "\0".join(
        entry.name + ("/" if entry.is_dir(follow_symlinks=False) else "@" if entry.is_symlink() else "")
        for entry in entries
    )


def listing(folder: str) -> str | None:
    """The same of a folder on the disk; None for one that cannot be read."""
    try:
        return listing_of(entries_in(FileSystem(), folder))
    except OSError:
        return None


def is_foreign(disk: FileSystem, folder: Entry, top: str, seen: Seen) -> bool:
    """Whether a folder below the top holds what tests read, copies of other projects, or what is copied into new ones.

    Nobody applies any of these as they are.
    """
    if folder.name == ARCHETYPE or any(mark in folder.name for mark in DIRECTIVES):
        return True
    if folder.name in FIXTURES:
        return any(map(names_tests, parts_below(top, folder.path)))
    if folder.name == TEST_RESOURCES[-1]:
        return parts_below(top, folder.path)[-len(TEST_RESOURCES) :] == TEST_RESOURCES
    if folder.name != "vendor":
        return folder.name == GODEPS or folder.name.rstrip("0123456789") == TESTDATA
    signs = [os.path.join(folder.path, name) for name in VENDORED]
    for sign in signs:
        seen.note(sign)
    return any(map(disk.exists, signs))


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


def may_be_script(entry: Entry) -> bool:
    """Whether a file may be a text that creates ConfigMaps or Secrets, or builds and pushes images, by its name."""
    named = has_commands(entry.name) or "." not in entry.name or entry.name.endswith(BUILDERS)
    return named and entry.is_file(follow_symlinks=False)


def has_commands(name: str) -> bool:
    """Whether a file of this name may have commands in it, or variables of commands."""
    lowered = name.lower()
    return lowered.endswith(LOWERED) or name == VARIABLES or lowered.startswith(NUMBERED)


SHOWING = (b"kind: ConfigMap", b"kind: Secret", b"configMapGenerator:", b"secretGenerator:", b'resource "kubernetes_')
"""Words with which a text shows a ConfigMap or Secret."""


def is_script(raw: bytes, name: str) -> bool:
    """Whether a file of this name is a text that may create or show ConfigMaps or Secrets, by a few words."""
    if not (has_commands(name) or raw.startswith(b"#!")):
        return False
    called = b"create" in raw and (b"configmap" in raw or b"secret" in raw or b"cm" in raw)
    return called or any(word in raw for word in SHOWING) or (b"<<" in raw and b"kind:" in raw)


def handles_images(raw: bytes, name: str) -> bool:
    """Whether a file of this name is a text that may build, push, load or replace images, by a few words."""
    if not (has_commands(name) or name.endswith(BUILDERS) or raw.startswith(b"#!")):
        return False
    return any(word in raw for word in IMAGE_WORDS)


def handles_files(raw: bytes, name: str) -> bool:
    """Whether a file of this name is a text that may write files or replace words in them, by a few words."""
    return (name.endswith(SCRIPTS) or raw.startswith(b"#!")) and any(word in raw for word in FILE_WORDS)


def is_dockerfile(path: str) -> bool:
    """Whether a file says how an image is built, by its name."""
    name = os.path.basename(path)
    return name.startswith(("Dockerfile", "Containerfile")) or name.endswith((".Dockerfile", ".dockerfile"))


def is_object(raw: bytes) -> bool:
    """Whether a file that is not a valid text may be meant for Kubernetes all the same."""
    return b"apiVersion" in raw or b"kind:" in raw or b"\0" in raw or raw.startswith(UTF_16)


def is_regular(entry: Entry) -> bool:
    """Whether an entry is a file, or a link to one; what cannot be known is left to the reader.

    A pipe would never end, and a folder that a link leads to is walked where it is.
    """
    try:
        return entry.is_file()
    except OSError:
        return True


def near_kustomizations(disk: FileSystem, groups: Sequence[Group]) -> bool:
    """Whether there are kustomizations among files, or beside those that are named one by one, which come first."""
    folders = {os.path.dirname(path) for path in groups[0].paths.values()}
    if any(disk.is_file(os.path.join(folder, name)) for folder in folders for name in KUSTOMIZATIONS):
        return True
    return any(os.path.basename(path) in KUSTOMIZATIONS for group in groups for path in group.paths)


def near_charts(groups: Iterable[Group]) -> bool:
    """Whether there are Helm charts among files, or what may be a part of one."""
    paths = (path for group in groups for path in group.paths)
    return any(os.path.basename(path) == CHART or "templates" in path.split("/")[:-1] for path in paths)


def may_be_in_chart(path: str) -> bool:
    """Whether a file is in a folder that is called as one in a Helm chart is."""
    return not {"templates", "charts"}.isdisjoint(path.split("/")[:-1])


def read(disk: FileSystem, path: str, root: Root | None = None, limit: int = system.MANIFEST) -> str:
    """A file's text, its byte order mark kept, or that of standard input; raises OSError and UnicodeDecodeError."""
    return decode(system.read_input(system.MANIFEST) if path == "-" else disk.read(path, root, limit))


def read_again(disk: FileSystem, shown: str, sources: Mapping[str, Source], problems: list[Problem]) -> str:
    """The text of a file by the path under which it is shown; empty, with a problem, where it has gone meanwhile.

    A file that is none of the `sources` is used by a kustomization or a chart.
    """
    try:
        return read(disk, *(sources.get(shown) or Source(shown, disk.root_of(os.path.dirname(shown) or os.curdir))))
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(shown, 0, f"changed while it was checked: {reason(error)}"))
        return ""


def decode(raw: bytes) -> str:
    """The text that a file holds; raises UnicodeDecodeError."""
    if raw.startswith(UTF_16):
        return raw.decode("utf-16")
    return raw.decode("utf-8")
