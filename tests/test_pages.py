"""Each rule's page is its test: the examples find what they say, and the page has all that a page has."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import get_args

import pytest

from cmlint.manifest.comments import comments_in
from cmlint.manifest.documents import cut, read_text
from cmlint.model.facts import FaultCode
from tests.support import index, pages
from tests.support.run import ROOT, rules

PAGES = {path: pages.read(path) for path in pages.rule_pages() + pages.extra_pages()}
SECTIONS = [(page, section) for page in PAGES.values() for section in page.sections if section.runs]


@pytest.mark.parametrize(("page", "section"), SECTIONS, ids=lambda item: getattr(item, "title", None) or item.rule)
def test_section_finds_what_it_says(page: pages.Page, section: pages.Section) -> None:
    assert section.files, "a section that is run needs files"
    outcome = pages.run(page, section)
    assert not outcome.differences, "\n" + "\n".join(outcome.differences)
    if section.title == "Example":
        assert outcome.expected, "an example must be found"
        assert section.output == outcome.printed, "the shown output is stale: run `make docs`"
    if section.title == "Use instead":
        assert not outcome.expected, "what should be used instead must be silent"


@pytest.mark.parametrize(("page", "section"), SECTIONS, ids=lambda item: getattr(item, "title", None) or item.rule)
def test_section_is_mended_by_its_fixes(page: pages.Page, section: pages.Section) -> None:
    done = pages.fix_section(page, section)
    offered = [finding for finding in done.found.outcome.findings if finding.fixes]
    assert rules()[page.rule].fixable or not offered, "a rule that offers fixes must say so: `fixable=True`"
    left = Counter(finding.fingerprint for finding in done.fixed.result.outcome.findings)
    found = Counter(finding.fingerprint for finding in done.found.outcome.findings)
    assert left == found - Counter(finding.fingerprint for finding in offered), (
        "what is offered mends, and nothing else"
    )
    assert not [refused for refused in done.fixed.refused if refused not in done.found.outcome.unfixed]
    assert not done.again.changes, "a second run fixes nothing"
    for name, text in done.before.items():
        assert shape_of(done.after[name]) == shape_of(text)


def shape_of(text: str) -> tuple[int, list[str]]:
    """How many documents a text has, all of which can be parsed, and its comments but for suppressions."""
    documents = [document for document in read_text(text).documents if not document.broken]
    comments = [text[offset:].splitlines()[0] for start, end in cut(text) for offset in offsets(text, start, end)]
    return len(documents), [comment for comment in comments if "cmlint" not in comment]


def offsets(text: str, start: int, end: int) -> list[int]:
    """Where the comments of a document begin."""
    return [start + offset for offset in dict.fromkeys(comments_in(text[start:end]))]


@pytest.mark.parametrize("path", pages.rule_pages(), ids=lambda path: path.stem)
def test_fixable_rule_says_so_and_shows_it(path: Path) -> None:
    page = PAGES[path]
    fixable = rules()[page.rule].fixable
    assert ("Fix safety" in {section.name for section in page.sections}) == fixable
    own = [section for other, section in SECTIONS if other.rule == page.rule]
    offers = any(f.fixes for section in own for f in pages.fix_section(page, section).found.outcome.findings)
    assert offers == fixable


@pytest.mark.parametrize("path", pages.rule_pages(), ids=lambda path: path.stem)
def test_page_has_all_headings_in_order(path: Path) -> None:
    names = [name for name, _ in groupby(section.name for section in PAGES[path].sections)]
    assert names == [name for name in pages.HEADINGS if name in names]
    assert set(pages.HEADINGS) - set(names) <= pages.OPTIONAL


@pytest.mark.parametrize("path", pages.extra_pages(), ids=lambda path: path.stem)
def test_extra_page_has_cases_only(path: Path) -> None:
    assert path.stem == PAGES[path].rule
    assert {section.name for section in PAGES[path].sections} == {"Case"}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_page_is_well_formed(path: Path) -> None:
    assert not PAGES[path].mistakes, "\n" + "\n".join(PAGES[path].mistakes)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_cases_have_different_names(path: Path) -> None:
    titles = [section.title for section in PAGES[path].sections]
    assert len(titles) == len(set(titles))


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    own = {rule.name: rule.family for rule in rules().values() if rule.module.startswith("cmlint_rules.")}
    assert {PAGES[path].rule: path.parent.name for path in pages.rule_pages()} == own
    assert {path.stem.replace("_", "-") for path in pages.rule_pages()} == own.keys()


def test_every_extra_page_is_about_a_rule() -> None:
    assert {PAGES[path].rule for path in pages.extra_pages()} <= rules().keys()


def test_every_module_of_rules_declares_one() -> None:
    modules = [path for path in (ROOT / "rules").rglob("*.py") if path.name != "__init__.py"]
    declared = sorted(rule.module for rule in rules().values() if rule.module.startswith("cmlint_rules."))
    assert declared == sorted(".".join(path.relative_to(ROOT / "rules").with_suffix("").parts) for path in modules)


def test_index_of_rules_is_fresh() -> None:
    assert index.INDEX.read_text(encoding="utf-8") == index.render(), "run `make docs`"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_nothing_is_left_to_do(path: Path) -> None:
    assert "TODO" not in path.read_text(encoding="utf-8")
    module = path.with_suffix(".py")
    assert not module.exists() or "TODO" not in module.read_text(encoding="utf-8")


def test_every_fault_belongs_to_one_rule() -> None:
    claimed = sorted(code for rule in rules().values() for code in rule.codes)
    assert claimed == sorted(get_args(FaultCode))
