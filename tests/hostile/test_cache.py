"""A cache folder: only files that cmlint wrote are removed, and no damaged or foreign file is believed."""

from __future__ import annotations

import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path

import msgspec
import pytest

from cmlint.__main__ import main
from cmlint.cache import folder as cache_folder
from cmlint.cache.facts import Kept, Store
from cmlint.cache.file_state import SECOND, TICK
from cmlint.cache.folder import HEADER, MARKER, SIGNATURE, Folder
from tests.support.command import cmlint
from tests.support.run import inside, write

VALUE = "correct-horse-5309"
"""The value of a Secret."""

SECRET = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: app}}\nstringData: {{password: {VALUE}}}\n"
FILES = {
    "pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: a\n"
    "      image: a/b:latest\n      env: [{name: PORT, value: 8080}]\n",
    "settings.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {host: a}\n",
    "secret.yaml": SECRET,
    "built/kustomization.yaml": "configMapGenerator: [{name: made, literals: [host=a]}]\n",
}
FOREIGN = "not empty, and not a cache folder of cmlint"
REFUSED = (
    "cmlint: error: {}: " + FOREIGN + "\n"
    "help: name a folder that is empty or does not exist yet, or leave `--cache-dir` out\n"
)
USERS = ("notes.run", "x.facts", "a.tmp", "b.builds", "0123456789abcdef.run", "0123456789abcdef.run.1.tmp", "c")
"""Names of files of the user; some have the form of cmlint's own."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with findings, a Secret and a kustomization, not changed lately."""
    folder = tmp_path / "project"
    write(folder, FILES)
    time.sleep(2 * TICK / SECOND)
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache folder that does not exist yet."""
    return tmp_path / "cache"


def entries(cache: Path) -> dict[str, Path]:
    """The files of a cache, by what they hold; the marker and the tag included."""
    found = {path.suffix[1:]: path for path in cache.iterdir() if path.suffix in (".facts", ".builds", ".run")}
    return found | {"marker": cache / MARKER, "tag": cache / "CACHEDIR.TAG"}


def contents(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def check(project: Path, *words: str, **environment: str) -> tuple[int, str, str]:
    """What `cmlint check` says of a folder."""
    done = cmlint(project, "check", ".", *words, **environment)
    return done.returncode, done.stdout, done.stderr


# whose files are removed


def put_users_files(folder: Path) -> dict[str, bytes]:
    """Files of the user, and a folder; gives what is there."""
    write(folder, dict.fromkeys(USERS, "mine") | {"sub/0123456789abcdef.run": "mine", "empty.tmp": ""})
    return contents(folder)


@pytest.mark.parametrize("named", [".", "", "./", "sub/.."])
def test_a_folder_with_other_files_is_refused(project: Path, named: str) -> None:
    (project / "sub").mkdir()
    before = put_users_files(project)
    where = named or str(project)
    wanted = (2, "", REFUSED.format(where))
    assert check(project, "--cache-dir", where) == wanted
    cleared = cmlint(project, "cache", "clear", "--cache-dir", where)
    assert (cleared.returncode, cleared.stdout, cleared.stderr) == wanted
    assert contents(project) == before


def test_one_hidden_file_is_enough_to_refuse_a_folder(project: Path, cache: Path) -> None:
    for name in (".env", "sub/.keep", "notes.run"):
        write(cache, {name: "mine"})
        assert check(project, "--cache-dir", str(cache)) == (2, "", REFUSED.format(cache))
        assert contents(cache) == {name: b"mine"}
        shutil.rmtree(cache)


def test_a_tag_of_another_program_marks_no_cache_of_ours(project: Path, cache: Path) -> None:
    write(cache, {"CACHEDIR.TAG": "Signature: 8a477f597d28d172789f06886806bc55\n", f"{1:016x}.run": "theirs"})
    before = contents(cache)
    assert check(project, "--cache-dir", str(cache))[0] == 2
    assert contents(cache) == before


def test_an_empty_folder_is_taken(project: Path, cache: Path) -> None:
    cache.mkdir(0o755)
    assert check(project, "--cache-dir", str(cache)) == check(project, "--no-cache")
    assert entries(cache).keys() == {"facts", "builds", "run", "marker", "tag"}


@pytest.mark.parametrize("clear", [True, False], ids=["clear", "sweep"])
def test_files_of_the_user_in_a_cache_are_left(project: Path, cache: Path, clear: bool) -> None:
    wanted = check(project, "--no-cache")
    assert check(project, "--cache-dir", str(cache)) == wanted
    before = put_users_files(cache)
    users = {name: raw for name, raw in before.items() if raw in (b"mine", b"")}
    for path in cache.rglob("*"):
        os.utime(path, (0, 0))
    if clear:
        cleared = cmlint(project, "cache", "clear", "--cache-dir", str(cache))
        assert (cleared.returncode, cleared.stdout) == (0, f"3 files removed from {cache}\n")
    else:
        (project / "new.yaml").write_text(FILES["settings.yaml"])
        assert check(project, "--cache-dir", str(cache)) == check(project, "--no-cache")
    assert users.items() <= contents(cache).items()
    assert clear == (len(contents(cache)) == len(users) + 3)


@pytest.mark.parametrize("name", [MARKER, "CACHEDIR.TAG", f"{1:016x}.run", f"{1:016x}.run.1.tmp"])
def test_links_are_not_followed(project: Path, cache: Path, tmp_path: Path, name: str) -> None:
    """A link in a folder that has no marker yet makes it the folder of somebody else."""
    mine = tmp_path / "mine"
    mine.write_bytes(HEADER)
    cache.mkdir()
    (cache / name).symlink_to(mine)
    assert check(project, "--cache-dir", str(cache))[0] == 2
    assert mine.read_bytes() == HEADER
    assert [path.name for path in cache.iterdir()] == [name]


def test_links_in_a_marked_folder_are_not_followed(project: Path, cache: Path, tmp_path: Path) -> None:
    check(project, "--cache-dir", str(cache))
    mine = tmp_path / "mine.run"
    mine.write_bytes(HEADER)
    (cache / f"{1:016x}.run").symlink_to(mine)
    (cache / f"{2:016x}.run").symlink_to(tmp_path, target_is_directory=True)
    assert cmlint(project, "cache", "clear", "--cache-dir", str(cache)).stdout == f"3 files removed from {cache}\n"
    assert mine.exists()
    assert (cache / f"{1:016x}.run").is_symlink()


@pytest.mark.parametrize("damage", ["link", "writable", "readable", "pipe"])
def test_a_marker_that_others_may_know_is_not_used(project: Path, cache: Path, tmp_path: Path, damage: str) -> None:
    wanted = check(project, "--cache-dir", str(cache))
    marker = cache / MARKER
    if damage == "link":
        marker.rename(tmp_path / "aside")
        marker.symlink_to(tmp_path / "aside")
    elif damage == "pipe":
        marker.unlink()
        os.mkfifo(marker)
    else:
        marker.chmod(0o622 if damage == "writable" else 0o644)
    found = check(project, "--cache-dir", str(cache))
    if damage in ("link", "pipe"):
        assert found == (2, "", REFUSED.format(cache))
    else:
        assert found == wanted
        assert stat.S_IMODE(marker.stat().st_mode) == 0o600


def test_a_cache_of_the_older_kind_in_the_default_place_is_taken_over(project: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    old = {f"{number:016x}.{kind}": b"\x93" for number, kind in enumerate(("run", "facts", "builds"))}
    (home / "cmlint").mkdir(parents=True, mode=0o700)
    for name, raw in (old | {"CACHEDIR.TAG": SIGNATURE, ".gitignore": b"*\n"}).items():
        (home / "cmlint" / name).write_bytes(raw)
    wanted = check(project, "--no-cache")
    assert check(project, "--verbose", XDG_CACHE_HOME=str(home))[2] == ""
    assert check(project, XDG_CACHE_HOME=str(home)) == wanted
    found = contents(home / "cmlint")
    assert found.keys().isdisjoint(old)
    assert MARKER in found


@pytest.mark.parametrize("extra", ["notes.run", "sub/a"])
def test_the_default_place_with_other_files_is_not_used(project: Path, tmp_path: Path, extra: str) -> None:
    home = tmp_path / "home"
    folder = home / "cmlint"
    write(folder, {"CACHEDIR.TAG": SIGNATURE.decode(), f"{1:016x}.run": "old", extra: "mine"})
    before = contents(folder)
    assert check(project, XDG_CACHE_HOME=str(home)) == check(project, "--no-cache")
    told = check(project, "--verbose", XDG_CACHE_HOME=str(home))[2]
    assert told == f"cmlint: note: ignored in the cache: {folder}: {FOREIGN}\n"
    assert contents(folder) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write into every folder")
def test_a_folder_that_cannot_be_written_is_no_obstacle(project: Path, cache: Path) -> None:
    wanted = check(project, "--cache-dir", str(cache))
    cache.chmod(0o500)
    (project / "new.yaml").write_text(FILES["settings.yaml"])
    assert check(project, "--cache-dir", str(cache)) == check(project, "--no-cache")
    cache.chmod(0o700)
    assert wanted[0] == 1


def test_a_full_disk_is_no_obstacle(project: Path, cache: Path) -> None:
    """No file may grow at all, which a write sees as an error."""
    before = "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    before += "resource.setrlimit(resource.RLIMIT_FSIZE, (50, 50))\n"
    done = cmlint(project, "check", ".", "--no-build", "--cache-dir", str(cache), before=before)
    assert (done.returncode, done.stdout, done.stderr) == check(project, "--no-build", "--no-cache")
    assert not [path for path in cache.iterdir() if path.suffix]


# damaged files


@pytest.fixture
def answers(project: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[Path], tuple[int, str, str]]]:
    """Checks the project in this process, with a cache."""

    def answer(cache: Path) -> tuple[int, str, str]:
        code = main(["check", ".", "--format", "json", "--cache-dir", str(cache)])
        report, errors = capsys.readouterr()
        return code, report, errors

    with inside(project):
        yield answer


def flip(raw: bytes, at: int) -> bytes:
    return raw[:at] + bytes([raw[at] ^ (1 << at % 8)]) + raw[at + 1 :]


def invert(raw: bytes, at: int) -> bytes:
    return raw[:at] + bytes([raw[at] ^ 0xFF]) + raw[at + 1 :]


def truncate(raw: bytes, at: int) -> bytes:
    return raw[:at]


def insert(raw: bytes, at: int) -> bytes:
    return raw[:at] + b"\xdd\xff\xff\xff\xff" + raw[at:]


def remove(raw: bytes, at: int) -> bytes:
    return raw[:at] + raw[at + 1 :]


@pytest.mark.parametrize("kind", ["facts", "builds", "run", "marker", "tag"])
@pytest.mark.parametrize("damage", [flip, invert, truncate, insert, remove])
def test_a_damaged_file_changes_nothing_and_is_replaced(
    answers: Callable[[Path], tuple[int, str, str]],
    cache: Path,
    kind: str,
    damage: Callable[[bytes, int], bytes],
) -> None:
    wanted = answers(cache)
    assert wanted[0] == 1
    kept = {path: path.read_bytes() for path in entries(cache).values()}
    victim = entries(cache)[kind]
    size = len(kept[victim])
    for at in (0, len(HEADER), *range(7, size, max(size // 4, 1)), size - 1):
        for path, raw in kept.items():
            path.write_bytes(raw)
        if kind != "run":
            entries(cache)["run"].unlink()
        victim.write_bytes(damage(kept[victim], at))
        assert answers(cache) == wanted, at
        assert Folder(str(cache)).stored_key, at
        if kind in ("facts", "builds", "run"):
            assert Folder(str(cache)).read(victim.name) is not None, at
        for path in cache.iterdir():
            if path not in kept:
                path.unlink() if path.name != ".gitignore" else None


LIES = (
    b"",
    b"\xc1",
    b"\x93\xa1a\x80\x80",
    b"\xdd\xff\xff\xff\xff",
    b"\xc6\xff\xff\xff\xff",
    b"\xdf\xff\xff\xff\xff",
    b"\xa1\xff",
    b"\x91" * 100_000,
    b"\x92\xd9\x40" + b"0" * 64 + b"\x81\xa1a\xc1",
)
"""Contents that cannot be decoded, or that promise more than there is."""


@pytest.mark.parametrize("lie", LIES, ids=range(len(LIES)))
@pytest.mark.parametrize("kind", ["facts", "builds", "run"])
def test_what_cannot_be_decoded_counts_as_absent(
    answers: Callable[[Path], tuple[int, str, str]], cache: Path, kind: str, lie: bytes
) -> None:
    """Even where its hash is right, as after a change of cmlint itself."""
    wanted = answers(cache)
    folder, victim = Folder(str(cache)), entries(cache)[kind]
    if kind != "run":
        entries(cache)["run"].unlink()
    folder.write(victim.name, lie)
    assert answers(cache) == wanted
    assert victim.read_bytes() != lie


def test_facts_that_cannot_be_decoded_are_read_again(
    answers: Callable[[Path], tuple[int, str, str]], cache: Path
) -> None:
    """Facts and builds are decoded one by one, long after the file that they lie in."""
    wanted = answers(cache)
    for bad in (b"\xc1", b"\xa1\xff", b"\xc0", b"\x91\x91\x91"):
        folder, found = Folder(str(cache)), entries(cache)
        store = folder.get(found["facts"].name, Store)
        built = folder.get(found["builds"].name, tuple[str, dict[str, msgspec.Raw]])
        assert store and store.facts and built and built[1]
        store.facts = {name: Kept(msgspec.Raw(bad)) for name in store.facts}
        folder.put(found["facts"].name, store)
        folder.put(found["builds"].name, (built[0], {name: msgspec.Raw(bad) for name in built[1]}))
        found["run"].unlink()
        assert answers(cache) == wanted
        store = folder.get(found["facts"].name, Store)
        assert store
        assert all(bytes(kept.facts) != bad for kept in store.facts.values())


def test_a_file_of_another_cache_is_not_believed(project: Path, cache: Path, tmp_path: Path) -> None:
    """Files that were written with another key say nothing here, whoever put them there."""
    wanted = check(project, "--cache-dir", str(cache))
    key = (cache / MARKER).read_bytes()
    other = tmp_path / "other"
    shutil.copytree(cache, other)
    (project / "pod.yaml").unlink()
    forged = check(project, "--cache-dir", str(other))
    assert forged[:2] != wanted[:2]
    (other / MARKER).write_bytes(HEADER + b"00" * 32 + b"\n")
    assert check(project, "--cache-dir", str(other)) == forged == check(project, "--no-cache")
    assert (cache / MARKER).read_bytes() == key


def test_a_huge_file_is_not_read(project: Path, cache: Path) -> None:
    wanted = check(project, "--cache-dir", str(cache))
    with entries(cache)["run"].open("r+b") as file:
        file.truncate(1 << 40)
    limit = "import resource\nresource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))\n"
    done = cmlint(project, "check", ".", "--cache-dir", str(cache), before=limit)
    assert (done.returncode, done.stdout, done.stderr) == wanted
    assert entries(cache)["run"].stat().st_size < 1_000_000


# what the files tell


def test_digests_of_texts_mean_nothing_without_the_key(project: Path, cache: Path) -> None:
    """Whoever knows the text around a Secret's value could try all values, if the digest were a plain one."""
    folder = Folder(str(cache))
    check(project, "--cache-dir", str(cache), HELM_KUBETOKEN=VALUE, KUBE_PASSWORD=VALUE)
    found = contents(cache)
    raw = b"".join(found.values())
    digests = [blake2b(SECRET.encode(), digest_size=size).digest() for size in (8, 16, 20, 32, 64)]
    assert all(digest not in raw and digest.hex().encode() not in raw for digest in digests)
    assert VALUE.encode() not in raw
    assert folder.digest(SECRET.encode()) in raw
    assert stat.S_IMODE((cache / MARKER).stat().st_mode) == 0o600
    other = cache.with_name("second")
    check(project, "--cache-dir", str(other))
    assert found.keys() & contents(other).keys() == {MARKER, "CACHEDIR.TAG", ".gitignore"}
    assert found[MARKER] != contents(other)[MARKER]


def test_values_that_gitops_gives_to_a_chart_are_not_kept(tmp_path: Path, cache: Path) -> None:
    """A value that could be the name of a Secret is kept as such a name; this one could not."""
    project = tmp_path / "project"
    release = (
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: app, namespace: shop}\n"
        "spec:\n  chart:\n    spec:\n      chart: ./chart\n      sourceRef: {kind: GitRepository, name: flux-system}\n"
        f"  values: {{password: '{VALUE}!'}}\n"
    )
    write(
        project,
        {
            "release.yaml": release,
            "chart/Chart.yaml": "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
            "chart/templates/pod.yaml": FILES["pod.yaml"],
        },
    )
    time.sleep(2 * TICK / SECOND)
    wanted = check(project, "--no-cache")
    assert check(project, "--cache-dir", str(cache)) == check(project, "--cache-dir", str(cache)) == wanted
    assert "builds" in entries(cache)
    assert VALUE.encode() not in b"".join(contents(cache).values())


def test_two_first_runs_that_make_the_folder_agree_on_its_key(cache: Path) -> None:
    one, other = Folder(str(cache)), Folder(str(cache))
    assert one.key != other.key
    one.write(f"{1:016x}.run", b"one")
    other.write(f"{2:016x}.run", b"other")
    assert one.complaints == other.complaints == []
    stored = Folder(str(cache))
    assert stored.stored_key in (one.key, other.key)
    assert {path.suffix for path in cache.iterdir()} <= {"", ".run", ".TAG"}
    assert cache_folder.is_draft(f"{1:016x}.run.1.tmp")
