"""A baseline: what it keeps, what it leaves out, and how it shrinks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command import cmlint
from tests.support.manifests import pod
from tests.support.run import FIXTURES, write

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {PORT: '80', HOST: db}\n"
POD = pod(
    "env:",
    "  - name: OLD",
    "    valueFrom: {configMapKeyRef: {name: app, key: OLD}}",
    image="registry.example.com/web:main",
)
OLD = "pod.yaml:10:57: error[missing-key] the ConfigMap `app` has no key `OLD`"
WRITTEN = """\
{
  "version": 2,
  "findings": [
    {"path": "pod.yaml", "rule": "missing-key", "object": "Pod/web/web", "message": "the ConfigMap `app` has no key \
`OLD`", "fingerprint": "FIRST"},
    {"path": "pod.yaml", "rule": "mutable-tag", "object": "Pod/web/web", "message": "the tag `main` moves by its \
name, but nodes pull it only once (`IfNotPresent`, the default): a newer push does not arrive", \
"fingerprint": "SECOND"}
  ]
}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder with two findings, which a baseline keeps."""
    write(tmp_path, {"config.yaml": CONFIG, "pod.yaml": POD})
    done = cmlint(tmp_path, "check", "--write-baseline", "b.json")
    assert (done.returncode, done.stderr) == (
        0,
        "cmlint: note: b.json: 2 findings written (2 added, 0 removed)\n",
    )
    assert done.stdout.splitlines()[1] == "in the baseline: 2 findings"
    return tmp_path


def found(folder: Path, *words: str) -> list[str]:
    """The findings that a baseline does not have, and what is said besides."""
    done = cmlint(folder, "check", "--format", "concise", "-q", *words)
    assert done.returncode in (0, 1), done.stderr
    return [*done.stdout.splitlines(), *done.stderr.splitlines()]


def edit(path: Path, before: str, after: str) -> None:
    """Replaces a text that stands in a file."""
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_an_entry_is_a_line_in_order(shop: Path) -> None:
    text = (shop / "b.json").read_text(encoding="utf-8")
    first, second = (entry["fingerprint"] for entry in json.loads(text)["findings"])
    assert text == WRITTEN.replace("FIRST", first).replace("SECOND", second)
    assert len(first) == len(second) == 32 and first != second


def test_what_is_kept_is_left_out_and_counted(shop: Path) -> None:
    done = cmlint(shop, "check", "--baseline", "b.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert "in the baseline: 2 findings" in done.stdout
    summary = json.loads(cmlint(shop, "check", "--baseline", "b.json", "--format", "json").stdout)["summary"]
    assert (summary["errors"], summary["baselined"]) == (0, 2)


def test_what_is_new_is_shown(shop: Path) -> None:
    edit(shop / "pod.yaml", "key: OLD", "key: NEW")
    assert found(shop, "--baseline", "b.json") == [OLD.replace("`OLD`", "`NEW`")]
    assert cmlint(shop, "check", "--baseline", "b.json").returncode == 1


def test_it_survives_edits_elsewhere_in_the_file(shop: Path) -> None:
    edit(shop / "pod.yaml", "apiVersion", "# A pod.\n---\napiVersion")
    edit(shop / "pod.yaml", "      env:\n", "      env:\n        - {name: NEW, value: a}\n")
    edit(shop / "pod.yaml", "metadata: {name: web}", "metadata: {name: web, namespace: shop}")
    assert found(shop, "--baseline", "b.json") == []


def test_indices_in_a_message_may_shift(tmp_path: Path) -> None:
    mounts = "      volumeMounts:\n        - {name: nope, mountPath: /a}\n"
    write(tmp_path, {"pod.yaml": POD.partition("      env")[0].replace("main", "1.2.3") + mounts})
    assert found(tmp_path, "--write-baseline", "b.json") == [
        "cmlint: note: b.json: 1 finding written (1 added, 0 removed)"
    ]
    edit(tmp_path / "pod.yaml", "volumeMounts:\n", "volumeMounts:\n        - {name: tmp, mountPath: /tmp}\n")
    edit(tmp_path / "pod.yaml", "  containers:", "  volumes: [{name: tmp, emptyDir: {}}]\n  containers:")
    shown = found(tmp_path)
    assert len(shown) == 1 and "`volumeMounts[1].name: nope`" in shown[0]
    assert found(tmp_path, "--baseline", "b.json") == []


def test_a_second_mistake_like_a_kept_one_is_shown(shop: Path) -> None:
    edit(shop / "pod.yaml", POD[POD.index("        - name: OLD") :], POD[POD.index("        - name: OLD") :] * 2)
    shown = found(shop, "--baseline", "b.json", "--select", "missing-key")
    assert shown == [OLD.replace(":10:", ":12:")]
    edit(shop / "pod.yaml", "key: OLD}}\n        - name", "key: OLD}} # cmlint: ignore[all] so be it\n        - name")
    assert found(shop, "--baseline", "b.json", "--select", "missing-key") != []


def test_it_holds_wherever_cmlint_runs(shop: Path) -> None:
    write(shop, {"below/a.txt": "", ".cmlint.yaml": "baseline: b.json\n"})
    assert found(shop) == []
    assert found(shop / "below", "..") == []
    assert found(shop / "below", str(shop)) == []
    assert found(shop.parent, shop.name, "--baseline", f"{shop.name}/b.json") == []
    assert found(shop, "pod.yaml", "config.yaml") == []


def test_it_says_what_is_gone_and_how_to_shrink(shop: Path) -> None:
    edit(shop / "pod.yaml", "web:main", "web:1.2.3")
    note = (
        "cmlint: note: b.json: 1 of its 2 findings no longer occurs; "
        "`--baseline b.json --write-baseline b.json` removes it"
    )
    done = cmlint(shop, "check", "--baseline", "b.json", "--verbose")
    assert (done.returncode, done.stderr) == (0, f"{note}\n")
    assert "in the baseline, but gone:\n  pod.yaml: [mutable-tag] the tag `main` moves by its name, " in done.stdout
    gone = json.loads(cmlint(shop, "check", "--baseline", "b.json", "--format", "json").stdout)["gone"]
    assert [(entry["path"], entry["rule"]) for entry in gone] == [("pod.yaml", "mutable-tag")]
    assert found(shop, "--baseline", "b.json") == []  # quiet

    edit(shop / "pod.yaml", "key: OLD", "key: NEW")
    shown = found(shop, "--baseline", "b.json", "--write-baseline", "b.json")
    assert shown == [
        OLD.replace("`OLD`", "`NEW`"),
        "cmlint: note: b.json: 2 of 2 findings removed, because no longer found",
    ]
    assert json.loads((shop / "b.json").read_text(encoding="utf-8"))["findings"] == []


def test_what_a_comment_suppresses_need_not_be_kept(shop: Path) -> None:
    edit(shop / "pod.yaml", "web:main", "web:main # cmlint: ignore[mutable-tag] a sandbox")
    done = cmlint(shop, "check", "--baseline", "b.json")
    assert done.stderr.startswith("cmlint: note: b.json: 1 of its 2 findings no longer occurs; ")


@pytest.mark.parametrize(
    "words", [("config.yaml",), ("--select", "images", "--ignore", "mutable-tag"), ("--ignore", "images,references")]
)
def test_a_run_that_does_not_look_there_tells_nothing_of_it(shop: Path, words: tuple[str, ...]) -> None:
    edit(shop / "pod.yaml", "web:main", "web:1.2.3")
    edit(shop / "pod.yaml", "key: OLD", "key: HOST")
    assert cmlint(shop, "check", "--baseline", "b.json", *words).stderr == ""
    assert cmlint(shop, "check", "--write-baseline", "b.json", *words).returncode == 0
    assert len(json.loads((shop / "b.json").read_text(encoding="utf-8"))["findings"]) == 2
    assert found(shop, "--write-baseline", "b.json") == [
        "cmlint: note: b.json: 0 findings written (0 added, 2 removed)"
    ]


def test_what_only_a_pedantic_run_finds_is_not_gone_for_another(shop: Path) -> None:
    (shop / "b.json").unlink()
    assert cmlint(shop, "check", "--pedantic", "--write-baseline", "b.json").returncode == 0
    text = (shop / "b.json").read_text(encoding="utf-8")
    assert '"pedantic": true' in text and "unused-key" in text
    assert cmlint(shop, "check", "--write-baseline", "b.json").returncode == 0
    assert found(shop, "--baseline", "b.json", "--pedantic") == []
    assert cmlint(shop, "check", "--baseline", "b.json").stderr == ""
    edit(shop / "config.yaml", ", HOST: db", "")
    assert "no longer occur" in cmlint(shop, "check", "--baseline", "b.json", "--pedantic").stderr


def test_nothing_is_written_where_not_everything_was_read(shop: Path) -> None:
    before = (shop / "b.json").read_bytes()
    done = cmlint(shop, "check", ".", "nope.yaml", "--write-baseline", "b.json")
    assert (done.returncode, done.stderr.splitlines()) == (
        2,
        [
            "cmlint: error: nope.yaml: no such file or folder",
            "cmlint: error: b.json: not written: not everything could be checked",
            "help: fix what is reported above, or leave it out with `--exclude`",
        ],
    )
    assert (shop / "b.json").read_bytes() == before


def test_no_value_of_a_secret_is_kept(tmp_path: Path) -> None:
    folder = FIXTURES / "secrets"
    done = cmlint(folder, "check", "--pedantic", "--write-baseline", str(tmp_path / "b.json"), "--exclude", "broken*")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "b.json").read_text(encoding="utf-8")
    assert "missing" in text or "secret" in text
    assert "hunter2" not in text and "aHVudGVy" not in text


@pytest.mark.parametrize(
    ("text", "message", "help_"),
    [
        (None, "x.json: no such file", "`--write-baseline x.json` writes it"),
        (
            "{",
            "x.json: not a baseline: input data was truncated",
            "fix it, or delete it and run `--write-baseline` again",
        ),
        (
            '{"version": 3, "findings": []}',
            "x.json: a baseline of version 3, and this cmlint reads versions up to 2",
            "use the version of cmlint that wrote it, or delete it and run `--write-baseline` again",
        ),
        (
            '{"version": 1, "findings": [{"rule": 1}]}',
            "x.json: not a baseline: expected `str`, got `int`",
            "fix it, or delete it and run `--write-baseline` again",
        ),
        (
            '{"version": 1, "findings": [\n<<<<<<< ours\n]}',
            "x.json: not a baseline: it contains merge conflict markers",
            "fix it, or delete it and run `--write-baseline` again",
        ),
    ],
)
def test_a_baseline_that_cannot_be_read(shop: Path, text: str | None, message: str, help_: str) -> None:
    if text is not None:
        write(shop, {"x.json": text})
    for config, words in (("", ("--baseline", "x.json")), ("baseline: x.json\n", ())):
        write(shop, {".cmlint.yaml": config})
        done = cmlint(shop, "check", "pod.yaml", *words)
        assert (done.returncode, done.stderr) == (2, f"cmlint: error: {message}\nhelp: {help_}\n")
    write(shop, {".cmlint.yaml": "baseline: x.json\n"})
    (shop / "x.json").unlink(missing_ok=True)
    assert cmlint(shop, "check", "--write-baseline", "x.json").returncode == 0
    assert cmlint(shop, "check").returncode == 0


OLDER = """\
{
  "version": 1,
  "findings": [
    {"path": "pod.yaml", "rule": "missing-key", "object": "Pod/web/web", "message": "the ConfigMap \
`app` has no key `OLD`", "fingerprint": "0e8b5256c1fd850c3e41ace5c8ff378d"},
    {"path": "gone.yaml", "rule": "missing-key", "object": "Pod/web/web", "message": "x", "fingerprint": "00"}
  ]
}
"""


def test_a_baseline_of_version_1_is_read_and_rewritten(shop: Path) -> None:
    newer = json.loads((shop / "b.json").read_text(encoding="utf-8"))["findings"][0]["fingerprint"]
    (shop / "b.json").write_text(OLDER, encoding="utf-8")
    assert [line.partition("[")[2][:11] for line in found(shop, "--baseline", "b.json")] == ["mutable-tag"]
    assert "b.json" not in (shop / "config.yaml").read_text(encoding="utf-8")
    found(shop, "--baseline", "b.json", "--write-baseline", "b.json")
    written = json.loads((shop / "b.json").read_text(encoding="utf-8"))
    assert written["version"] == 2
    assert [entry["fingerprint"] for entry in written["findings"]] == [newer]
    assert [line.partition("[")[2][:11] for line in found(shop, "--baseline", "b.json")] == ["mutable-tag"]
