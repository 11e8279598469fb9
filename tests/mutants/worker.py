"""A process that has imported and collected all tests, and forks for each mutant: nothing is imported twice."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, NoReturn

import pytest
from coverage import CoverageData

from tests.mutants import MODULE, TEXT
from tests.mutants.inside import covering
from tests.mutants.places import modules
from tests.mutants.swap import swap
from tests.support.run import ROOT

SURVIVED, KILLED, COLD, BROKEN = 0, 1, 75, 70
"""How a child ends: no test failed, one did, the mutant changes what runs on import, or there is a mistake here."""

ENDED = -1
"""The key of the last answer of a worker: how it has ended."""

BROWSER = "browser"
"""The fixture that starts a browser."""

MEMORY = 4 << 30
"""The bytes that a child may use; a mutant may make a loop endless."""

LONGEST = 1800.0
"""The seconds that a child may take to measure tests."""


class Measured(NamedTuple):
    """What some tests do: the seconds of each, which of them run the lines of each module, and which fail."""

    seconds: dict[str, float]
    lines: dict[str, dict[int, list[str]]]
    failed: list[str]


class Server:
    """A plugin that waits for work where other runs of pytest would run the tests."""

    def __init__(self, jobs: Any, answers: Any) -> None:
        self.jobs, self.answers = jobs, answers
        self.items: dict[str, pytest.Item] = {}
        self.failed = False

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leaves out what starts a browser, which takes longer than all other tests of a mutant."""
        items[:] = [item for item in items if BROWSER not in getattr(item, "fixturenames", ())]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Does one job after the other; None ends it."""
        for path in modules():
            import_module(name_of(path))
        self.items = {item.nodeid: item for item in session.items}
        self.answers.put((None, list(self.items)))
        for number, work, words in iter(self.jobs.get, None):
            self.answers.put((number, getattr(self, work)(**words)))
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notes that a test has failed."""
        self.failed |= report.failed

    def measure(self, tests: Sequence[str]) -> Measured:
        """Runs some tests in a child, with the coverage of each."""
        with TemporaryDirectory(prefix="cmlint-mutants-") as folder:
            notes = Path(folder, "notes")
            forked(lambda: self.measured(tests, notes), LONGEST)
            rows = [line.split(" ", 2) for line in notes.read_text(encoding="utf-8").splitlines()]
            return Measured(
                {test: float(seconds) for seconds, _, test in rows},
                lines_of(Path(folder)),
                [test for _, passed, test in rows if passed == "False"],
            )

    def measured(self, tests: Sequence[str], notes: Path) -> int:
        """The same in the child."""
        coverage = covering(notes.with_name("coverage"))
        coverage.start()
        for test, following in pairs(tests):
            start = time.monotonic()
            coverage.switch_context(f"{test} (call)")
            passed = self.passes(test, following)
            with notes.open("a", encoding="utf-8") as stream:
                stream.write(f"{time.monotonic() - start:.3f} {passed} {test}\n")
        coverage.stop()
        coverage.save()
        return SURVIVED

    def killer(self, path: str, mutated: str, tests: Sequence[str], limit: float, *, is_run: bool) -> str | None:
        """What notices a mutant: a test, or what ended the child.

        A function that no test runs may have run on import, so that its mutant needs a new process.
        """
        if not tests:
            return None
        with TemporaryDirectory(prefix="cmlint-mutants-") as folder:
            note = Path(folder, "note")
            status = forked(lambda: self.tried(path, mutated, tests, note), limit)
            name = note.read_text(encoding="utf-8") if note.exists() else "nothing"
        if status == COLD or (status == SURVIVED and not is_run):
            return cold(path, mutated, tests, limit)
        assert status != BROKEN, "see the log"
        return None if status == SURVIVED else name if status == KILLED else f"{name} (ended by {status})"

    def tried(self, path: str, mutated: str, tests: Sequence[str], note: Path) -> int:
        """The same in the child."""
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        if not swap(ROOT / path, mutated):
            return COLD
        for test, following in pairs(tests):
            note.write_text(test, encoding="utf-8")
            if not self.passes(test, following):
                return KILLED
        return SURVIVED

    def passes(self, test: str, following: str | None) -> bool:
        """Whether a test passes; what it has set up stays for the following one."""
        item, after = self.items[test], self.items[following] if following else None
        self.failed = False
        item.ihook.pytest_runtest_protocol(item=item, nextitem=after)
        return not self.failed


def name_of(path: str) -> str:
    """The name by which a module is imported."""
    return ".".join(Path(path).with_suffix("").parts[1:]).removesuffix(".__init__")


def pairs(tests: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """Each test with the following one."""
    return zip(tests, [*tests[1:], None], strict=True)


def lines_of(folder: Path) -> dict[str, dict[int, list[str]]]:
    """Which tests run the lines of each module, from the files of their coverage."""
    found: dict[str, dict[int, set[str]]] = {}
    for file in folder.glob("coverage*"):
        data = CoverageData(str(file))
        data.read()
        for name in data.measured_files():
            of_file = found.setdefault(Path(name).relative_to(ROOT).as_posix(), {})
            for line, contexts in data.contexts_by_lineno(name).items():
                of_file.setdefault(line, set()).update(each.rpartition(" ")[0] for each in contexts if each)
    return {path: {line: sorted(tests) for line, tests in lines.items()} for path, lines in found.items()}


def cold(path: str, mutated: str, tests: Sequence[str], limit: float) -> str | None:
    """The same as `Server.killer`, in a new process."""
    with TemporaryDirectory(prefix="cmlint-mutants-") as folder:
        text = Path(folder, "mutated.py")
        text.write_text(mutated, encoding="utf-8")
        words = ["-q", "-x", "-p", "no:cacheprovider", "-p", "tests.mutants.instead", "--no-header", "--tb=no", "-rfE"]
        try:
            done = subprocess.run(
                [sys.executable, "-m", "pytest", *words, f"--basetemp={folder}/tmp", *tests],
                env=os.environ | {MODULE: name_of(path), TEXT: str(text)},
                cwd=ROOT,
                check=False,
                stdout=subprocess.PIPE,
                text=True,
                timeout=limit,
            )
        except subprocess.TimeoutExpired:
            return "the time"
    lines = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return None if not done.returncode else lines[0] if lines else f"exit status {done.returncode}"


def forked(work: Callable[[], int], limit: float) -> int:
    """Does something in a child process, with caches of its own, and gives its exit status; kills it after a time."""
    with TemporaryDirectory(prefix="cmlint-mutants-") as folder:
        child = os.fork()
        if not child:
            become(work, folder)
        end = time.monotonic() + limit
        while True:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() > end:
                os.killpg(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return -signal.SIGKILL
            time.sleep(0.005)


def become(work: Callable[[], int], folder: str) -> NoReturn:
    """Is the child."""
    status = BROKEN
    try:
        os.setpgid(0, 0)
        for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
            os.environ[name] = os.path.join(folder, name.lower())
        status = work()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


def serve(files: Sequence[str], folder: str, jobs: Any, answers: Any) -> None:
    """The main function of the process."""
    with open(os.path.join(folder, "log"), "w", encoding="utf-8") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    words = ["-q", "-p", "no:cacheprovider", "--capture=sys", f"--basetemp={folder}/tmp", *files]
    os.chdir(ROOT)
    code = pytest.main(words, plugins=[Server(jobs, answers)])
    answers.put((ENDED, f"exit status {code}\n{Path(folder, 'log').read_text(encoding='utf-8')[-2000:]}"))
