"""Runs git so that nothing in a repository makes it run a program, open a connection or write to the repository.

A repository's own configuration can name many programs: a file system monitor, filters, hooks, helpers of transports.
So git sees that configuration for two purposes only: to find the repository, and to look up commits. Whatever reads or
writes files runs in a `Sealed` repository: an empty one in a temporary folder, which borrows the objects of the real
one, and whose configuration holds nothing but a few settings of how files are stored.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from threading import Lock, Thread, Timer
from typing import IO, NamedTuple

from cmlint.errors import FatalError
from cmlint.system.files import is_within
from cmlint.system.folders import temporary

GIVEN = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
)
"""What git tells its hooks of the repository that they run for."""

FOLDERS = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"})
"""Those of them that are relative to the working directory."""

USERS = (
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CEILING_DIRECTORIES",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
)
"""Where the user's own configuration is, and how far git looks for a repository."""

QUIET = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_ASKPASS": "",
    "GIT_EDITOR": "false",
    "GIT_PAGER": "cat",
    "GIT_SSH_COMMAND": "false",
    "GIT_TRACE2": "0",
    "GIT_TRACE2_EVENT": "0",
    "GIT_TRACE2_PERF": "0",
    "LC_ALL": "C.UTF-8",
}

SETTINGS = (
    "safe.bareRepository=explicit",
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.pager=cat",
    "core.editor=false",
    "core.sshCommand=false",
    "core.askPass=",
    "core.gitProxy=",
    "core.alternateRefsCommand=",
    "credential.helper=",
    "diff.external=",
    "diff.ignoreSubmodules=all",
    "fetch.recurseSubmodules=false",
    "gc.auto=0",
    "log.showSignature=false",
    "maintenance.auto=false",
    "protocol.allow=never",
    "submodule.recurse=false",
)
"""Settings for every call; git prefers them to those of any file."""

STORAGE = frozenset(
    {
        "core.autocrlf",
        "core.checkstat",
        "core.eol",
        "core.filemode",
        "core.ignorecase",
        "core.precomposeunicode",
        "core.protecthfs",
        "core.protectntfs",
        "core.sparsecheckout",
        "core.sparsecheckoutcone",
        "core.symlinks",
        "core.trustctime",
    }
)
"""The settings that a sealed repository takes over: switches of how files are stored, and no path or program."""

PATTERNS = {"core.excludesfile": "ignore", "core.attributesfile": "attributes"}
"""The settings that name files of patterns, and the files of the user that git reads without them."""

INFO = ("exclude", "attributes", "sparse-checkout")

QUESTIONS = (
    "rev-parse",
    "--is-inside-work-tree",
    "--show-cdup",
    "--is-shallow-repository",
    "--show-object-format",
    "--absolute-git-dir",
    "--git-common-dir",
)

SUBMODULE, LINK = "160000", "120000"
"""The modes of entries that name a commit of another repository, and of links."""

FILES = ("100644", "100755")
"""The modes of files."""

SECONDS = 60
"""How long one call may take."""

MOST = 1000
"""The settings in the environment that are looked at."""

CHUNK = 64 * 1024
"""How much is read at once of what a process writes."""

OUTPUT = 512 * 1024**2
ERRORS = 64 * 1024
MEMORY = 2 * 1024**3
SMALL = 16 * 1024**2
"""The bytes that git may write, those that it may say of errors, its memory, and the size of a file of patterns."""

INDEX = 1024**3
"""The size of an index with all its parts: ten million files."""


TRUE = ("true", "yes", "on", "1")
"""How git's configuration says yes."""

UNSET = "unset the variable, or run cmlint where git runs its hooks"


class GitError(FatalError):
    """What git says of something that it cannot do."""


class MissingError(FatalError):
    """Objects are not in this clone, and getting them would take a connection."""


class Setting(NamedTuple):
    """One setting of git's configuration: the level that it comes from, its name as git lists it, its value."""

    scope: str
    name: str
    value: str


class GitRepository(NamedTuple):
    """A repository: where its working tree begins, its folders, its index, and how it names objects."""

    top: str
    folder: str
    common: str
    objects: str
    index_file: str
    format: str
    shallow: bool

    def ask(self, *words: str) -> str:
        """What git answers here with the repository's own configuration; only for what reads and writes no files."""
        own = {
            "GIT_DIR": self.folder,
            "GIT_COMMON_DIR": self.common,
            "GIT_WORK_TREE": self.top,
            "GIT_INDEX_FILE": self.index_file,
            "GIT_OBJECT_DIRECTORY": self.objects,
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": os.environ.get("GIT_ALTERNATE_OBJECT_DIRECTORIES", ""),
        }
        try:
            return ask(words, self.top, own)
        except GitError as error:
            if re.search(r"promisor|transport '.*' not allowed", f"{error.message} {error.help}"):
                raise self.missing() from None
            raise

    def settings(self) -> list[Setting]:
        """The settings that hold here; of several of one name the last one counts."""
        words = self.ask("config", "--list", "--show-scope", "-z").split("\0")
        entries = ((scope, *entry.partition("\n")) for scope, entry in zip(words[::2], words[1::2], strict=False))
        return [Setting(scope, name, value if equals else "true") for scope, name, equals, value in entries]

    def missing(self) -> FatalError:
        """The error for objects that are not in this clone, with the command that fetches them."""
        remotes = (re.fullmatch(r"remote\.(\w[\w.-]*)\.promisor", setting.name) for setting in self.settings())
        remote = next((found[1] for found in remotes if found), None)
        if remote is None:
            return MissingError("objects of this repository are missing", "`git fsck` tells which")
        return MissingError(
            "this partial clone lacks objects that are needed, and cmlint opens no connection",
            f"`git fetch --refetch --no-filter {remote}` fetches all objects",
        )


def find(folder: str, *, given: bool = False) -> GitRepository:
    """The repository around a folder or, where it is `given`, the one that the caller's environment names.

    Raises FatalError, also where what is given belongs to another repository.
    """
    names = {name: os.environ[name] for name in GIVEN if os.environ.get(name)} if given else {}
    for name in FOLDERS & names.keys():
        names[name] = os.path.join(folder, names[name])
    if "GIT_DIR" in names and "GIT_WORK_TREE" not in names and (around := try_to_find(folder)):
        if os.path.realpath(around.folder) != os.path.realpath(names["GIT_DIR"]):
            raise FatalError("`GIT_DIR` names another repository than that of the working directory", UNSET)
        names.pop("GIT_DIR")  # Without it, git knows where the working tree begins.
    answer = ask(QUESTIONS, folder, names).split("\n")
    if len(answer) != len(QUESTIONS):
        raise FatalError("the path of the repository contains a line break", "rename that folder")
    inside, upwards, shallow, kind, own, common, _ = answer
    top = os.path.normpath(os.path.join(folder, upwards))
    is_named = not names.keys().isdisjoint({"GIT_DIR", "GIT_WORK_TREE"})
    if inside != "true" or not (is_named or leads_to(os.path.join(top, ".git"), own)):
        raise FatalError("the working directory is in no working tree of a Git repository", "run cmlint inside of one")
    common = os.path.normpath(os.path.join(folder, common))
    objects = names.get("GIT_OBJECT_DIRECTORY", os.path.join(common, "objects"))
    index = os.path.join(top, names.get("GIT_INDEX_FILE", os.path.join(own, "index")))
    if is_foreign(index, own, common):
        raise FatalError("`GIT_INDEX_FILE` names the index of another repository", UNSET)
    return GitRepository(
        top=top, folder=own, common=common, objects=objects, index_file=index, format=kind, shallow=shallow == "true"
    )


def try_to_find(folder: str) -> GitRepository | None:
    """The repository around a folder; None where there is none that git would use."""
    try:
        return find(folder)
    except FatalError:
        return None


def leads_to(entry: str, folder: str) -> bool:
    """Whether the entry `.git` of a working tree is, or names, a folder of git.

    The setting `core.worktree` of a repository can name any other folder of the machine as its working tree.
    """
    try:
        if os.path.isfile(entry):
            with open(entry, encoding="utf-8", errors="surrogateescape") as file:
                named = file.read(SMALL).removeprefix("gitdir:").strip()
            entry = os.path.join(os.path.dirname(entry), named)
        return os.path.samefile(entry, folder)
    except (OSError, ValueError):
        return False


def is_foreign(index: str, *own: str) -> bool:
    """Whether an index is in the folder of another repository than the one with these folders."""
    folder, folders = os.path.dirname(os.path.realpath(index)), set(map(os.path.realpath, own))
    while folder not in folders:
        if os.path.isfile(os.path.join(folder, "HEAD")) and os.path.exists(os.path.join(folder, "index")):
            return True
        above = os.path.dirname(folder)
        if above == folder:
            return False
        folder = above
    return False


class Entry(NamedTuple):
    """An entry of an index: whether its file is wanted in the working tree, its mode, its object, and its path."""

    wanted: bool
    mode: str
    id: str
    path: str


class Sealed:
    """An empty repository in a folder of its own, with the objects and a copy of the index of a real one.

    Its working tree is that of the real one. Nothing that git does with it runs a program or writes to the real one.
    """

    def __init__(self, place: GitRepository, folder: str) -> None:
        self.place, self.folder = place, os.path.join(folder, "sealed")
        self.index = os.path.join(folder, "index")
        for name in ("objects/info", "refs", "info"):
            os.makedirs(os.path.join(self.folder, name))
        self.write("HEAD", "ref: refs/heads/none\n")
        self.write("objects/info/alternates", "".join(f"{path}\n" for path in self.alternates()))
        for name in INFO:
            above = place.folder if name == "sparse-checkout" else place.common
            copy_file(os.path.join(above, "info", name), self.path("info", name), SMALL)
        settings = place.settings()
        self.write("config", self.config(settings))
        self.has_links = all(each.value.lower() in TRUE for each in settings if each.name == "core.symlinks")
        # Where an index is split, its other part is beside it.
        shared = [name for name in os.listdir(place.folder) if name.startswith("sharedindex.")]
        parts = {place.index_file: self.index}
        parts |= {os.path.join(place.folder, name): self.path(name) for name in shared}
        if sum(os.path.getsize(path) for path in parts if os.path.isfile(path)) > INDEX:
            raise FatalError(
                f"the index is larger than {INDEX // 1024**3} GB", "the repository is too large for cmlint"
            )
        for source, target in parts.items():
            copy_file(source, target, INDEX)

    def path(self, *names: str) -> str:
        """A path in its folder."""
        return os.path.join(self.folder, *names)

    def write(self, name: str, text: str) -> None:
        """Writes one of its files."""
        with open(self.path(name), "w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            file.write(text)

    def alternates(self) -> list[str]:
        """The folders of objects that it borrows from."""
        given = os.environ.get("GIT_ALTERNATE_OBJECT_DIRECTORIES", "").split(os.pathsep)
        return [self.place.objects, *(os.path.join(self.place.top, path) for path in given if path)]

    def config(self, settings: list[Setting]) -> str:
        """Its configuration: what says how files are stored, from that of the real one and the user's."""
        lines = ["[core]", "bare = false", f"repositoryformatversion = {int(self.place.format != 'sha1')}"]
        patterns = {name: user_file(default) for name, default in PATTERNS.items()}
        for setting in settings:
            if setting.name in STORAGE:
                lines.append(f"{setting.name.removeprefix('core.')} = {quoted(setting.value)}")
            elif setting.name in PATTERNS and (path := self.allowed(setting)):
                patterns[setting.name] = path
        for name, path in patterns.items():
            copy_file(path, self.path(PATTERNS[name]), SMALL)
            lines.append(f"{name.removeprefix('core.')} = {quoted(self.path(PATTERNS[name]))}")
        if self.place.format != "sha1":
            lines += ["[extensions]", f"objectFormat = {quoted(self.place.format)}"]
        return "\n".join([*lines, ""])

    def allowed(self, setting: Setting) -> str | None:
        """The path that a setting names; None where a repository names one outside of itself."""
        path = os.path.realpath(os.path.join(self.place.top, os.path.expanduser(setting.value)))
        inside = any(is_within(path, os.path.realpath(above)) for above in (self.place.top, self.place.common))
        return path if inside or setting.scope not in ("local", "worktree") else None

    def ask(self, *words: str, source: str | None = None, seconds: int = SECONDS) -> str:
        """What git answers, to the content of the file `source` where one is named; raises FatalError."""
        return os.fsdecode(self.answer(words, source, seconds))

    def answer(self, words: Sequence[str], source: str | None = None, seconds: int = SECONDS) -> bytes:
        """The same as bytes."""
        return answer(words, self.place.top, self.environment(self.place.top), source, seconds)

    def environment(self, tree: str) -> dict[str, str]:
        """What tells git to use this repository with a folder as its working tree."""
        return {
            "GIT_DIR": self.folder,
            "GIT_WORK_TREE": tree,
            "GIT_INDEX_FILE": self.index,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "HOME": self.folder,
            "XDG_CONFIG_HOME": self.folder,
        }

    def read_tree(self, commit: str) -> None:
        """Puts what a commit holds into the index; raises FatalError."""
        with suppress(FileNotFoundError):
            os.unlink(self.index)
        try:
            self.ask("read-tree", commit)
        except GitError as error:
            raise self.place.missing() if " tree" in error.message else error from None

    def entries(self) -> list[Entry]:
        """The entries of the index; raises FatalError for one whose path leads out of the working tree."""
        entries: list[Entry] = []
        for line in filter(None, self.ask("ls-files", "-t", "--stage", "-z").split("\0")):
            about, _, path = line.partition("\t")
            tag, mode, name, _ = about.split()
            if any(part in ("", ".", "..") or part.lower() == ".git" for part in path.split("/")):
                raise FatalError(f"the index holds the path `{path}`, which git refuses", "`git fsck` tells more")
            entries.append(Entry(tag != "S", mode, name, path))
        return entries

    def forget(self, submodules: Iterable[str]) -> None:
        """Takes submodules out of the index: to compare one, git would run git with the settings of that."""
        self.write("paths", "".join(f"{path}\0" for path in submodules))
        self.ask("update-index", "--force-remove", "-z", "--stdin", source=self.path("paths"))

    def sizes(self, ids: Sequence[str]) -> list[int]:
        """The sizes of objects in bytes; raises FatalError where any of them are missing."""
        self.write("ids", "".join(f"{name}\n" for name in ids))
        answers = self.ask("cat-file", "--batch-check=%(objectsize)", source=self.path("ids")).splitlines()
        if any(answer.endswith(" missing") for answer in answers):
            raise self.place.missing()
        return list(map(int, answers))

    def write_attributes(self, entries: Iterable[Entry], tree: str) -> None:
        """Writes the files with attributes that an index lists to a folder, and nothing else."""
        os.makedirs(tree)
        own = (entry.path for entry in entries if entry.mode in FILES)
        paths = [path for path in own if path.rpartition("/")[2] == ".gitattributes"]
        if paths:
            self.write("paths", "".join(f"{path}\0" for path in paths))
            self.ask("checkout-index", "-z", "--stdin", f"--prefix={tree}/", source=self.path("paths"))

    def contents(self, ids: Sequence[str]) -> Iterator[bytes]:
        """What objects hold, which nothing converts; raises FatalError."""
        self.write("ids", "".join(f"{name}\n" for name in ids))
        rest = self.answer(("cat-file", "--batch"), self.path("ids"))
        while rest:
            head, _, rest = rest.partition(b"\n")
            size = int(head.split(b" ")[2])
            yield rest[:size]
            rest = rest[size + 1 :]


class Objects:
    """What reads the files of a sealed repository, each as git would write it to the working tree: one process.

    git takes attributes from the working tree, and so it is given one that has nothing but these. It tells no size
    after a conversion, so that each answer ends where git says that it does not know a `mark`.
    """

    def __init__(self, git: Sealed, entries: Iterable[Entry]) -> None:
        self.mark, self.lock = f"end-{secrets.token_hex(16)}", Lock()
        tree = git.path("attributes-alone")
        git.write_attributes(entries, tree)
        self.process = start(("cat-file", "--batch", "--filters"), tree, git.environment(tree))

    def read(self, name: str, path: str) -> bytes:
        """What git writes for an object to a path of its repository; raises OSError."""
        assert self.process.stdin and self.process.stdout
        end, content = f"\n{self.mark} missing\n".encode(), bytearray()
        with self.lock:
            self.process.stdin.write(os.fsencode(f"{name} {path}".replace("\n", " ") + f"\n{self.mark}\n"))
            self.process.stdin.flush()
            while not content.endswith(end):
                part = os.read(self.process.stdout.fileno(), CHUNK)
                if not part:
                    raise OSError(errno.EIO, "git cannot read it")
                content += part
        head, _, rest = content.partition(b"\n")
        if head.split(b" ")[1:2] != [b"blob"]:
            raise OSError(errno.EIO, "git cannot read it")
        return bytes(rest[: -len(end)])

    def close(self) -> None:
        """Ends the process."""
        stop(self.process)
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                with suppress(OSError):
                    stream.close()


@contextmanager
def sealed(place: GitRepository) -> Iterator[Sealed]:
    """A sealed repository for a real one, which is removed at the end; raises FatalError."""
    with temporary() as folder:
        yield Sealed(place, folder)


def user_file(name: str) -> str:
    """A file of patterns that git reads where the user has not set another one."""
    return os.path.join(os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config"), "git", name)


def quoted(value: str) -> str:
    """A value as a configuration of git spells it."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def copy_file(source: str, target: str, limit: int) -> None:
    """Copies a regular file with its times, if there is one that is not larger than a limit in bytes."""
    with suppress(OSError, ValueError):
        opened = os.open(source, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(opened, "rb") as file:
            status = os.fstat(opened)
            if not stat.S_ISREG(status.st_mode) or status.st_size > limit:
                return
            with open(target, "xb") as copy:
                shutil.copyfileobj(file, copy)
        # git compares the time of an index with those of files.
        os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))


def ask(words: Sequence[str], folder: str, environment: Mapping[str, str]) -> str:
    """What git answers in a folder; raises GitError where it fails, and FatalError where it cannot be run."""
    return os.fsdecode(answer(words, folder, environment))


def answer(
    words: Sequence[str],
    folder: str,
    environment: Mapping[str, str],
    source: str | None = None,
    seconds: int = SECONDS,
) -> bytes:
    """The same as bytes."""
    try:
        code, output, errors = run(command(words), folder, environment_with(environment), source, seconds)
    except OSError as error:
        raise cannot_run(error.strerror or str(error)) from None
    if code:
        said = re.findall(r"(?m)^(?:(?:fatal|error|warning): )?(.+)", errors.decode("utf-8", "replace").strip())
        message, *more = (*said, "") if said else ("it failed without a message", "")
        help_ = " ".join(filter(None, map(str.strip, more))) or "run the command in git to see more"
        raise GitError(f"git: {message}", help_)
    return output


def start(words: Sequence[str], folder: str, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """git in a folder, which answers as long as somebody asks; raises FatalError where it cannot be run."""
    try:
        process = subprocess.Popen(
            command(words),
            cwd=folder,
            env=environment_with(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise cannot_run(error.strerror or str(error)) from None
    limit(process.pid)
    return process


def command(words: Sequence[str]) -> list[str]:
    """The line that runs git with some words."""
    settings = [word for setting in (*SETTINGS, *safe_directories()) for word in ("-c", setting)]
    return [program(), "--no-pager", *settings, *words]


def environment_with(own: Mapping[str, str]) -> dict[str, str]:
    """The environment of git: the caller's without what is about other repositories, and some more."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k in USERS}
    return {**inherited, **QUIET, **own}


def safe_directories() -> list[str]:
    """The settings `safe.directory` that the caller's environment gives to git."""
    count = os.environ.get("GIT_CONFIG_COUNT", "")
    numbers = range(min(int(count), MOST)) if count.isdecimal() else ()
    pairs = ((os.environ.get(f"GIT_CONFIG_{what}_{number}", "") for what in ("KEY", "VALUE")) for number in numbers)
    return [f"safe.directory={value}" for name, value in pairs if name.lower() == "safe.directory"]


def program() -> str:
    """Where git is; raises FatalError. A relative folder of the path would lead into the repository."""
    folders = filter(os.path.isabs, os.environ.get("PATH", os.defpath).split(os.pathsep))
    found = shutil.which("git", path=os.pathsep.join(folders))
    if found is None or not os.path.isabs(found):
        raise cannot_run("no such file or directory")
    return found


def cannot_run(reason: str) -> FatalError:
    """The error where git cannot be run."""
    return FatalError(f"git cannot be run: {reason.lower()}", "install git, and put it on the path")


def run(
    command: Sequence[str], folder: str, environment: Mapping[str, str], source: str | None, seconds: int
) -> tuple[int, bytes, bytes]:
    """Runs git within limits: its exit status, what it writes, and what it says of errors. Raises FatalError."""
    with open(source or os.devnull, "rb") as stdin:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    assert process.stdout and process.stderr
    late: list[bool] = []
    errors: list[bytes] = []

    def end() -> None:
        late.append(True)
        stop(process)

    timer, reader = Timer(seconds, end), Thread(target=read_some, args=(process.stderr, errors), daemon=True)
    timer.daemon = True
    try:
        timer.start()
        reader.start()
        limit(process.pid)
        output = process.stdout.read(OUTPUT + 1)
        if len(output) > OUTPUT:
            raise FatalError(
                f"the output of git exceeds {OUTPUT // 1024**2} MB", "the repository is too large for cmlint"
            )
        code = process.wait()
        reader.join(1)
    finally:
        timer.cancel()
        if process.poll() is None:
            stop(process)
            process.wait()
        process.stdout.close()
    if late:
        raise FatalError(f"git takes longer than {seconds} seconds", "see what it waits for: `git status`")
    return code, output, b"".join(errors)


def read_some(stream: IO[bytes], chunks: list[bytes]) -> None:
    """Reads what git says of errors, and no more of it than somebody would read."""
    with stream:
        chunks.append(stream.read(ERRORS))
        while stream.read(ERRORS):
            pass


def limit(process: int) -> None:
    """Limits the memory of a process, where the system can do that."""
    if sys.platform == "linux":
        import resource

        with suppress(ProcessLookupError, PermissionError, ValueError):
            resource.prlimit(process, resource.RLIMIT_DATA, (MEMORY, MEMORY))


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends git and whatever it has started."""
    if sys.platform == "win32":
        process.kill()
    else:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
