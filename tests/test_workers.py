"""Several processes read what one would, and lose nothing when one of them ends."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from cmlint.model.facts import FileFacts
from cmlint.sources import reader as reading
from cmlint.sources.reader import PAYS, Reader, Reading, Wanted, processors
from cmlint.sources.request import Request
from cmlint.sources.workers import PARCEL, Workers
from tests.support.command import cmlint
from tests.support.run import write

COUNT = PAYS + 37
POD = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: pod-NUMBER}\nspec:\n  containers:\n"
    "  - name: web\n    image: web:1.0.0\n    env: [{name: PORT, value: NUMBER}]\n"
)


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """More files than one process is left to read, some of which cannot be read."""
    folder = tmp_path / "many"
    write(folder, {f"{number % 7}/{number}.yaml": POD.replace("NUMBER", str(number)) for number in range(COUNT)})
    (folder / "3" / "bad.yaml").write_bytes(b"\xff\xffapiVersion")
    return folder


def test_any_number_of_processes_gives_the_same(many: Path, tmp_path: Path) -> None:
    def answer(*words: str) -> tuple[int, str, str]:
        done = cmlint(many, "check", ".", "--format", "json", *words)
        return done.returncode, done.stdout, done.stderr

    alone = answer("--jobs", "1", "--no-cache")
    assert alone[0] == 2
    assert alone[1].count('"non-string-env"') == COUNT
    assert alone[2] == "cmlint: error: 3/bad.yaml: not valid UTF-8 at byte 0\n"
    for jobs in ("2", "3", "7"):
        assert answer("--jobs", jobs, "--no-cache") == alone
        assert answer("--jobs", jobs, "--cache-dir", str(tmp_path / f"cache-{jobs}")) == alone
        assert answer("--jobs", "1", "--cache-dir", str(tmp_path / f"cache-{jobs}")) == alone


def test_files_that_are_new_with_texts_that_are_known_are_read(many: Path, tmp_path: Path) -> None:
    """As after a fresh checkout whose cache was kept."""
    words = ("check", ".", "--format", "json", "--jobs", "2", "--cache-dir", str(tmp_path / "cache"))
    first = cmlint(many, *words)
    for path in many.rglob("*.yaml"):
        path.write_bytes(path.read_bytes())
        os.utime(path, ns=(1, 1))
    again = cmlint(many, *words)
    assert (again.returncode, again.stdout, again.stderr) == (first.returncode, first.stdout, first.stderr)


class Deadly(Reader):
    """Ends the process that reads certain files."""

    def read(self, file: Wanted) -> reading.FileRead:
        if file.shown.endswith(("/17.yaml", "/18.yaml", "/230.yaml")):
            os.kill(os.getpid(), signal.SIGKILL)
        if file.shown.endswith("/40.yaml"):
            os._exit(3)
        return super().read(file)


def test_a_process_that_ends_costs_the_file_that_it_died_of(many: Path) -> None:
    files = [Wanted(f"{n % 7}/{n}.yaml", str(many / f"{n % 7}/{n}.yaml"), "text") for n in range(COUNT)]
    read = Reading(Deadly(Request(jobs=3)), files).results()
    assert list(read) == [file.shown for file in files]
    lost = {shown: facts for shown, facts in read.items() if isinstance(facts, str)}
    ended = "the process that read it has ended ({}); all others are read"
    killed, left = ended.format("signal SIGKILL"), ended.format("exit status 3")
    assert lost == {"3/17.yaml": killed, "4/18.yaml": killed, "6/230.yaml": killed, "5/40.yaml": left}
    kept = [facts.documents[0].name for facts in read.values() if isinstance(facts, FileFacts)]
    assert [name.value for name in kept if name] == [f"pod-{n}" for n in range(COUNT) if n not in (17, 18, 230, 40)]


def test_a_process_that_is_ended_before_it_begins_is_replaced() -> None:
    workers = Workers(2, range(10), lambda number: bytes([number]))
    for worker in workers.running:
        os.kill(worker.process, signal.SIGKILL)
    answers = dict(workers.answers())
    assert sorted(answers) == list(range(10))


def test_answers_larger_than_a_pipe_arrive_whole() -> None:
    workers = Workers(3, range(PARCEL * 3 + 1), lambda number: bytes([number]) * 100_000)
    assert dict(workers.answers()) == {number: bytes([number]) * 100_000 for number in range(PARCEL * 3 + 1)}


def test_no_process_is_left_behind() -> None:
    workers = Workers(3, range(1000), lambda number: bytes([number % 256]) * 100_000)
    processes = [worker.process for worker in workers.running]
    answers = workers.answers()
    next(answers)
    answers.close()
    for process in processes:
        with pytest.raises(ChildProcessError):
            os.waitpid(process, 0)


def test_a_mistake_of_ours_costs_one_file(tmp_path: Path) -> None:
    class Mistaken(Reader):
        def __init__(self) -> None:
            super().__init__(Request())
            self.makers = None  # type: ignore[assignment]

    path = tmp_path / "a.yaml"
    path.write_text(POD)
    found = Mistaken().read(Wanted("a.yaml", str(path), "text"))
    assert found.reason.startswith("AttributeError in cmlint.manifest.documents, line ")
    assert found.reason.endswith(": this is a mistake in cmlint, please report it")


@pytest.mark.parametrize("jobs", ["0", "-1", "two", "1.5", ""])
def test_jobs_must_be_a_number(tmp_path: Path, jobs: str) -> None:
    done = cmlint(tmp_path, "check", ".", f"--jobs={jobs}")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"cmlint: error: `--jobs` must be a number from 1 to 9999, not `{jobs}`\nhelp: omit it for one per CPU\n"
    )


def test_one_process_a_processor() -> None:
    assert processors(5) == 5
    assert 1 <= processors(None) <= (os.cpu_count() or 1)
