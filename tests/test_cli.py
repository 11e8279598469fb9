"""The command line: exit status, what goes where, and what is said when something is wrong."""

from __future__ import annotations

import fcntl
import itertools
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

import pytest

from cmlint import __version__
from cmlint.cli import COMMANDS
from cmlint.cli.rule import without_tests
from cmlint.engine.registry import load_rules
from tests.support.command import COMMAND, PATIENCE, cmlint, started, wait_until
from tests.support.manifests import pod
from tests.support.repository import Repository
from tests.support.run import write
from tests.support.terminal import on_terminal

PLUGIN = COMMAND.with_name("kubectl-cmlint")
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {PORT: '1'}\n"
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
    - name: c
      image: app:1.2.3
      env:
        - name: A
          valueFrom: {configMapKeyRef: {name: app, key: PORT}}
"""
ERROR = POD.replace("PORT", "NOPE")
WARNING = POD.replace("app:1.2.3", "registry.example.com/app:develop")
CLEAN = f"{POD}---\n{CONFIG}"
SUMMARY = "no problems in 1 file (2 documents, 1 container, 1 reference)\n"


def fatal(message: str, help_: str) -> str:
    """An error that ends the run: two lines."""
    return f"cmlint: error: {message}\nhelp: {help_}\n"


# exit status


@pytest.mark.parametrize(
    ("text", "words", "status"),
    [
        (CLEAN, (), 0),
        (f"{ERROR}---\n{CONFIG}", (), 1),
        (f"{WARNING}---\n{CONFIG}", (), 1),
        (f"{WARNING}---\n{CONFIG}", ("--fail-on", "error"), 0),
        (f"{WARNING}---\n{CONFIG}", ("--fail-on", "info"), 1),
        (f"{ERROR}---\n{CONFIG}", ("--fail-on", "never"), 0),
        (f"{ERROR}---\n{CONFIG}", ("--ignore", "missing-key"), 0),
        (f"{ERROR}---\n{CONFIG}", ("--ignore", "references,images"), 0),
        (f"{ERROR}---\n{CONFIG}", ("--select", "mutable-tag"), 0),
        (f"{ERROR}---\n{CONFIG}", ("--select", "all", "--ignore", "all"), 2),
        (POD.replace("app:1.2.3", "registry.example.com/app:1") + f"---\n{CONFIG}", ("--pedantic",), 1),
        (POD.replace("app:1.2.3", "registry.example.com/app:1") + f"---\n{CONFIG}", (), 0),
    ],
)
def test_status_says_what_was_found(tmp_path: Path, text: str, words: tuple[str, ...], status: int) -> None:
    write(tmp_path, {"a.yaml": text})
    done = cmlint(tmp_path, "check", *words, command=COMMAND)
    none_left = "error: no rule is selected\nhelp: `--ignore` or the setting `ignore` removes all selected rules\n"
    assert (done.returncode, done.stderr) == (status, f"cmlint: {none_left}" if status == 2 else "")


def test_a_clean_run_says_what_was_looked_at(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": CLEAN})
    assert cmlint(tmp_path, "check").stdout == SUMMARY
    assert cmlint(tmp_path, "check", "--quiet").stdout == ""
    assert re.fullmatch(
        SUMMARY.replace("(", "\\(").replace(")\n", r", \d\.\d\d s\)\n"), cmlint(tmp_path, "check", "-v").stdout
    )


# input


def test_standard_input(tmp_path: Path) -> None:
    done = cmlint(tmp_path, "check", "-", "--format", "concise", "--quiet", stdin=f"{ERROR}---\n{CONFIG}")
    assert done.stdout == "<stdin>:10:57: error[missing-key] the ConfigMap `app` has no key `NOPE`\n"
    assert cmlint(tmp_path, "check", "-", "-", stdin=CLEAN).stdout == SUMMARY


def test_paths_are_shown_relative_to_the_working_directory(tmp_path: Path) -> None:
    write(tmp_path, {"a/b.yaml": ERROR, "a/c.yaml": CONFIG, "d/e.yaml": CLEAN})
    for path in ("../a", str(tmp_path / "a")):
        done = cmlint(tmp_path / "d", "check", path, "--format", "concise", "-q")
        assert done.stdout.startswith("../a/b.yaml:10:57: ") or done.stdout.startswith(f"{tmp_path}/a/b.yaml:10:57: ")


@pytest.mark.parametrize("words", [("check",), ("env",)])
def test_what_cannot_be_read_is_named_and_the_rest_goes_on(tmp_path: Path, words: tuple[str, ...]) -> None:
    write(tmp_path, {"good.yaml": CLEAN, "docs/a.yaml": "a: 1\n"})
    (tmp_path / "bad.yaml").write_bytes(b"apiVersion: v1\nkind: \xff\xfe\n")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    done = cmlint(tmp_path, *words, ".", "nope.yaml")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "cmlint: error: nope.yaml: no such file or folder",
        "cmlint: error: bad.yaml: not valid UTF-8 at byte 21",
        "cmlint: error: loop.yaml: too many levels of symbolic links",
    ]
    assert "no problems in 2 files" in done.stdout or "Pod p" in done.stdout


def test_a_file_in_another_encoding_that_is_nothing_for_kubernetes_is_skipped(tmp_path: Path) -> None:
    write(tmp_path, {"good.yaml": CLEAN})
    (tmp_path / "dashboard.json").write_bytes('{"title": "\ud604\ud669"}'.encode("cp949"))
    done = cmlint(tmp_path, "check", "--verbose")
    assert (done.returncode, done.stderr) == (0, "")
    assert "dashboard.json: not a Kubernetes object" in done.stdout
    for wrong, at in ((b"apiVersion: v1\nkind: \xff\n", 21), (b"\xff\xfea", 2), (b"a\0\xff", 2)):
        (tmp_path / "dashboard.json").write_bytes(wrong)
        done = cmlint(tmp_path, "check")
        assert (done.returncode, done.stderr) == (2, f"cmlint: error: dashboard.json: not valid UTF-8 at byte {at}\n")


def test_what_could_not_be_read_is_in_the_summaries(tmp_path: Path) -> None:
    write(tmp_path, {"good.yaml": CLEAN})
    done = cmlint(tmp_path, "check", ".", "nope.yaml")
    assert done.stdout.splitlines()[1] == "not read: 1 path, see above"
    done = cmlint(tmp_path, "check", ".", "nope.yaml", "--format", "json")
    assert json.loads(done.stdout)["summary"]["skipped"] == [{"path": "nope.yaml", "reason": "no such file or folder"}]


def test_what_git_crypt_has_encrypted_is_skipped_and_may_define_anything(tmp_path: Path) -> None:
    write(tmp_path, {"shop/pod.yaml": ERROR})
    missing = "shop/pod.yaml:10:47: error[missing-configmap] nothing defines the ConfigMap `app`\n"
    assert cmlint(tmp_path, "check", "--format", "concise", "--quiet").stdout == missing
    (tmp_path / "shop" / "secret.yaml").write_bytes(b"\0GITCRYPT\0\x9c\xff\x00")
    done = cmlint(tmp_path, "check", "--verbose")
    assert (done.returncode, done.stderr) == (0, "")
    assert "shop/secret.yaml: encrypted by git-crypt" in done.stdout
    assert "shop/secret.yaml is encrypted, and may define it" in done.stdout


SKIPPED = "files that git ignores, or that `--exclude` or the setting `exclude` matches, are skipped"
NO_FILES = f"no .yaml, .yml or .json files ({SKIPPED})"


def test_a_folder_without_manifests_is_named(tmp_path: Path) -> None:
    write(tmp_path, {"a/a.yaml": CLEAN, "b/b.yaml": "a: 1\n", "c/c.txt": "a"})
    done = cmlint(tmp_path, "check", "a", "b", "c")
    assert done.returncode == 0
    assert done.stderr.splitlines() == [
        "cmlint: warning: b: no Kubernetes object in 1 file",
        f"cmlint: warning: c: {NO_FILES}",
    ]


HELP_EMPTY = "name the files or folders that hold manifests, or allow it with `--allow-empty`"


def test_nothing_to_lint_is_an_error(tmp_path: Path) -> None:
    done = cmlint(tmp_path, "check")
    message = f"nothing to lint in `.`: {NO_FILES}"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", fatal(message, HELP_EMPTY))
    write(tmp_path, {"a.yaml": "a: 1\n---\nb: 1\n", "b.yaml": "kind: X\napiVersion: v1\nimage: {{ a }}\n"})
    done = cmlint(tmp_path, "check", ".", "-")
    message = "nothing to lint in `.`, standard input: no Kubernetes object in 3 files (a template, not rendered (1))"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", fatal(message, HELP_EMPTY))


def test_nothing_to_lint_because_of_the_configuration_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"deploy/a.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n", "values.yaml": "a: 1\n"})
    write(tmp_path, {".cmlint.yaml": "exclude: [deploy/]\n"})
    done = cmlint(tmp_path, "check")
    message = "no Kubernetes object in 2 files; `exclude` skips `deploy/a.yaml`"
    expected = fatal(f"nothing to lint in `.`: {message}", "exclude less, or allow it with `--allow-empty`")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", expected)
    assert cmlint(tmp_path, "check", "--allow-empty").returncode == 0
    write(tmp_path, {".cmlint.yaml": "exclude: [others/]\n", "others/values.yaml": "a: 1\n"})
    assert cmlint(tmp_path, "check").returncode == 0
    (tmp_path / "deploy/a.yaml").unlink()
    assert cmlint(tmp_path, "check").returncode == 0


def test_a_folder_that_holds_other_files_has_been_looked_at(tmp_path: Path) -> None:
    write(tmp_path, {"values.yaml": "image: x\n"})
    done = cmlint(tmp_path, "check")
    message = "nothing to lint in `.`: no Kubernetes object in 1 file"
    assert (done.returncode, done.stderr) == (0, f"cmlint: warning: {message}\n")
    done = cmlint(tmp_path, "check", "values.yaml")
    message = "nothing to lint in `values.yaml`: no Kubernetes object in 1 file"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", fatal(message, HELP_EMPTY))


@pytest.mark.parametrize("command", ["env", "graph"])
def test_no_command_is_advised_to_use_an_option_that_it_does_not_have(tmp_path: Path, command: str) -> None:
    write(tmp_path, {"values.yaml": "image: x\n"})
    done = cmlint(tmp_path, command, "values.yaml")
    message = "nothing to lint in `values.yaml`: no Kubernetes object in 1 file"
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == fatal(message, "name the files or folders that hold manifests")


def test_an_empty_standard_input_is_named(tmp_path: Path) -> None:
    for text in ("", "\n  \n"):
        done = cmlint(tmp_path, "check", "-", stdin=text)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == fatal("standard input is empty", f"{EMPTY_INPUT}, or allow it with `--allow-empty`")
    assert "nothing to lint in standard input" in cmlint(tmp_path, "check", "-", stdin="a: b\n").stderr


@pytest.mark.parametrize("form", ["text", "concise"])
def test_nothing_is_counted_where_nothing_could_be_read(tmp_path: Path, form: str) -> None:
    done = cmlint(tmp_path, "check", "nosuch", "--format", form)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "cmlint: error: nosuch: no such file or folder\n"
    write(tmp_path, {"a.yaml": POD})
    both = cmlint(tmp_path, "check", "nosuch", "a.yaml", "--format", form)
    assert "not read: 1 path, see above" in both.stdout


@pytest.mark.parametrize("word", ["version", "help"])
def test_a_command_that_is_an_option_is_named(tmp_path: Path, word: str) -> None:
    done = cmlint(tmp_path, word)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == fatal(f"no such command `{word}`", f"did you mean `--{word}`?")


def test_nothing_to_lint_can_be_allowed(tmp_path: Path) -> None:
    done = cmlint(tmp_path, "check", "--allow-empty")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "nothing checked in 0 files (0 documents, 0 containers, 0 references)\n"


@pytest.mark.parametrize("path", [".", "a.yaml"])
def test_objects_of_which_nothing_is_checked_are_named(tmp_path: Path, path: str) -> None:
    write(tmp_path, {"a.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n"})
    done = cmlint(tmp_path, "check", path)
    message = f"nothing to lint in `{path}`: cmlint checks nothing of what is in 1 file: Service (1)"
    assert (done.returncode, done.stderr) == (0, f"cmlint: warning: {message}\n")
    write(tmp_path, {"b.yaml": CLEAN})
    assert cmlint(tmp_path, "check").stderr == ""


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a: [\n", "1: not valid YAML: did not find expected node content"),
        ("a: 1\n---\nb: 2\n c: 3\n", "4: not valid YAML: mapping values are not allowed in this context"),
        (
            "kind: Ingress\napiVersion: v1\n spec: {}\n",
            "3: not valid YAML: mapping values are not allowed in this context",
        ),
        ("a: 'x' y\n", "1: not valid YAML: did not find expected key"),
    ],
)
def test_a_file_that_is_not_yaml_is_not_passed_over(tmp_path: Path, text: str, error: str) -> None:
    write(tmp_path, {"a.yaml": text, "b.yaml": "a: 1\n", "deploy/c.yaml": CLEAN})
    for words in (("check", "a.yaml"), ("check", "b.yaml", "a.yaml"), ("env", "a.yaml"), ("graph", "a.yaml")):
        done = cmlint(tmp_path, *words)
        assert (done.returncode, done.stdout, done.stderr) == (2, "", fatal(f"a.yaml:{error}", "fix it there"))
    done = cmlint(tmp_path, "check", "-", stdin=text)
    assert (done.returncode, done.stderr) == (2, fatal(f"<stdin>:{error}", "fix it there"))
    assert cmlint(tmp_path, "check").returncode == 0


def test_a_template_alone_is_no_broken_file(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": "{{ if x }}\na: [\n{{ end }}\n"})
    message = "nothing to lint in `a.yaml`: no Kubernetes object in 1 file"
    assert cmlint(tmp_path, "check", "a.yaml").stderr == fatal(message, HELP_EMPTY)


def test_excluded_paths_are_not_read(tmp_path: Path) -> None:
    write(tmp_path, {"a/a.yaml": CLEAN, "b/b.yaml": ERROR, "a/old/c.yaml": ERROR, "a/d.yaml": ERROR})
    done = cmlint(tmp_path / "a", "check", "..", "--exclude", "old/", "--exclude", "/d.yaml", "--exclude", "../b")
    assert "3 files" not in done.stdout
    done = cmlint(tmp_path, "check", "--exclude", "old/", "--exclude", "/b", "--exclude", "d.*")
    assert (done.returncode, done.stdout) == (0, SUMMARY)


# output


def test_what_tests_read_and_copies_of_others_are_not_walked(tmp_path: Path) -> None:
    left = (
        "testdata",
        "tests/fixtures/deep",
        "e2e/golden",
        "tests/expected/a",
        "vendor/github.com/x",
        "Godeps/_workspace",
        "a/vendor/b",
    )
    read = ("fixtures", "tests/manifests", "golden/tests", "charts/vendor", "myfixtures")
    write(tmp_path, {f"{folder}/pod.yaml": ERROR for folder in (*left, *read)} | {"a/vendor/modules.txt": ""})
    done = cmlint(tmp_path, "check", "--format", "concise", "--quiet")
    assert {line.partition("/pod.yaml:")[0] for line in done.stdout.splitlines()} == set(read)
    for folder in ("testdata", "tests/fixtures"):
        done = cmlint(tmp_path, "check", folder, "--format", "concise", "--quiet")
        assert done.stdout.startswith(f"{folder}/")


def test_a_report_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": f"{ERROR}---\n{CONFIG}", "out.json": "before"})
    (tmp_path / "out.json").chmod(0o640)
    done = cmlint(tmp_path, "check", "--format", "json", "--output", "out.json", "a.yaml")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
    assert json.loads((tmp_path / "out.json").read_text())["summary"]["errors"] == 1
    assert (tmp_path / "out.json").stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.yaml", "out.json"]


def test_a_report_that_cannot_be_written(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": CLEAN})
    help_ = "name a file that can be written with `--output`"
    done = cmlint(tmp_path, "check", "--output", "no/out.txt")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == fatal("no/out.txt: cannot be written: no such file or directory", help_)
    with open("/dev/full", "wb") as full:
        failed = subprocess.run([COMMAND, "check"], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, check=False)
    assert failed.returncode == 2
    message = "standard output: cannot be written: no space left on device"
    assert failed.stderr.decode() == fatal(message, help_)


EMPTY_INPUT = "pipe manifests into cmlint, as in `kustomize build . | cmlint check -`"

CLOSED = [
    ("check - <&-", fatal("standard input is empty", f"{EMPTY_INPUT}, or allow it with `--allow-empty`")),
    (
        "check a.yaml >&-",
        fatal(
            "standard output: cannot be written: bad file descriptor", "name a file that can be written with `--output`"
        ),
    ),
    ("check nowhere.yaml -q 2>&-", ""),
    ("--help >&-", fatal("standard output: cannot be written: bad file descriptor", "see that it can be written")),
]


@pytest.mark.skipif(sys.platform == "win32", reason="a shell closes the streams")
@pytest.mark.parametrize(("line", "said"), CLOSED)
def test_a_stream_that_is_closed(tmp_path: Path, line: str, said: str) -> None:
    write(tmp_path, {"a.yaml": CLEAN})
    words = ["sh", "-c", f'"$0" {line}', str(COMMAND)]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)


def test_a_report_goes_through_a_link_and_into_a_pipe(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": CLEAN, "real/out.txt": ""})
    (tmp_path / "out.txt").symlink_to("real/out.txt")
    assert cmlint(tmp_path, "check", "--output", "out.txt").returncode == 0
    assert (tmp_path / "out.txt").is_symlink()
    assert (tmp_path / "real" / "out.txt").read_text() == SUMMARY
    assert cmlint(tmp_path, "check", "--output", "/dev/stdout").stdout == SUMMARY


@pytest.mark.parametrize(
    ("words", "environment", "colored"),
    [
        ((), {}, False),
        ((), {"FORCE_COLOR": "1"}, True),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
        (("--color", "never"), {"FORCE_COLOR": "1"}, False),
    ],
)
@pytest.mark.parametrize("command", ["check", "env"])
def test_colours_when_asked_for(
    tmp_path: Path, command: str, words: tuple[str, ...], environment: dict[str, str], colored: bool
) -> None:
    write(tmp_path, {"a.yaml": f"{ERROR}---\n{CONFIG}"})
    done = cmlint(tmp_path, command, *words, command=COMMAND, **environment)
    assert ("\033[" in done.stdout) == colored
    assert "\033]8" not in done.stdout


def test_a_terminal_gets_colours_and_lines_that_fit(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": f"{ERROR}---\n{CONFIG}"})
    shown = on_terminal(tmp_path, "check")
    assert "\033[1;31merror[missing-key]\033[0m" in shown
    assert "see:\033[0m cmlint rule missing-key" in shown, "the site is not online"
    assert all(len(re.sub(r"\033(\]8;;.*?\033\\|\[[\d;]*m)", "", line)) <= 80 for line in shown.splitlines())
    assert "\033" not in on_terminal(tmp_path, "check", NO_COLOR="1")
    assert "\033" not in on_terminal(tmp_path, "check", TERM="dumb")


def test_a_long_report_is_written_whole_without_a_buffer(tmp_path: Path) -> None:
    pods = "---\n".join(ERROR.replace("name: p", f"name: p{i}") for i in range(1500))
    write(tmp_path, {"a.yaml": f"{pods}---\n{CONFIG}"})
    whole = cmlint(tmp_path, "check", "--verbose", "--no-cache").stdout.rpartition("\n\n")[0]
    assert len(whole) > 500_000
    with subprocess.Popen(
        [COMMAND, "check", "--verbose", "--no-cache"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.read().decode().rpartition("\n\n")[0] == whole


def test_a_broken_pipe_ends_quietly(tmp_path: Path) -> None:
    pods = "---\n".join(ERROR.replace("name: p", f"name: p{i}") for i in range(1500))
    write(tmp_path, {"a.yaml": f"{pods}---\n{CONFIG}"})
    for words, unbuffered in itertools.product((("check", "-v"), ("env",), ("check", "--format", "json")), ("", "1")):
        kept = os.environ | {"PYTHONUNBUFFERED": unbuffered}
        with subprocess.Popen(
            [COMMAND, *words], cwd=tmp_path, env=kept, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdout is not None and process.stderr is not None
            process.stdout.read(1)
            process.stdout.close()
            assert process.stderr.read() == b""
        assert process.returncode == 141


def test_an_interrupt_ends_quietly(tmp_path: Path) -> None:
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with started(COMMAND, "check", "-", cwd=tmp_path, **pipes) as process:
        stdin = process.stdin
        assert stdin is not None and process.stdout is not None and process.stderr is not None
        stdin.write("a: 1\n")
        stdin.flush()
        wait_until(lambda: not unread(stdin.fileno()))
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == ""
        assert process.stderr.read() == ""
        assert process.wait(PATIENCE) == 130


INTERRUPTED_CLASS = """
import signal, sys
from cmlint import __main__ as program
class Attribute:
    def __set_name__(self, owner, name):
        signal.raise_signal(signal.SIGINT)
def run(words):
    class Owner:
        attribute = Attribute()
program.run = run
program.end_in_order()
sys.exit(program.main([]))
"""


def test_an_interrupt_while_a_class_is_made_ends_quietly() -> None:
    with started(sys.executable, "-c", INTERRUPTED_CLASS, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.communicate(timeout=PATIENCE) == ("", "")
    assert process.returncode == 130


def unread(pipe: int) -> int:
    """The bytes in a pipe that nobody has read yet."""
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)


def test_a_file_name_that_is_no_text(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff.yaml")
    write(tmp_path, {name: f"{ERROR}---\n{CONFIG}"})
    done = cmlint(tmp_path, "check", "--format", "json")
    assert json.loads(done.stdout)["findings"][0]["location"]["path"] == "\\xff.yaml"
    assert " \\xff.yaml:10:57\n" in cmlint(tmp_path, "check").stdout


def test_nothing_of_a_manifest_reaches_the_terminal_as_a_command(tmp_path: Path) -> None:
    name = '"\\e]0;owned\\a\\e[31m\\u202e\\n::error::"'
    write(tmp_path, {"a.yaml": ERROR.replace("name: app", f"name: {name}"), "b.yaml": CONFIG})
    for words in (("check", "--select", "all"), ("check", "--format", "concise"), ("env",)):
        done = cmlint(tmp_path, *words)
        assert "\033" not in done.stdout
        assert "\a" not in done.stdout
        assert "\u202e" not in done.stdout
        assert "\n::error" not in done.stdout


# wrong lines


@pytest.mark.parametrize(
    ("words", "message", "help_"),
    [
        (
            ("check", "--select", "missing-keys"),
            "unknown rule or family `missing-keys`",
            "did you mean `missing-key`?",
        ),
        (("check", "--ignore", "zzzz"), "unknown rule or family `zzzz`", "`cmlint rule` lists them"),
        (("check", "--kubernetes-version", "two"), "`two` is not a Kubernetes version", "write it like `1.31`"),
        (
            ("check", "--config", "no.yaml"),
            "no.yaml: no such file or directory",
            "`--config` takes the path of a file that can be read",
        ),
        (("rule", "missing-keys"), "unknown rule or family `missing-keys`", "did you mean `missing-key`?"),
        (("rule", "zzzz"), "unknown rule or family `zzzz`", "`cmlint rule` lists them"),
        (("env", "-w", "pod/other"), "no workload found with the name `pod/other`", "there are `pod/p`"),
        (("env", "-w", "other"), "no workload found with the name `other`", "there are `p`"),
        (("env", "-n", "a"), "no workload found in the namespace `a`", "there are none"),
    ],
)
def test_a_wrong_word_is_named_with_the_right_one(
    tmp_path: Path, words: tuple[str, ...], message: str, help_: str
) -> None:
    write(tmp_path, {"a.yaml": CLEAN})
    done = cmlint(tmp_path, *words)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", fatal(message, help_))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("check", "--selct", "a"), "--selct"),
        (("check", "--format", "xml"), "xml"),
        (("check", "--output"), "--output"),
        (("chek",), "chek"),
        (("rule", "a", "b"), "b"),
        (("schema", "a"), "a"),
        (("cache", "a"), "a"),
    ],
)
@pytest.mark.parametrize("command", [COMMAND, PLUGIN])
def test_a_wrong_line_is_one_error_and_one_help(
    tmp_path: Path, words: tuple[str, ...], said: str, command: Path
) -> None:
    done = cmlint(tmp_path, *words, command=command)
    error, help_ = done.stderr.splitlines()
    program = "cmlint" if command is COMMAND else "kubectl cmlint"
    assert (done.returncode, done.stdout) == (2, "")
    assert error.startswith("cmlint: error: ") and said in error
    near = {"--selct": "--select", "chek": "check"}.get(said)
    shown = f"`{program}( {words[0]})? --help` shows what it takes"
    assert re.fullmatch(f"help: {f'did you mean `{near}`.' if near else shown}", help_)


def test_an_empty_line_shows_the_help_but_does_not_pass(tmp_path: Path) -> None:
    done = cmlint(tmp_path)
    assert done.returncode == 2
    assert "Usage: cmlint" in done.stdout


# help, version, completion


OF_CLUSTERS = ("audit", "snapshot")
"""The commands whose examples `tests/live/test_audit.py` runs, where there is a cluster."""


@pytest.mark.parametrize("command", [command for command in COMMANDS if command not in OF_CLUSTERS])
def test_help_has_examples_that_run(command: str, tmp_path: Path) -> None:
    write(tmp_path, {"deploy/a.yaml": CLEAN.replace("name: p}", "name: web, namespace: shop}"), "rendered.yaml": CLEAN})
    write(tmp_path, {"buffer.yaml": CLEAN})
    reader = pod("envFrom:", "  - configMapRef:", "      name: web")
    write(tmp_path, {"deploy/web.yaml": f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: web}}\n---\n{reader}"})
    spec = "spec: {selector: {}, template: {spec: {containers: []}}}\n"
    write(tmp_path, {"web.yaml": f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\n{spec}"})
    write(tmp_path, {"charts/shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n"})
    if command == "impact":
        Repository(tmp_path, {}).commit()
        Repository(tmp_path).git("update-ref", "refs/remotes/origin/main", "HEAD")
    done = cmlint(tmp_path, command, "--help")
    examples = re.findall(r"^  cmlint (.*)$", done.stdout, re.MULTILINE)
    assert done.returncode == 0
    assert examples
    own = str(tmp_path / "cache")
    for line in examples:
        if set(line) & set("|&;<>$*?~"):
            start, environment = f"{COMMAND} {line}", {**os.environ, "XDG_CACHE_HOME": own}
            status = subprocess.run(start, shell=True, cwd=tmp_path, env=environment, check=False).returncode
        else:
            status = cmlint(tmp_path, *shlex.split(line), XDG_CACHE_HOME=own).returncode
        assert status in (0, 1), line


def test_the_plugin_is_called_as_kubectl_calls_it(tmp_path: Path) -> None:
    assert "Usage: kubectl cmlint check " in cmlint(tmp_path, "check", "--help", command=PLUGIN).stdout
    assert "\n  kubectl cmlint check\n" in cmlint(tmp_path, "--help", command=PLUGIN).stdout


def test_version(tmp_path: Path) -> None:
    assert cmlint(tmp_path, "--version").stdout == f"cmlint {__version__}\n"


@pytest.mark.parametrize("command", [COMMAND, PLUGIN])
@pytest.mark.parametrize(
    ("line", "proposed"),
    [
        ("", set(COMMANDS)),
        ("rule missing-k", {"missing-key"}),
        ("check --select missing-key,mutable", {"missing-key,mutable-tag"}),
        ("check --form", {"--format"}),
    ],
)
def test_the_shell_completes(tmp_path: Path, command: Path, line: str, proposed: set[str]) -> None:
    variable = f"_{command.name.replace('-', '_').upper()}_COMPLETE"
    script = cmlint(
        tmp_path,
        "--show-completion",
        "bash",
        command=command,
        SHELL="/bin/bash",
        _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1",
    )
    assert variable in script.stdout
    assert f" {command.name}" in script.stdout
    words = f"{command.name} {line}"
    environment = {variable: "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)}
    done = cmlint(tmp_path, command=command, **environment)
    assert set(done.stdout.split()) == proposed


@pytest.mark.parametrize(
    ("words", "proposed"),
    [
        ((), f"{' '.join(COMMANDS)} :0"),
        (("",), f"{' '.join(COMMANDS)} :0"),
        (("rule", "missing-k"), "missing-key :0"),
        (("check", "--select", "all,missing-key,missing-k"), "all,missing-key,missing-key :0"),
        (("check", ""), ":0"),
        (("check", "a b", "--form"), "--format :0"),
    ],
)
def test_kubectl_completes_its_plugin(tmp_path: Path, words: tuple[str, ...], proposed: str) -> None:
    done = cmlint(tmp_path, *words, command=COMMAND.with_name("kubectl_complete-cmlint"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split("\n") == [*proposed.split(), ""]


# rules and the schema


def test_all_rules_are_listed_by_family(tmp_path: Path) -> None:
    done = cmlint(tmp_path, "rule")
    families = [line for line in done.stdout.splitlines() if line and not line.startswith(" ")]
    named = [line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")]
    rules = load_rules()
    assert sorted(named) == sorted(rules)
    assert families == sorted({rule.family for rule in rules.values()})


def test_a_rule_is_read(tmp_path: Path) -> None:
    done = cmlint(tmp_path, "rule", "missing-key")
    head, blank, says, *rest = done.stdout.split("\n")
    assert (head, blank) == ("# missing-key", "")
    assert (
        says
        == "*error, stuck: accepted, but the pod does not start; family `references`, since 0.1.0; fixable, see below*"
    )
    assert "\n".join((head, *rest)) == without_tests(load_rules()["missing-key"].page(), cases=False)
    complete = cmlint(tmp_path, "rule", "missing-key", "--cases").stdout
    assert "## Case: items of volumes count too\n" in complete


def test_rules_for_a_machine(tmp_path: Path) -> None:
    found: dict[str, Any] = json.loads(cmlint(tmp_path, "rule", "--format", "json").stdout)
    rules = load_rules()
    assert found["version"] == 1
    assert [rule["name"] for rule in found["rules"]] == list(rules)
    assert found["rules"][0].keys() == {
        *("name", "family", "summary", "consequence", "severity", "pedantic", "fixable", "since", "status"),
        *("replacement", "url", "page"),
    }
    assert json.loads(cmlint(tmp_path, "rule", "missing-key", "--format", "json").stdout)["rules"][0] in found["rules"]


def test_the_schema_names_every_setting_and_rule(tmp_path: Path) -> None:
    schema = json.loads(cmlint(tmp_path, "schema").stdout)
    settings = schema["properties"]
    assert schema["additionalProperties"] is False
    assert all(setting["description"].endswith(".") for setting in settings.values())
    assert set(load_rules()) < set(settings["select"]["items"]["enum"])
    assert settings["ignore"]["items"] == settings["select"]["items"]
    assert settings["per-path-ignore"]["additionalProperties"]["items"] == settings["select"]["items"]
    assert set(settings) == {field for field in settings if field == field.lower() and "_" not in field}


# how light it is


def modules_after(script: str, folder: Path) -> set[str]:
    """The modules that are there when a script has run."""
    script = f"import sys; {script}; sys.stderr.write(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=True)
    return set(done.stderr.split())


LIGHT = {
    "__future__",
    "array",
    "errno",
    "bisect",
    "_bisect",
    "_blake2",
    "fnmatch",
    "gc",
    "shlex",
    "signal",
    "time",
    "unicodedata",
}
"""What a check may import of the standard library besides what PyYAML and msgspec bring along; each of it is small."""


def test_a_clean_check_imports_nothing_heavy(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": CLEAN})
    found = modules_after("from cmlint.__main__ import main; main(['check', 'a.yaml'])", tmp_path)
    found -= modules_after("import yaml, msgspec", tmp_path)
    assert {name for name in found if name.partition(".")[0] not in ("cmlint", "cmlint_rules")} <= LIGHT
    assert not {name for name in found if name.startswith(("cmlint.cli.app", "cmlint.report.frames"))}


def test_links_to_folders_and_to_nothing_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"a/a.yaml": CLEAN})
    (tmp_path / "a" / "again.yaml").symlink_to(".")
    (tmp_path / "gone.yaml").symlink_to("nowhere")
    done = cmlint(tmp_path, "check")
    assert (done.returncode, done.stdout, done.stderr) == (0, SUMMARY, "")
    assert cmlint(tmp_path, "check", "gone.yaml").returncode == 2
