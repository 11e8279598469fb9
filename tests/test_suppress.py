"""What is suppressed, by what, and which suppressions were not needed."""

from __future__ import annotations

import re
from math import inf
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.material import Material
from cmlint.config.config import Config
from cmlint.config.selection import select, settings_of
from cmlint.engine.engine import Engine, crashed
from cmlint.engine.rules import Draft
from cmlint.engine.suppress import Suppressions
from cmlint.manifest.documents import read_text
from cmlint.model.facts import Ignore, Span
from cmlint.model.findings import Finding, Location, Suppression
from cmlint.model.outcome import Outcome
from cmlint.texts import Texts
from tests.support.run import ROOT, rules


class Run(NamedTuple):
    """What a run over texts gave."""

    outcome: Outcome
    unused: list[str]

    @property
    def found(self) -> list[str]:
        """The findings, each as `path:line rule`."""
        return list(map(shown, self.outcome.findings))

    @property
    def suppressed(self) -> list[str]:
        """What was suppressed, in the same form."""
        return list(map(shown, self.outcome.suppressed))


def shown(finding: Finding) -> str:
    return f"{finding.location.path}:{finding.location.start.line} {finding.rule}"


def run(*bundles: dict[str, str], config: Config | None = None, enabled: bool = True) -> Run:
    """Lints texts by their paths, each mapping a bundle, with the rules as the configuration selects them."""
    config = config or Config(pedantic=True, preview=True)
    known = dict(rules())
    texts = {path: text for files in bundles for path, text in files.items()}
    selected, chosen = select(known, config)
    suppressions = Suppressions(config.per_path_ignore, known, enabled=enabled)
    read = [Bundle(Material(files=[(path, read_text(text)) for path, text in files.items()])) for files in bundles]
    outcome = Engine(selected, settings_of(config), Texts(texts.__getitem__), chosen).run(read, suppressions)
    assert not outcome.crashed
    wanted = {rule.name for rule in selected if config.pedantic or rule.name in chosen}
    unused = [entry for bundle in read for entry in suppressions.unused(bundle, lambda _: wanted)]
    return Run(outcome, [words(texts[placed.path], ignore) for placed, ignore in unused])


def words(text: str, ignore: Ignore) -> str:
    """The only name of an unused suppression where it stands, or all of one that is written wrongly."""
    names = [(rule.value, text[rule.start : rule.end]) for rule in ignore.rules]
    assert all(name == written for name, written in names)
    return names[0][0] if names else text[ignore.span.start : ignore.span.end]


def manifest(*comments: str, config: str = "", annotation: str = "") -> str:
    """A ConfigMap and a Pod that misses one of its keys in line 18; comments stand at the end of that line."""
    return (
        "apiVersion: v1\n"
        "kind: ConfigMap\n"
        f"metadata: {{name: app}}{config}\n"
        "data: {color: blue}\n"
        "---\n"
        "apiVersion: v1\n"
        "kind: Pod\n"
        "metadata:\n"
        "  name: web\n"
        f"  annotations: {{cmlint.dev/ignore: '{annotation}'}}\n"
        "spec:\n"
        "  containers:\n"
        "  - name: web\n"
        "    image: web:1.0.0\n"
        "    env:\n"
        "    - name: COLOR\n"
        "      valueFrom:\n"
        f"        configMapKeyRef: {{name: app, key: colour}}{''.join(f' {comment}' for comment in comments)}\n"
    )


ONLY = Config(select=("missing-key",))
FINDING = ["a.yaml:18 missing-key"]


def test_without_a_suppression_it_is_found() -> None:
    assert run({"a.yaml": manifest()}, config=ONLY).found == FINDING


@pytest.mark.parametrize("name", ["missing-key", "references", "all"])
@pytest.mark.parametrize(
    "text",
    [
        manifest("# cmlint: ignore[NAME] why"),
        manifest("# cmlint: ignore[missing-secret, NAME]"),
        manifest("# nothing # cmlint: ignore[NAME]"),
        manifest(config=" # cmlint: ignore[NAME]"),
        manifest().replace("metadata: {name: app}", "# cmlint: ignore[NAME]\nmetadata: {name: app}"),
        manifest().replace("        configMap", "        # cmlint: ignore[NAME]\n# more\n        configMap"),
        manifest(annotation="NAME"),
        manifest(annotation="invalid-image, NAME"),
    ],
    ids=[
        "at-the-end",
        "second",
        "behind-words",
        "related",
        "above-related",
        "above",
        "annotation",
        "second-annotation",
    ],
)
def test_what_suppresses_it(text: str, name: str) -> None:
    result = run({"a.yaml": text.replace("NAME", name)}, config=ONLY)
    assert result.found == []
    assert [line.partition(" ")[2] for line in result.suppressed] == ["missing-key"]


@pytest.mark.parametrize(
    "text",
    [
        manifest("# cmlint: ignore[missing-secret, images, mising-key]"),
        manifest("# cmlint: ignore missing-key"),
        manifest("# cmlint: ignore"),
        manifest().replace("        configMap", "        # cmlint: ignore[all]\n\n        configMap"),
        manifest().replace("      valueFrom:", "      valueFrom: # cmlint: ignore[all]"),
        manifest() + "# cmlint: ignore[all]\n",
        manifest().replace("data: {", "data: { # cmlint: ignore[all]\n"),
        manifest().replace("\nspec:", "\n  labels: {a: '# cmlint: ignore[all]'}\nspec:"),
        manifest().replace("metadata: {name: app}", "metadata: {name: app, annotations: {cmlint.dev/ignore: all}}"),
        manifest(annotation="missing-secret"),
    ],
    ids=[
        "other-names",
        "no-list",
        "no-list-and-no-name",
        "blank-line-between",
        "line-above",
        "below",
        "elsewhere-in-the-other-object",
        "in-a-string",
        "annotation-of-the-other-object",
        "annotation-with-another-name",
    ],
)
def test_what_does_not_suppress_it(text: str) -> None:
    result = run({"a.yaml": text}, config=ONLY)
    assert [line.partition(" ")[2] for line in result.found] == ["missing-key"]
    assert result.suppressed == []


@pytest.mark.parametrize(
    ("place", "lines"),
    [
        (r"COLOR", [16]),
        (r"COLOR.*valueFrom", [16, 17]),
        (r"COLOR[^\n]*\n", [16]),
        (r"(?=valueFrom)", [17]),
        (r"apiVersion[^\n]*\nkind: Pod", [6, 7]),
        (r"apiVersion[^\n]*\nkind: Pod.*colour}", [6]),
    ],
    ids=["word", "two-lines", "with-the-line-end", "empty", "first-lines", "whole-object"],
)
def test_each_line_of_a_place_counts(place: str, lines: list[int]) -> None:
    """Of a whole object only the first does: a comment further down is about something in it."""

    def covers(number: int) -> bool:
        rows = manifest().split("\n")
        rows[number - 1] += " # cmlint: ignore[missing-key]"
        text = "\n".join(rows)
        _, placed = Bundle(Material(files=[("a.yaml", read_text(text))])).placed
        found = re.search(place, text, re.DOTALL)
        assert found
        draft = Draft(placed, Span(*found.span()), "a finding")
        return Suppressions({}, rules()).covering(rules()["missing-key"], draft) is not None

    assert [number for number in range(1, 19) if covers(number)] == lines


def test_a_comment_above_an_entry_does_not_stand_in_the_one_before() -> None:
    entries = [
        "    - name: A\n      valueFrom:\n        configMapKeyRef:\n          name: app\n          key: color",
        "    - name: B",
    ]
    above = "\n    # cmlint: ignore[missing-key]\n"
    text = manifest().partition("    - name")[0] + above.join(entries)
    _, placed = Bundle(Material(files=[("a.yaml", read_text(text))])).placed
    (first, second) = placed.document.pods[0].containers[0].env
    covered = [
        Suppressions({}, rules()).covering(rules()["missing-key"], Draft(placed, e.span, "")) for e in (first, second)
    ]
    assert covered == [None, Suppression("inSource", reason="")]
    assert f"    - {text[first.span.start : first.span.end]}" == entries[0]


def test_paths_of_the_configuration() -> None:
    """They are relative to the root by the time they get here."""
    texts = {"dev/a.yaml": manifest(), "prod/a.yaml": manifest()}
    for pattern, words_, left in (
        ("**/dev/", ("missing-key",), ["prod/a.yaml:18 missing-key"]),
        ("**/dev/*.yaml", ("references",), ["prod/a.yaml:18 missing-key"]),
        ("a.yaml", ("images", "all"), []),
        ("**/dev/", ("images",), ["dev/a.yaml:18 missing-key", "prod/a.yaml:18 missing-key"]),
        ("/dev/", ("all",), ["dev/a.yaml:18 missing-key", "prod/a.yaml:18 missing-key"]),
    ):
        settled = Config(select=("missing-key",), per_path_ignore={pattern: words_})
        assert run(texts, config=settled).found == left, pattern


def test_when_suppressions_are_off() -> None:
    text = manifest("# cmlint: ignore[missing-key, no-such-rule]", annotation="all")
    settled = Config(pedantic=True, select=("missing-key",), per_path_ignore={"a.yaml": ("all",)})
    result = run({"a.yaml": text}, config=settled, enabled=False)
    assert (result.found, result.suppressed, result.unused) == (FINDING, [], [])


# what was not needed


@pytest.mark.parametrize(
    ("text", "unused"),
    [
        (manifest("# cmlint: ignore[missing-key]"), []),
        (manifest("# cmlint: ignore[missing-key, missing-secret, images]"), ["missing-secret", "images"]),
        (manifest("# cmlint: ignore[missing-key, references, all]", annotation="missing-key"), []),
        (manifest("# cmlint: ignore[mising-key]"), ["mising-key"]),
        (manifest("# cmlint: ignore missing-key"), ["# cmlint: ignore missing-key"]),
        (manifest("# cmlint: ignore[]"), ["# cmlint: ignore[]"]),
        (manifest(annotation="missing-key, missing-secret, other"), ["missing-secret", "other"]),
        (manifest(config=" # cmlint: ignore[missing-key]"), []),
        (manifest().replace("---\n", "# cmlint: ignore[missing-key]\n---\n"), ["missing-key"]),
        (manifest() + "# cmlint: ignore[all]\n", ["all"]),
    ],
)
def test_unused(text: str, unused: list[str]) -> None:
    assert run({"a.yaml": text}).unused == unused


@pytest.mark.parametrize(
    ("config", "unused"),
    [
        (Config(pedantic=True, preview=True), ["missing-secret", "images", "all", "typo"]),
        (Config(select=("all",), preview=True), ["missing-secret", "images", "all", "typo"]),
        (Config(pedantic=True), ["missing-secret", "images", "typo"]),
        (Config(), ["typo"]),
        (Config(pedantic=True, ignore=("mutable-tag",)), ["missing-secret", "typo"]),
        (Config(pedantic=True, select=("missing-secret",)), ["missing-secret", "typo"]),
        (Config(select=("images",)), ["images", "typo"]),
        (Config(select=("missing-configmap",)), ["typo"]),
    ],
)
def test_a_name_is_unused_only_where_all_that_it_means_was_looked_for(config: Config, unused: list[str]) -> None:
    """The default run leaves pedantic findings out, so it cannot know that a comment is not for one of them."""
    text = manifest().replace("kind: Pod", "kind: Pod # cmlint: ignore[missing-secret, images, all, typo]")
    assert run({"a.yaml": text}, config=config).unused == unused


def test_a_comment_for_a_pedantic_finding_is_used_when_that_is_asked_for() -> None:
    text = manifest().replace("web:1.0.0", "registry.example.com/web:1 # cmlint: ignore[mutable-tag]")
    for config, suppressed in ((Config(pedantic=True), ["a.yaml:14 mutable-tag"]), (Config(), [])):
        result = run({"a.yaml": text}, config=config)
        assert (result.suppressed, result.unused) == (suppressed, [])


def test_where_nothing_was_read_nothing_is_unused() -> None:
    idle = "# cmlint: ignore[images, typo]"
    broken = f"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: b}}\n{idle}\ndata: {{\n"
    template = f"---\napiVersion: v1\nkind: ConfigMap {idle}\ndata:\n  {{{{ .Values.image }}}}\n"
    patch = f"{idle}\n---\napiVersion: apps/v1\nkind: Deployment {idle}\nspec: {{strategy: {{image: a}}}}\n"
    for part in (broken, template, patch):
        assert set(run({"a.yaml": manifest() + part}).unused) == {"typo"}
        assert set(run({"a.yaml": f"{part}---\n{manifest()}"}).unused) == {"typo"}
    assert run({"a.yaml": f"a: b {idle}\n"}).unused == []


def test_bundles_do_not_know_of_each_other() -> None:
    """A text that stands in two bundles is needed as soon as one of them needs it."""
    text = manifest("# cmlint: ignore[missing-key]")
    config, _, pod = text.partition("---\n")
    other = {"b.yaml": manifest("# cmlint: ignore[missing-secret]", annotation="missing-key")}
    assert run({"a.yaml": text}, other).unused == ["missing-secret"]
    whole, half = {"config.yaml": config, "pod.yaml": pod}, {"pod.yaml": pod}
    assert run(half).unused == ["missing-key"]
    assert run(whole, half).unused == run(half, whole).unused == []


def test_what_is_said_of_suppressions_is_suppressed_by_its_rule_alone() -> None:
    def found(comment: str) -> list[str]:
        outcome = run({"a.yaml": f"{comment}\n{manifest(annotation='missing-key')}"}).outcome
        return [f.message.split("`")[1] for f in outcome.findings if f.rule in ("unused-ignore", "malformed-ignore")]

    assert found("# cmlint: ignore[images]") == ["images"]
    assert found("# cmlint: ignore[image]") == ["image"]
    assert found("# cmlint: ignore[images, unused-ignore]") == []
    assert found("# cmlint: ignore[unused-ignore, images]") == []
    assert found("# cmlint: ignore[unused-ignore]") == ["unused-ignore"]
    assert found("# cmlint: ignore[images, reading]") == ["images", "reading"]
    assert found("# cmlint: ignore[all]") == ["all"]
    assert found("# nothing") == []


def test_an_unknown_name_is_told_with_the_nearest_one() -> None:
    """Whatever rules have run besides."""
    text = manifest("# cmlint: ignore[mising-key, missing-key]")
    (finding,) = run({"a.yaml": text}, config=Config(select=("malformed-ignore",))).outcome.findings
    assert finding.message == "unknown rule or family `mising-key` in a suppression"
    assert finding.help == "did you mean `missing-key`?"
    assert text[finding.location.start.offset : finding.location.end.offset] == "mising-key"


def test_equal_findings_are_counted_once_when_they_are_suppressed() -> None:
    text = manifest("# cmlint: ignore[missing-key]")
    assert run({"a.yaml": text}, {"a.yaml": text}).suppressed == FINDING


def test_a_crash_is_never_suppressed() -> None:
    suppressions = Suppressions({"a.yaml": ("all",)}, rules())
    (placed, *_) = Bundle(Material(files=[("a.yaml", read_text(manifest(annotation="all")))])).placed
    crash = Draft(placed, placed.document.head, "the rule has crashed")
    assert not suppressions.covering(crashed(rules()["missing-key"]), crash)
    assert suppressions.covering(rules()["missing-key"], crash)


def test_the_page_shows_what_works() -> None:
    page = (ROOT / "docs" / "suppressions.md").read_text(encoding="utf-8")
    examples = [block for block in re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL) if "Pod" in block]
    assert len(examples) == 2
    for text in examples:
        result = run({"a.yaml": text}, config=Config())
        assert (result.found, len(result.suppressed)) == ([], 2)


# whatever is suppressed, nothing else changes

VALUES = st.sampled_from(["blue", "8080", "true", "'8080'", "$(A)", "$(NONE)"])
ENV = st.one_of(
    st.tuples(st.sampled_from("ABCD"), VALUES).map(lambda e: [f"- name: {e[0]}", f"  value: {e[1]}"]),
    st.tuples(
        st.sampled_from("ABCD"), st.sampled_from(["app", "ap", "other"]), st.sampled_from(["color", "colour"])
    ).map(
        lambda e: [
            f"- name: {e[0]}",
            "  valueFrom:",
            "    configMapKeyRef:",
            f"      name: {e[1]}",
            f"      key: {e[2]}",
        ]
    ),
    st.just(["- name: A", "  value: x", "  valueFrom: {configMapKeyRef: {name: app, key: color}}"]),
)
IMAGES = st.sampled_from(["web", "web:latest", "web:1.0.0", "Web", "web:1"])
CONTAINER = st.tuples(IMAGES, st.lists(ENV, max_size=3))


def pod_of(containers: list[tuple[str, list[list[str]]]]) -> str:
    """A ConfigMap and a Pod with these containers, one thing a line."""
    lines = [
        "apiVersion: v1",
        "kind: ConfigMap",
        "metadata:",
        "  name: app",
        "data:",
        "  color: blue",
        "  size: 1",
        "---",
    ]
    lines += ["apiVersion: v1", "kind: Pod", "metadata:", "  name: web", "spec:", "  containers:"]
    for number, (image, entries) in enumerate(containers):
        lines += [f"  - name: c{number}", f"    image: {image}", "    env:"]
        lines += [f"    {line}" for entry in entries for line in entry]
    return "\n".join(lines) + "\n"


def lines_of(location: Location) -> range:
    """The lines of a place; one that ends where a line begins ends in the line before."""
    end = location.end.line - (location.end.column == 1 and location.end.line > location.start.line)
    return range(location.start.line, end + 1)


def places(finding: Finding) -> list[Location]:
    return [finding.location, *(related.location for related in finding.related)]


def moved(findings: list[Finding], line: float = inf) -> list[tuple[object, ...]]:
    """What is compared of findings, as it should be once a line is put in above another one."""
    return sorted(
        (
            f.rule,
            f.message,
            f.container or "",
            *((p.start.line + (p.start.line >= line), p.start.column) for p in places(f)),
        )
        for f in findings
    )


@given(st.lists(CONTAINER, min_size=1, max_size=3), st.data())
def test_a_comment_above_a_finding_removes_just_that(
    containers: list[tuple[str, list[list[str]]]], data: st.DataObject
) -> None:
    text = pod_of(containers)
    before = run({"a.yaml": text}).outcome.findings
    chosen = data.draw(st.sampled_from(before)) if before else None
    if chosen is None:
        return
    line = chosen.location.start.line
    removed = [f for f in before if f.rule == chosen.rule and any(line in lines_of(place) for place in places(f))]
    rows = text.split("\n")
    indentation = len(rows[line - 1]) - len(rows[line - 1].lstrip())
    rows.insert(line - 1, f"{' ' * indentation}# cmlint: ignore[{chosen.rule}]")
    after = run({"a.yaml": "\n".join(rows)})
    assert moved(after.outcome.findings) == moved([f for f in before if f not in removed], line)
    assert moved(after.outcome.suppressed) == moved(removed, line)
    assert after.unused == []
