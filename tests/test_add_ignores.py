"""`--add-ignores`: after it nothing is found, and nothing but comments has changed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.support.command import cmlint
from tests.support.manifests import pod
from tests.support.run import FIXTURES, write
from tests.support.tools import HELM

COMMENT = rb"# cmlint: ignore\[[a-z0-9, -]+\] TODO: say why"

POD = pod("env:")


def check(folder: Path, *words: str) -> tuple[list[str], list[str]]:
    """What is found in a folder, and what is said of it."""
    done = cmlint(folder, "check", ".", "--format", "concise", *words, PATH=f"{HELM.parent}:/usr/bin:/bin")
    assert done.returncode in (0, 1), done.stderr
    plain = re.sub(r"(?m) \(\w+\)(?: \[(?:unsafe )?fix\])?$", "", done.stdout)
    return re.findall(r"(?m)^.+?:\d+:\d+: \w+\[.*$", plain), done.stderr.splitlines()


def add(folder: Path, *words: str) -> tuple[list[str], list[str]]:
    """Adds comments: what is found afterwards, and what is said of it."""
    return check(folder, "--add-ignores", *words)


def texts(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def without_comments(raw: bytes) -> bytes:
    """A text without the comments that were added, as the only thing in their lines or behind something."""
    raw = re.sub(rb"(?:(?<=[\r\n])|\A)[ \t]*" + COMMENT + rb"(?:\r\n|\n|\r)", b"", raw)
    return re.sub(rb"(?:  |(?<=[ \t]))" + COMMENT + rb"(?=[\r\n]|\Z)", b"", raw)


def added(before: str, *words: str, folder: Path, name: str = "pod.yaml") -> str:
    """A text after comments were added to it, which is all that has changed, and after which nothing is found."""
    write(folder, {name: before})
    left, _ = add(folder, *words)
    after = (folder / name).read_bytes()
    assert left == []
    assert without_comments(after) == before.encode()
    return after.decode()


FOLDERS = ["demo", *(f"err/{path.name}" for path in sorted((FIXTURES / "err").iterdir()) if path.name != "json")]
LEFT = {"err/aliases", "err/broken-in-the-middle", "err/tabs", "projects/kustomize-patches"}
"""Where something cannot be parsed, or a patch stands in a string or in JSON."""

BUILT = ["kustomize", "kustomize-overlays", "kustomize-patches", "kustomize-generators", "helm-values", "helm-ci"]


@pytest.mark.parametrize("name", [*FOLDERS, *(f"projects/{name}" for name in BUILT)])
def test_what_can_be_ignored_is_and_nothing_else_changes(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(FIXTURES / name, folder)
    before, found = texts(folder), check(folder)[0]
    left, said = add(folder)
    assert len(found) > len(left) == sum(line.startswith("cmlint: not ignored: ") for line in said)
    assert not left or name in LEFT
    after = texts(folder)
    assert after.keys() == before.keys()
    for path, raw in after.items():
        if raw != before[path]:
            assert without_comments(raw) == before[path], path
    assert check(folder)[0] == left


def test_a_comment_stands_behind_its_line(tmp_path: Path) -> None:
    after = added(POD + "        - name: A\n          value: 1\n", folder=tmp_path)
    assert after.endswith("          value: 1  # cmlint: ignore[non-string-env] TODO: say why\n")


def test_a_comment_stands_above_a_line_that_is_long_or_has_one(tmp_path: Path) -> None:
    name = "A" * 100
    after = added(
        POD + f"        - {{name: {name}, value: 1}}\n        - {{name: B, value: 1}} # one\n", folder=tmp_path
    )
    assert after.endswith(
        "        # cmlint: ignore[non-string-env] TODO: say why\n"
        f"        - {{name: {name}, value: 1}}\n"
        "        # cmlint: ignore[non-string-env] TODO: say why\n"
        "        - {name: B, value: 1} # one\n"
    )


def test_several_findings_of_a_line_share_a_comment(tmp_path: Path) -> None:
    container = "    - {name: web, image: 'web:main', imagePullPolicy: always, env: [{name: A, value: 1}]}\n"
    after = added(POD.partition("    - name")[0] + container, folder=tmp_path)
    assert after.count("# cmlint") == 1
    assert "# cmlint: ignore[invalid-pull-policy, non-string-env] TODO: say why\n" in after


def test_flow_style_over_several_lines(tmp_path: Path) -> None:
    flow = "        - {name: A,\n           value: 1,\n          }\n        - {name: B, value:\n          2}"
    after = added(POD + flow, folder=tmp_path)
    assert "           value: 1,  # cmlint: ignore[non-string-env] TODO: say why\n" in after
    assert after.endswith("          2}  # cmlint: ignore[non-string-env] TODO: say why")


def test_what_stands_below_a_block_scalar(tmp_path: Path) -> None:
    text = POD + "        - name: A\n          value: |+\n            text\n\n        - name: B\n          value: 1\n"
    assert "value: 1  # cmlint" in added(text, folder=tmp_path)


def test_inside_of_a_string_there_is_no_room(tmp_path: Path) -> None:
    kustomization = "resources: [pod.yaml]\npatches:\n  - patch: |\n"
    patch = POD + "        - name: A\n          value: $(NOPE)\n"
    text = kustomization + "".join(f"      {line}\n" for line in patch.splitlines())
    write(tmp_path, {"pod.yaml": POD.partition("      env")[0], "kustomization.yaml": text})
    left, said = add(tmp_path)
    place = "kustomization.yaml:13:24: "
    assert left == [f"{place}warning[undefined-expansion] nothing defines `NOPE`, so `$(NOPE)` stays as it is written"]
    assert said == [
        "cmlint: ignored: 0 findings in 0 files",
        f"cmlint: not ignored: {place}`undefined-expansion`: no comment is possible there; use the annotation "
        "`cmlint.dev/ignore` on the object",
    ]
    assert (tmp_path / "kustomization.yaml").read_text(encoding="utf-8") == text


def test_a_string_over_several_lines_has_its_comment_above(tmp_path: Path) -> None:
    text = POD + "        - name: A\n          value: |\n            one\n            $(NOPE)\n"
    after = added(text, folder=tmp_path)
    assert (
        "        - name: A\n          # cmlint: ignore[undefined-expansion] TODO: say why\n          value: |\n"
        in after
    )


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_breaks_are_those_of_the_file(tmp_path: Path, newline: str) -> None:
    text = POD + "        - name: A\n          value: 1\n        - name: B\n          value: 2 # two\n"
    after = added(text.replace("\n", newline), folder=tmp_path)
    assert f"value: 1  # cmlint: ignore[non-string-env] TODO: say why{newline}" in after
    assert f"# cmlint: ignore[non-string-env] TODO: say why{newline}          value: 2 # two{newline}" in after


def test_a_byte_order_mark_stays_first(tmp_path: Path) -> None:
    config = "kind: ConfigMap # it is\napiVersion: v1\nmetadata: {name: a}\ndata: {a: 1}"
    after = added(f"\ufeff{config}", folder=tmp_path)
    assert after == f"\ufeff{config}  # cmlint: ignore[non-string-data] TODO: say why"


def test_blanks_at_the_end_of_a_line_stay(tmp_path: Path) -> None:
    after = added(POD + "        - name: A\n          value: 1 \t\n", folder=tmp_path)
    assert "value: 1 \t# cmlint" in after


def test_json_has_no_comments(tmp_path: Path) -> None:
    text = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a": 1}}'
    write(tmp_path, {"a.json": text})
    left, said = add(tmp_path)
    assert left[0] == "a.json:1:84: error[non-string-data] the value of `a` must be a string, but it is a number"
    assert said[1] == (
        "cmlint: not ignored: a.json:1:84: `non-string-data`: JSON has no comments; use the annotation "
        "`cmlint.dev/ignore` on the object, or a baseline"
    )
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == text


def test_only_what_is_shown_is_ignored(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": POD + "        - name: A\n          value: 1\n"})
    assert cmlint(tmp_path, "check", "--write-baseline", "b.json").returncode == 0
    write(
        tmp_path, {"pod.yaml": POD + "        - name: A\n          value: 1\n        - name: B\n          value: 2\n"}
    )
    add(tmp_path, "--baseline", "b.json")
    text = (tmp_path / "pod.yaml").read_text(encoding="utf-8")
    assert text.count("# cmlint") == 1 and "value: 2  # cmlint" in text
    assert cmlint(tmp_path, "check", "--baseline", "b.json").returncode == 0


def test_it_can_be_looked_at_first(tmp_path: Path) -> None:
    text = POD + "        - name: A\n          value: 1\n"
    write(tmp_path, {"pod.yaml": text})
    done = cmlint(tmp_path, "check", "--add-ignores", "--diff")
    assert done.returncode == 1
    assert "\n+          value: 1  # cmlint: ignore[non-string-env] TODO: say why\n" in done.stdout
    assert (tmp_path / "pod.yaml").read_text(encoding="utf-8") == text


def test_fixing_and_ignoring_are_two_things(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": POD})
    done = cmlint(tmp_path, "check", "--fix", "--add-ignores")
    assert (done.returncode, done.stderr) == (
        2,
        "cmlint: error: `--add-ignores` does not fix findings\nhelp: fix first, then add comments\n",
    )
