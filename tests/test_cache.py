"""What is kept between runs changes nothing but the time: every answer is the one that is found without it."""

from __future__ import annotations

import os
import random
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cmlint.cache import folder as cache_folder
from cmlint.cache.file_state import COARSE_TICK, SECOND, TICK, shows_changes
from cmlint.cache.folder import Folder, default_path
from cmlint.sources.kustomize.program import find_program
from cmlint.system.filesystem import state_of
from tests.support.command import COMMAND, cmlint, needed
from tests.support.run import FIXTURES, write

SETTLED = 2 * TICK / SECOND
"""So long after a change, seconds, another one surely shows."""

SECRET = "open-sesame-4711"
"""A value that must never be written down."""

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: NAME}
spec:
  containers:
    - name: web
      image: shop/web:TAG
      env:
        - {name: PORT, value: 8080}
        - name: HOST
          valueFrom: {configMapKeyRef: {name: settings, key: host}}
"""
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME}\ndata: {host: a, prot: b}\n"
TEXTS = (
    POD.replace("NAME", "one").replace("TAG", "1.0.0"),
    POD.replace("NAME", "two").replace("TAG", "latest"),
    POD.replace("NAME", "two").replace("8080", "'80'"),
    CONFIG_MAP.replace("NAME", "settings"),
    CONFIG_MAP.replace("NAME", "setings"),
    CONFIG_MAP.replace("NAME", "settings").replace("host", "hots"),
    f"apiVersion: v1\nkind: Secret\nmetadata: {{name: settings}}\nstringData: {{host: {SECRET}}}\n",
    "apiVersion: v1\nkind: ConfigMap\n  metadata: [\n",
    "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: settings}\n",
    "a: b\n",
    "",
)
SCRIPTS = ("#!/bin/sh\nkubectl create configmap settings --from-literal=host=a\n", "#!/bin/sh\ntrue\n", "nothing\n")
NAMES = ("a.yaml", "b.yml", "sub/a.yaml", "sub/deep/c.yaml", "kustomization.yaml", "sub/00-assert.yaml", "c.json")
SCRIPT_NAMES = ("create.sh", "sub/README.md", "sub/run")
IGNORES = ("sub/\n", "*.yml\n", "!b.yml\n", "\n")
CONFIGS = ("ignore: [images]\n", "exclude: [sub/]\n", "pedantic: true\n", "external: [settings]\n", "{}\n")
LINES = ((), ("--pedantic",), ("--select", "missing-key,non-string-env"), ("--no-ignores",))


def answer(folder: Path, cache: Path | None, *words: str) -> tuple[int, str, str]:
    """What the command says of a folder: its exit status, its report, and what it tells besides."""
    kept = ("--no-cache",) if cache is None else ("--cache-dir", str(cache))
    done = cmlint(folder, "check", ".", "--format", "json", *kept, *words)
    return done.returncode, done.stdout, done.stderr


def settle() -> None:
    """Waits until another change would show."""
    time.sleep(SETTLED)


class Player:
    """Changes a folder at random."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.random = folder, random.Random(seed)

    def play(self) -> str:
        """Makes one change, and says what it was."""
        moves: list[Callable[[], object]] = [
            self.write_manifest,
            self.write_manifest,
            self.write_script,
            self.write_ignore,
            self.write_config,
            self.rename,
            self.remove,
            self.swap,
            self.change_and_hide,
            self.touch,
            self.link,
            self.vendor,
        ]
        move = self.random.choice(moves)
        move()
        return move.__name__

    def files(self) -> list[Path]:
        """All manifests and scripts that are there."""
        found = sorted(path for path in self.folder.rglob("*") if path.is_file() and not path.name.startswith("."))
        return found or [self.put("a.yaml", TEXTS[0])]

    def put(self, name: str, text: str) -> Path:
        """Writes a file, which may have been a link."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink():
            path.unlink()
        path.write_text(text, encoding="utf-8")
        return path

    def write_manifest(self) -> None:
        self.put(self.random.choice(NAMES), self.random.choice(TEXTS))

    def write_script(self) -> None:
        self.put(self.random.choice(SCRIPT_NAMES), self.random.choice(SCRIPTS))

    def write_ignore(self) -> None:
        self.put(self.random.choice((".gitignore", "sub/.gitignore")), self.random.choice(IGNORES))

    def write_config(self) -> None:
        self.put(".cmlint.yaml", self.random.choice(CONFIGS))

    def rename(self) -> None:
        path = self.random.choice(self.files())
        path.rename(path.with_name(f"{self.random.randrange(9)}{path.name[-12:]}"))

    def remove(self) -> None:
        self.random.choice(self.files()).unlink()

    def swap(self) -> None:
        one, other = self.random.choice(self.files()), self.random.choice(self.files())
        if one != other:
            aside = one.with_suffix(".aside")
            one.rename(aside)
            other.rename(one)
            aside.rename(other)

    def change_and_hide(self) -> None:
        """Another text of the same length, with the times of the one before."""
        path = self.random.choice(self.files())
        before, text = path.stat(), path.read_text(encoding="utf-8")
        path.write_text(text.replace("host", "hOst").replace("settings", "sEttings"), encoding="utf-8")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    def touch(self) -> None:
        times = (1_000_000_000, time.time() + 1_000_000)
        os.utime(self.random.choice(self.files()), (0, self.random.choice(times)))

    def vendor(self) -> None:
        """A folder that is read only while it does not say that it is a copy."""
        self.put("vendor/a.yaml", self.random.choice(TEXTS))
        if self.random.random() < 0.5:
            modules = self.folder / "vendor" / "modules.txt"
            modules.unlink() if modules.exists() else modules.write_text("")
        else:
            project = self.folder / "vendor" / "github.com"
            project.rmdir() if project.exists() else project.mkdir()

    def link(self) -> None:
        path = self.folder / "link.yaml"
        path.unlink(missing_ok=True)
        path.symlink_to(self.random.choice(("a.yaml", "sub/a.yaml", "nowhere.yaml", "sub")))


@pytest.mark.parametrize("seed", range(4))
def test_every_answer_is_the_one_without_a_cache(tmp_path: Path, seed: int) -> None:
    folder, cache = tmp_path / "project", tmp_path / "cache"
    folder.mkdir()
    player = Player(folder, seed)
    played: list[str] = []
    for _ in range(10):
        played += [player.play() for _ in range(player.random.randint(1, 3))]
        line = player.random.choice(LINES)
        if player.random.random() < 0.7:
            settle()
        wanted = answer(folder, None, *line)
        for _ in range(2):
            assert answer(folder, cache, *line) == wanted, played


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with findings and a Secret, not changed lately."""
    folder = tmp_path / "project"
    write(folder, {f"{number}.yaml": text for number, text in enumerate(TEXTS)} | {"create.sh": SCRIPTS[0]})
    settle()
    return folder


def kept_in(cache: Path) -> list[Path]:
    """What is kept in a folder."""
    return sorted(path for path in cache.iterdir() if path.suffix in (".facts", ".builds", ".run"))


def test_what_has_not_changed_is_not_even_read(project: Path, tmp_path: Path) -> None:
    """What is read would be found to be damaged; a run that has all its inputs before it says what it said."""
    cache = tmp_path / "cache"
    first = answer(project, cache)
    for path in kept_in(cache):
        if path.suffix == ".facts":
            path.write_bytes(b"never read again")
    assert opened(project, cache) == set()
    assert answer(project, cache) == first


def opened(project: Path, cache: Path) -> set[str]:
    """The manifests that a run opens, as Python's own audit tells."""
    code = (
        "import sys, os\n"
        "def note(event, args):\n"
        "    if event == 'open' and str(args[0]).endswith(('.yaml', '.sh')): os.write(2, f'{args[0]}\\n'.encode())\n"
        "sys.addaudithook(note)\n"
        "from cmlint.__main__ import main\n"
        "main(sys.argv[1:])\n"
    )
    words = ["check", ".", "--format", "json", "--cache-dir", str(cache)]
    line = [sys.executable, "-c", code, *words]
    done = subprocess.run(line, cwd=project, env=needed(), capture_output=True, text=True, check=True)
    return {os.path.basename(line) for line in done.stderr.splitlines()}


def test_only_what_has_changed_is_read(project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    answer(project, cache, "--pedantic")
    facts = answer(project, cache, "--no-ignores", "--quiet")
    assert facts[0] == 1
    with_findings = opened(project, cache) - {"9.yaml"}
    (project / "9.yaml").write_text(TEXTS[3], encoding="utf-8")
    settle()
    assert opened(project, cache) == {*with_findings, "9.yaml"}


def test_a_text_is_known_by_what_it_holds(project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    answer(project, cache)
    size = sum(path.stat().st_size for path in kept_in(cache) if path.suffix == ".facts")
    shutil.copytree(project, project / "copy")
    settle()
    assert answer(project, cache) == answer(project, None)
    grown = sum(path.stat().st_size for path in kept_in(cache) if path.suffix == ".facts")
    assert size < grown < 1.5 * size


def test_a_file_that_may_change_unseen_is_not_trusted(project: Path, tmp_path: Path) -> None:
    """Whatever is written within one tick of a clock can have the times, the size and the inode of what was read."""
    path = project / "0.yaml"
    state = state_of(str(path))
    assert state is not None
    last = state[3]
    tick = TICK if last % SECOND else COARSE_TICK
    assert not shows_changes(state, last)
    assert not shows_changes(state, last + tick)
    assert shows_changes(state, last + tick + 1)
    whole = (state[0], state[1], 7 * SECOND, 7 * SECOND, state[4])
    assert not shows_changes(whole, 8 * SECOND)
    assert shows_changes(whole, 10 * SECOND)
    cache = tmp_path / "cache"
    path.write_text(TEXTS[1], encoding="utf-8")
    before = answer(project, cache)
    path.write_text(TEXTS[1].replace("8080", "'80'"), encoding="utf-8")
    assert answer(project, cache) == answer(project, None) != before


def test_a_run_that_went_wrong_is_not_repeated(project: Path, tmp_path: Path) -> None:
    (project / "bad.yaml").write_bytes(b"\xff\xfe\xfd")
    settle()
    cache = tmp_path / "cache"
    code, _, errors = answer(project, cache)
    assert (code, errors.startswith("cmlint: error: bad.yaml: ")) == (2, True)
    assert [path.suffix for path in kept_in(cache)] == [".facts"]


# what is kept, and where


def test_no_value_of_a_secret_is_kept(tmp_path: Path) -> None:
    folder, cache = tmp_path / "project", tmp_path / "cache"
    shutil.copytree(FIXTURES / "projects", folder)
    write(
        folder,
        {
            "plain/secret.yaml": TEXTS[6],
            "plain/broken.yaml": f"kind: Secret\napiVersion: v1\nstringData: {{host: {SECRET}\n",
            "built/kustomization.yaml": f"secretGenerator: [{{name: app, literals: [host={SECRET}]}}]\n",
            "chart/Chart.yaml": "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
            "chart/values.yaml": f"host: {SECRET}\n",
            "chart/templates/secret.yaml": TEXTS[6].replace(SECRET, "{{ .Values.host }}"),
            "create.sh": f"#!/bin/sh\nkubectl create secret generic made --from-literal=host={SECRET}\n",
        },
    )
    settle()
    wanted = answer(folder, None)
    assert answer(folder, cache) == answer(folder, cache) == wanted
    raw = b"".join(path.read_bytes() for path in kept_in(cache))
    assert {path.suffix for path in kept_in(cache)} == {".facts", ".builds", ".run"}
    assert b"shop" in raw
    assert SECRET.encode() not in raw
    assert b"b3Blbi1zZXNhbWUtNDcxMQ" not in raw


def test_nobody_else_can_read_it(project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    answer(project, cache)
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept_in(cache)} == {0o600}
    assert len(kept_in(cache)) == 2
    assert (cache / ".gitignore").read_text() == "*\n"
    assert (cache / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55\n")


def cut_short(cache: Path) -> None:
    for path in kept_in(cache):
        path.write_bytes(path.read_bytes()[:-100])


def write_nonsense(cache: Path) -> None:
    for path in kept_in(cache):
        path.write_bytes(b"\x93\xc0\xc0\xc0")


def empty(cache: Path) -> None:
    for path in kept_in(cache):
        path.write_bytes(b"")


def open_to_others(cache: Path) -> None:
    for path in kept_in(cache):
        path.chmod(0o666)


def open_folder_to_others(cache: Path) -> None:
    cache.chmod(0o777)


def link_files(cache: Path) -> None:
    for path in kept_in(cache):
        path.rename(path.with_suffix(".aside"))
        path.symlink_to(path.with_suffix(".aside"))


def link_folder(cache: Path) -> None:
    cache.rename(cache.with_name("elsewhere"))
    cache.symlink_to(cache.with_name("elsewhere"))


def put_a_file_there(cache: Path) -> None:
    shutil.rmtree(cache)
    cache.write_text("not a folder")


def mix_up(cache: Path) -> None:
    """Each file in the place of another."""
    kept = kept_in(cache)
    contents = [path.read_bytes() for path in kept]
    for path, content in zip(kept, [*contents[1:], contents[0]], strict=True):
        path.write_bytes(content)


DAMAGES = (
    (cut_short, "damaged"),
    (write_nonsense, "damaged"),
    (empty, "damaged"),
    (mix_up, "damaged"),
    (open_to_others, "others may have written it"),
    (open_folder_to_others, "not a folder into which nobody else can write"),
    (link_folder, "not a folder into which nobody else can write"),
    (put_a_file_there, "not a folder into which nobody else can write"),
    (link_files, "too many levels of symbolic links"),
)


@pytest.mark.parametrize(("damage", "why"), DAMAGES, ids=[damage.__name__ for damage, _ in DAMAGES])
def test_what_is_not_as_it_was_written_is_not_believed(
    damage: Callable[[Path], None], why: str, project: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    wanted = answer(project, None)
    answer(project, cache)
    damage(cache)
    code, report, errors = answer(project, cache)
    assert (code, report, errors) == wanted
    damage_again(damage, cache)
    told = answer(project, cache, "--verbose")
    assert told[:2] == wanted[:2]
    notes = [line for line in told[2].splitlines() if line.startswith("cmlint: note: ignored in the cache: ")]
    assert notes
    assert all(note.endswith(f": {why}") for note in notes)


def damage_again(damage: Callable[[Path], None], cache: Path) -> None:
    """Damages what has been made anew; a folder that is not ours is left as it is."""
    if damage not in (open_folder_to_others, link_folder, put_a_file_there):
        damage(cache)


def test_a_folder_of_somebody_else_is_left_alone(project: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    if os.getuid() == 0:
        theirs.mkdir()
        os.chown(theirs, 4711, 4711)
    else:
        theirs = Path("/")
    before = sorted(os.listdir(theirs))
    assert answer(project, theirs) == answer(project, None)
    assert sorted(os.listdir(theirs)) == before


def test_several_runs_at_once_do_each_other_no_harm(project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    wanted = answer(project, None)
    words = [str(COMMAND), "check", ".", "--format", "json", "--cache-dir", str(cache)]
    runs = [subprocess.Popen(words, cwd=project, stdout=subprocess.PIPE, encoding="utf-8") for _ in range(6)]
    assert [run.communicate()[0] for run in runs] == [wanted[1]] * 6
    assert answer(project, cache) == wanted
    assert not [path for path in cache.iterdir() if path.name.endswith(".tmp")]


def test_it_does_not_grow_for_ever(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path / "cache"))
    for number in range(cache_folder.FILES + 3):
        folder.write(f"{number:016x}.run", b"x")
        os.utime(tmp_path / "cache" / f"{number:016x}.run", (0, time.time() - 10_000 + number))
    long_ago = time.time() - (cache_folder.DAYS + 1) * 86_400
    os.utime(tmp_path / "cache" / f"{100:016x}.run", (0, long_ago))
    draft = f"{1:016x}.run.99.tmp"
    (tmp_path / "cache" / draft).write_bytes(cache_folder.HEADER + b"of a run that was ended")
    os.utime(tmp_path / "cache" / draft, (0, long_ago))
    (tmp_path / "cache" / "mine.txt").write_bytes(b"not ours")
    last = f"{2**63:016x}.run"
    folder.write(last, b"y")
    left = {path.name for path in (tmp_path / "cache").iterdir()}
    assert len([name for name in left if name.endswith(".run")]) == cache_folder.FILES
    assert {last, "mine.txt", f"{cache_folder.FILES + 2:016x}.run"} <= left
    assert left.isdisjoint({f"{0:016x}.run", f"{100:016x}.run", draft})
    assert not folder.complaints


def test_where_it_is_and_that_it_can_be_emptied(project: Path, tmp_path: Path) -> None:
    home = str(tmp_path / "home")
    folder = tmp_path / "home" / "cmlint"
    assert cmlint(project, "cache", XDG_CACHE_HOME=home).stdout == f"{folder}\n"
    assert cmlint(project, "cache", "clear", XDG_CACHE_HOME=home).stdout == f"0 files removed from {folder}\n"
    assert cmlint(project, "check", ".", XDG_CACHE_HOME=home).returncode == 1
    (folder / "mine.txt").write_text("not ours")
    assert cmlint(project, "cache", "clear", XDG_CACHE_HOME=home).stdout == f"2 files removed from {folder}\n"
    assert sorted(path.name for path in folder.iterdir()) == [".gitignore", "CACHEDIR.TAG", "cmlint-cache", "mine.txt"]
    folder.chmod(0o777)
    refused = cmlint(project, "cache", "clear", XDG_CACHE_HOME=home)
    assert refused.returncode == 2
    assert refused.stderr == f"cmlint: error: {folder}: not a folder into which nobody else can write\n"


def test_no_cache_keeps_nothing(project: Path, tmp_path: Path) -> None:
    home = str(tmp_path / "home")
    cmlint(project, "check", ".", "--no-cache", XDG_CACHE_HOME=home)
    cmlint(project, "check", "0.yaml", "--no-context", XDG_CACHE_HOME=home)
    cmlint(project, "check", "-", stdin=TEXTS[0], XDG_CACHE_HOME=home)
    assert not (tmp_path / "home").exists()


def test_the_place_is_the_platforms(monkeypatch: pytest.MonkeyPatch) -> None:
    import platformdirs

    for base in ("", " ", "/somewhere", None):
        if base is None:
            monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        else:
            monkeypatch.setenv("XDG_CACHE_HOME", base)
        assert default_path() == platformdirs.user_cache_dir("cmlint", appauthor=False)


# builds


@pytest.fixture
def counting(tmp_path: Path) -> Iterator[tuple[Path, Callable[[], int]]]:
    """The real program behind one that counts how often it is called."""
    real = find_program(None)
    assert real, "neither kustomize nor kubectl is here; run `make test`, or `pip install 'cmlint[kustomize]'`"
    program, count = tmp_path / "bin" / Path(real).name, tmp_path / "count"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho >> {count}\nexec {real} "$@"\n')
    program.chmod(0o755)
    yield program, lambda: len(count.read_text()) if count.exists() else 0


def overlays(folder: Path) -> None:
    """A base outside of what is checked, and two overlays of it."""
    overlay = "resources: [../../base]\nnamePrefix: NAME-\n"
    write(
        folder,
        {
            "base/kustomization.yaml": "resources: [pod.yaml]\n"
            "configMapGenerator: [{name: settings, files: [host], literals: [prot=x]}]\n",
            "base/pod.yaml": TEXTS[0],
            "base/host": "a",
            "overlays/one/kustomization.yaml": overlay.replace("NAME", "one"),
            "overlays/two/kustomization.yaml": overlay.replace("NAME", "two") + "patches: [{path: patch.yaml}]\n",
            "overlays/two/patch.yaml": POD.replace("NAME", "one").replace("TAG", "latest"),
        },
    )
    settle()


def test_what_was_built_is_built_again_only_where_something_has_changed(
    tmp_path: Path, counting: tuple[Path, Callable[[], int]]
) -> None:
    program, count = counting
    folder, cache = tmp_path / "project", tmp_path / "cache"
    overlays(folder)

    def builds(*words: str) -> int:
        settle()
        wanted = answer(folder, None, "--kustomize", str(program), *words)
        before = count()
        for _ in range(2):
            assert answer(folder, cache, "--kustomize", str(program), *words) == wanted
        return count() - before

    os.chdir(tmp_path)
    assert builds() == 2
    assert builds() == 0
    assert builds("--pedantic") == 0
    (folder / "overlays/two/patch.yaml").write_text(POD.replace("NAME", "one").replace("TAG", "1.2.3"))
    assert builds() == 1
    (folder / "overlays/one/kustomization.yaml").write_text("resources: [../../base]\nnamePrefix: uno-\n")
    assert builds() == 1
    (folder / "base/host").write_text("b")
    assert builds() == 2
    (folder / "base/other.yaml").write_text(TEXTS[1])
    assert builds() == 0
    (folder / "base/kustomization.yaml").write_text("resources: [pod.yaml, other.yaml]\n")
    assert builds() == 2
    program.write_text(program.read_text() + "\n")
    assert builds() == 2


def test_commands_that_read_the_same_folders_share_what_was_built(
    tmp_path: Path, counting: tuple[Path, Callable[[], int]]
) -> None:
    program, count = counting
    folder = tmp_path / "project"
    overlays(folder)

    def builds(command: str, *words: str) -> int:
        before = count()
        options = ("--kustomize", str(program))
        done = cmlint(folder, command, *words, *options, "--cache-dir", str(tmp_path / "cache"))
        made = count() - before
        fresh = cmlint(folder, command, *words, *options, "--no-cache")
        assert (done.returncode, done.stdout, done.stderr) == (fresh.returncode, fresh.stdout, fresh.stderr)
        return made

    impact = ("impact", "configmap/settings", "--format", "json")
    assert builds(*impact) == 2
    assert builds(*impact) == 0
    assert builds("env", "--format", "json") == 0
    assert builds("explain", "configmap/settings", "--format", "json") == 0
    assert builds("graph", "--format", "json") == 0
    assert builds("check", ".", "--no-build") == 0
    assert builds("check", ".") == 0
    (folder / "base/host").write_text("b")
    assert builds(*impact) == 2


def test_a_base_outside_of_what_is_checked_is_looked_at(tmp_path: Path) -> None:
    folder, cache = tmp_path / "project", tmp_path / "cache"
    overlays(folder)
    one = folder / "overlays" / "one"
    assert answer(one, cache) == answer(one, cache) == answer(one, None)
    for text in (TEXTS[1], TEXTS[2], "", None):
        path = folder / "base" / "pod.yaml"
        path.unlink() if text is None else path.write_text(text)
        settle()
        assert answer(one, cache) == answer(one, cache) == answer(one, None)
    (folder / "base/kustomization.yaml").rename(folder / "base/kustomization.yml")
    settle()
    assert answer(one, cache) == answer(one, None)


def test_a_link_that_leads_elsewhere_is_a_change(tmp_path: Path) -> None:
    folder, cache = tmp_path / "project", tmp_path / "cache"
    overlays(folder)
    (folder / ".git").mkdir()
    one = folder / "overlays" / "one"
    shutil.copytree(folder / "base", folder / "other")
    (folder / "other" / "pod.yaml").write_text(TEXTS[1])
    (folder / "base" / "second.yaml").write_text(TEXTS[2])
    (folder / "base" / "pod.yaml").rename(folder / "base" / "first.yaml")
    (folder / "base" / "pod.yaml").symlink_to("first.yaml")
    (folder / "linked").symlink_to("base")
    (one / "kustomization.yaml").write_text("resources: [../../linked]\n")
    seen = []
    for link, target in (("base/pod.yaml", "second.yaml"), ("linked", "other"), ("linked", "base")):
        settle()
        seen.append(answer(one, cache))
        assert answer(one, cache) == seen[-1] == answer(one, None)
        (folder / link).unlink()
        (folder / link).symlink_to(target)
    settle()
    assert answer(one, cache) == answer(one, None) == seen[1]
    assert len(set(seen)) == 3


def test_a_chart_is_rendered_again_when_anything_in_it_changes(tmp_path: Path) -> None:
    folder, cache = tmp_path / "project", tmp_path / "cache"
    chart = {
        "app/Chart.yaml": "apiVersion: v2\nname: app\nversion: 1.0.0\n",
        "app/values.yaml": "tag: 1.0.0\n",
        "app/ci/one-values.yaml": "tag: latest\n",
        "app/templates/pod.yaml": POD.replace("TAG", "{{ .Values.tag }}").replace("8080", '{{ .Files.Get "port" }}'),
        "app/port": "80",
        "around.yaml": TEXTS[3],
    }
    write(folder, chart)
    settle()
    seen = []
    for name, text in (("app/port", "'81'"), ("app/values.yaml", "tag: develop\n"), ("app/.helmignore", "port\n")):
        seen.append(answer(folder, cache))
        assert answer(folder, cache) == seen[-1] == answer(folder, None)
        (folder / name).write_text(text)
        settle()
    seen.append(answer(folder, cache))
    assert seen[-1] == answer(folder, None)
    assert len(set(seen)) > 2
