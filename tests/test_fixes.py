"""`cmlint check --fix` and `--diff`: what is changed, what is refused and why, and what is said of it."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from cmlint.fixes.selection import meets
from cmlint.model.findings import Edit
from tests.support import run
from tests.support.command import cmlint

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {HOST: a}\n"
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: registry.example.com/web:develop
      env:
        - name: PORT
          value: 8080
        - name: HOST
          valueFrom: {configMapKeyRef: {name: app, key: HOTS}}
"""
SAFE = POD.replace("develop\n", "develop\n      imagePullPolicy: Always\n").replace("8080", '"8080"')
ALL = SAFE.replace("HOTS", "HOST")


def write(folder: Path, files: dict[str, str]) -> None:
    """Writes files, and beside them the script that pushes the image: only so is it safe to let nodes pull it."""
    run.write(folder, {"push.sh": "docker push registry.example.com/web:develop\n", **files})


def read(path: Path) -> str:
    """A file's text, its line ends as they are."""
    return path.read_bytes().decode()


def test_safe_fixes_are_made_and_the_rest_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": POD, "config.yaml": CONFIG})
    done = cmlint(tmp_path, "check", "--fix", "--format", "concise")
    assert read(tmp_path / "pod.yaml") == SAFE
    assert done.stderr == "cmlint: fixed: 2 findings in 1 file\n"
    assert done.stdout.splitlines() == [
        "pod.yaml:13:57: error[missing-key] the ConfigMap `app` has no key `HOTS` (stuck) [unsafe fix]",
        "1 error in 2 files (2 documents, 1 container, 1 reference)",
        "fixable: 1 finding with `--fix --unsafe-fixes`, which may not be what you meant",
    ]
    assert done.returncode == 1


def test_unsafe_fixes_are_made_when_asked_for(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": POD, "config.yaml": CONFIG})
    done = cmlint(tmp_path, "check", "--fix", "--unsafe-fixes")
    assert (done.returncode, read(tmp_path / "pod.yaml")) == (0, ALL)
    assert done.stdout == "no problems in 2 files (2 documents, 1 container, 1 reference)\n"
    assert done.stderr == "cmlint: fixed: 3 findings in 1 file\n"
    again = cmlint(tmp_path, "check", "--fix", "--unsafe-fixes")
    assert again.stderr == "cmlint: fixed: 0 findings in 0 files\n"


def test_the_summary_says_what_can_be_fixed(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": POD, "config.yaml": CONFIG})
    told = "fixable: 2 findings with `--fix`, 1 more with `--fix --unsafe-fixes`, which may not be what you meant"
    assert cmlint(tmp_path, "check").stdout.splitlines()[-1] == told
    assert read(tmp_path / "pod.yaml") == POD


DIFF = """\
--- pod.yaml
+++ pod.yaml
@@ -5,8 +5,9 @@
   containers:
     - name: web
       image: registry.example.com/web:develop
+      imagePullPolicy: Always
       env:
         - name: PORT
-          value: 8080
+          value: "8080"
         - name: HOST
           valueFrom: {configMapKeyRef: {name: app, key: HOTS}}
"""


def test_a_diff_is_shown_and_nothing_written(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": POD, "config.yaml": CONFIG})
    done = cmlint(tmp_path, "check", "--diff")
    assert (done.stdout, done.returncode, read(tmp_path / "pod.yaml")) == (DIFF, 1, POD)
    assert done.stderr.splitlines() == [
        "cmlint: would be fixed: 2 findings in 1 file",
        "cmlint: fixable: 1 finding with `--fix --unsafe-fixes`, which may not be what you meant",
    ]
    assert (cmlint(tmp_path, "check", "--diff", "--fix").stdout, read(tmp_path / "pod.yaml")) == (DIFF, POD)


def test_a_diff_without_anything_is_no_failure(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": SAFE, "config.yaml": CONFIG})
    done = cmlint(tmp_path, "check", "--diff", "--quiet")
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_a_diff_can_be_applied(tmp_path: Path) -> None:
    import subprocess

    text = POD.replace("\n", "\r\n").removesuffix("\r\n")
    write(tmp_path, {"pod.yaml": text, "config.yaml": CONFIG})
    done = cmlint(tmp_path, "check", "--diff", "--unsafe-fixes", "--output", "a.diff")
    assert done.stdout == ""
    subprocess.run(["git", "apply", "-p0", "--whitespace=nowarn", "a.diff"], cwd=tmp_path, check=True)
    assert read(tmp_path / "pod.yaml") == ALL.replace("\n", "\r\n").removesuffix("\r\n")


def test_a_diff_has_colours_where_they_are_wanted(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": POD, "config.yaml": CONFIG})
    lines = cmlint(tmp_path, "check", "--diff", "--color", "always").stdout.splitlines()
    assert "\033[32m+      imagePullPolicy: Always\033[0m" in lines
    assert "\033[1;31m-          value: 8080\033[0m" in lines


def test_the_value_of_a_secret_is_not_shown(tmp_path: Path) -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: app}\nstringData:\n  PIN: 4711\n  A: other\n"
    write(tmp_path, {"secret.yaml": secret})
    for words in (("--diff",), ("--format", "json"), ("--fix",)):
        done = cmlint(tmp_path, "check", *words)
        assert "4711" not in done.stdout + done.stderr
        assert "other" not in done.stdout + done.stderr
    assert read(tmp_path / "secret.yaml") == secret.replace("4711", '"4711"')


def test_the_json_has_the_edits(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": POD, "config.yaml": CONFIG})
    found = json.loads(cmlint(tmp_path, "check", "--format", "json", "--select", "non-string-env").stdout)["findings"]
    start, end = POD.index("8080"), POD.index("8080") + 4
    edits = [{"path": "pod.yaml", "start": at, "end": at, "text": '"'} for at in (start, end)]
    assert found[0]["fixes"] == [{"title": "quote it", "safe": True, "edits": edits}]


def test_bytes_that_are_not_edited_stay(tmp_path: Path) -> None:
    text = "\ufeff# é\r\n" + POD.replace("develop\n", "develop   \t\n").replace("\n", "\r\n") + "# end  \r\n\r\n"
    write(tmp_path, {"pod.yaml": text, "config.yaml": CONFIG})
    cmlint(tmp_path, "check", "--fix", "--unsafe-fixes")
    added = text.replace("   \t\r\n", "   \t\r\n      imagePullPolicy: Always\r\n")
    assert read(tmp_path / "pod.yaml") == added.replace("8080", '"8080"').replace("HOTS", "HOST")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_stays_utf_16(tmp_path: Path, encoding: str) -> None:
    write(tmp_path, {"config.yaml": CONFIG})
    (tmp_path / "pod.yaml").write_bytes(f"\ufeff{POD}".encode(encoding))
    assert cmlint(tmp_path, "check", "--fix", "--unsafe-fixes").returncode == 0
    assert (tmp_path / "pod.yaml").read_bytes() == f"\ufeff{ALL}".encode(encoding)


# what is refused


def test_a_fix_that_would_bring_another_problem_is_refused(tmp_path: Path) -> None:
    pod = POD.replace("configMapKeyRef: {name: app, key: HOTS}", "configMapKeyref: {name: app, key: NOWHERE}")
    write(tmp_path, {"pod.yaml": pod.replace("8080", '"8080"').replace("develop", "1.0.0"), "config.yaml": CONFIG})
    done = cmlint(tmp_path, "check", "--fix", "--unsafe-fixes", "--format", "concise")
    assert done.stderr.splitlines() == [
        "cmlint: fixed: 0 findings in 0 files",
        "cmlint: not fixed: pod.yaml:12:23: `malformed-reference`: `missing-key` would be found at pod.yaml:12:57",
    ]
    assert done.stdout.splitlines()[-1] == "1 error in 2 files (2 documents, 1 container, 0 references)"


def test_what_cannot_be_fixed_does_not_hold_up_the_rest(tmp_path: Path) -> None:
    port = "        - name: P{0}\n          value: {0}\n"
    pod = POD.replace("HOTS", "HOST") + "".join(port.format(i) for i in range(20))
    wrong = "        - name: WRONG\n          valueFrom: {configMapKeyref: {name: app, key: NOWHERE}}\n"
    write(tmp_path, {"pod.yaml": pod + wrong, "config.yaml": CONFIG})
    done = cmlint(tmp_path, "check", "--fix", "--unsafe-fixes")
    assert done.stderr.splitlines()[0] == "cmlint: fixed: 22 findings in 1 file"
    why = "`malformed-reference`: `missing-key` would be found at pod.yaml:55:57"
    assert done.stderr.splitlines()[1] == f"cmlint: not fixed: pod.yaml:55:23: {why}"
    assert read(tmp_path / "pod.yaml").count('value: "') == 21


def test_a_value_that_an_alias_uses_elsewhere_is_left_alone(tmp_path: Path) -> None:
    pod = POD.replace("value: 8080", "value: &port 8080").replace(
        "      env:", "      ports: [{containerPort: *p}]\n      env:"
    )
    pod = pod.replace("      ports: [{containerPort: *p}]\n", "") + "      ports:\n        - containerPort: *port\n"
    write(tmp_path, {"pod.yaml": pod, "config.yaml": CONFIG})
    done = cmlint(tmp_path, "check", "--fix", "--select", "non-string-env")
    why = "it would change what an alias elsewhere refers to"
    assert done.stderr.splitlines()[1] == f"cmlint: not fixed: pod.yaml:10:24: `non-string-env`: {why}"
    assert read(tmp_path / "pod.yaml") == pod


def test_a_text_that_cannot_be_proven_is_left_alone(tmp_path: Path) -> None:
    pod = POD.replace("value: 8080", 'value: 8080\n        - name: E\n          value: "a\\\'b"')
    write(tmp_path, {"pod.yaml": pod, "config.yaml": CONFIG})
    done = cmlint(tmp_path, "check", "--fix", "--select", "non-string-env")
    why = "ruamel.yaml, which proves it, cannot read the text"
    assert done.stderr.splitlines()[1] == f"cmlint: not fixed: pod.yaml:10:18: `non-string-env`: {why}"
    assert read(tmp_path / "pod.yaml") == pod


def test_standard_input_is_refused(tmp_path: Path) -> None:
    done = cmlint(tmp_path, "check", "-", "--fix", stdin=POD)
    message = "cmlint: error: standard input cannot be fixed\nhelp: give the files or folders to fix\n"
    assert (done.stdout, done.stderr, done.returncode) == ("", message, 2)


def test_unsafe_fixes_alone_are_refused(tmp_path: Path) -> None:
    done = cmlint(tmp_path, "check", "--unsafe-fixes")
    message = "cmlint: error: `--unsafe-fixes` needs `--fix` or `--diff`\nhelp: add `--fix` or `--diff`\n"
    assert (done.stdout, done.stderr, done.returncode) == ("", message, 2)


def test_a_suppressed_finding_is_not_fixed(tmp_path: Path) -> None:
    pod = SAFE.replace('"8080"', "8080 # cmlint: ignore[non-string-env] a webhook does").replace("HOTS", "HOST")
    write(tmp_path, {"pod.yaml": pod, "config.yaml": CONFIG})
    assert cmlint(tmp_path, "check", "--fix").stderr == "cmlint: fixed: 0 findings in 0 files\n"
    assert read(tmp_path / "pod.yaml") == pod


# files


def test_mode_owner_and_links_are_kept(tmp_path: Path) -> None:
    write(tmp_path, {"real/pod.yaml": POD, "check/config.yaml": CONFIG})
    real, link = tmp_path / "real" / "pod.yaml", tmp_path / "check" / "pod.yaml"
    real.chmod(0o640)
    if os.getuid() == 0:
        os.chown(real, 1234, 5678)
    before = real.stat()
    link.symlink_to("../real/pod.yaml")
    assert cmlint(tmp_path / "check", "check", "pod.yaml", "config.yaml", "--fix", "--unsafe-fixes").returncode == 0
    assert (read(real), os.readlink(link)) == (ALL, "../real/pod.yaml")
    after = real.stat()
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)
    assert stat.S_IMODE(after.st_mode) == 0o640
    assert sorted(os.listdir(tmp_path / "real")) == ["pod.yaml"]


def test_a_file_with_two_names_in_the_folder_is_fixed_once(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": POD, "config.yaml": CONFIG})
    (tmp_path / "same.yaml").symlink_to("pod.yaml")
    done = cmlint(tmp_path, "check", "--fix", "--unsafe-fixes")
    assert done.stderr == "cmlint: fixed: 6 findings in 1 file\n"
    assert read(tmp_path / "pod.yaml") == ALL


def test_a_file_with_a_hard_link_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": POD, "config.yaml": CONFIG})
    os.link(tmp_path / "pod.yaml", tmp_path / "pod.txt")
    done = cmlint(tmp_path, "check", "--fix", "--format", "concise", "--select", "non-string-env")
    why = "not fixed: the file has another name (a hard link), which would keep the old text"
    assert done.stderr == f"cmlint: error: pod.yaml: {why}\n"
    assert "error[non-string-env]" in done.stdout
    assert (done.returncode, read(tmp_path / "pod.yaml")) == (2, POD)


@pytest.mark.parametrize(
    ("other", "met"),
    [((0, 3), False), ((0, 4), True), ((4, 4), True), ((5, 5), True), ((6, 6), True), ((6, 9), True), ((7, 9), False)],
)
def test_edits_that_touch_are_made_one_after_the_other(other: tuple[int, int], met: bool) -> None:
    one, two = Edit("a.yaml", 4, 6, "x"), Edit("a.yaml", *other, "y")
    assert (meets(one, two), meets(two, one)) == (met, met)


def test_an_equal_variable_is_not_taken_out_safely(tmp_path: Path) -> None:
    equal = "{name: LEVEL, value: debug}"
    container = f"{{name: a, image: 'a/b:1.0.0', env: [{equal}, {equal}]}}"
    pod = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  containers:\n    - {container}\n"
    write(tmp_path, {"a.yaml": pod})
    done = cmlint(tmp_path, "check", "--fix", "--select", "duplicate-env")
    assert read(tmp_path / "a.yaml") == pod
    assert "apply` twice, or once" in " ".join(done.stdout.split()) and "`--server-side`" in done.stdout
    cmlint(tmp_path, "check", "--fix", "--unsafe-fixes", "--select", "duplicate-env")
    assert read(tmp_path / "a.yaml").count("LEVEL") == 1
