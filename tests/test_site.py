"""The documentation site: every address that cmlint prints is a page of it, and no link inside it is dead."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from scripts.site import write_sources

from cmlint.engine.registry import load_rules
from cmlint.model.site import BASE
from tests.support.command import cmlint
from tests.support.run import ROOT

ADDRESS = re.compile(re.escape(BASE) + r"(?:/[\w./#-]*[\w/#-])?")
"""An address of the site in any text."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make site` builds it."""
    folder = tmp_path_factory.mktemp("site")
    write_sources(folder / "pages")
    config = {"INHERIT": str(ROOT / "mkdocs.yml"), "docs_dir": str(folder / "pages"), "site_dir": str(folder / "site")}
    (folder / "mkdocs.yml").write_text(json.dumps(config), encoding="utf-8")
    words = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", str(folder / "mkdocs.yml")]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "site"


class Page(HTMLParser):
    """The anchors of a page, and where it links to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes the identity of an element, and what it leads to or loads."""
        given = dict(attrs)
        self.anchors.add(given.get("id") or "")
        for name in ("href", "src"):
            if (target := given.get(name)) is not None:
                self.links.add(target)


def file_of(site: Path, address: str) -> Path:
    """The file that a server gives for an address."""
    path = site / unquote(urlsplit(address).path).lstrip("/")
    return path / "index.html" if path.is_dir() else path


def printed() -> set[str]:
    """Every address of the site in texts of the project and in what the command prints."""
    paths = [path for top in ("lint", "rules", "docs", "tests/golden") for path in (ROOT / top).rglob("*.*")]
    texts = [path.read_text(encoding="utf-8") for path in [*paths, ROOT / "README.md"] if path.suffix != ".pyc"]
    texts += [cmlint(ROOT, *words).stdout for words in (("rule", "--format", "json"), ("schema",))]
    texts += [cmlint(ROOT, "schema", "--of", name).stdout for name in ("impact", "graph")]
    found = {address for text in texts for address in ADDRESS.findall(text)}
    return {address for address in found if not address.startswith(f"{BASE}/ignore")}


def test_every_address_that_is_printed_is_a_page(site: Path) -> None:
    addresses = printed() | {rule.url for rule in load_rules().values()}
    assert f"{BASE}/rules/missing-key" in addresses and f"{BASE}/schema.json" in addresses
    assert sorted(address for address in addresses if not file_of(site, address).is_file()) == []


def test_no_link_inside_is_dead(site: Path) -> None:
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    assert len(pages) > 60
    dead: list[str] = []
    for path, page in pages.items():
        here = f"{BASE}/{path.relative_to(site).as_posix()}"
        for link in page.links:
            target = urljoin(here, link)
            if not target.startswith(f"{BASE}/") or path.name == "404.html":
                continue
            file, anchor = file_of(site, target), unquote(urlsplit(target).fragment)
            if not file.is_file() or (anchor and file in pages and anchor not in pages[file].anchors):
                dead.append(f"{path.relative_to(site)}: {link}")
    assert dead == []


def test_a_dead_link_would_be_found(site: Path) -> None:
    page = Page('<a href="nowhere/">x</a><p id="here">')
    assert page.links == {"nowhere/"} and "here" in page.anchors
    assert not file_of(site, f"{BASE}/rules/nowhere").is_file()


def test_every_page_is_in_the_navigation_or_linked(site: Path) -> None:
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = {path.parent.relative_to(site).as_posix() for path in site.rglob("index.html")}
    top = {name for name in pages if "/" not in name and name not in (".", "rules")}
    assert {name for name in top if f": {name}.md\n" not in config} == set()


def test_rules_can_be_filtered(site: Path) -> None:
    text = (site / "rules" / "index.html").read_text(encoding="utf-8")
    rows = re.findall(r'<tr data-family="([\w-]+)" data-consequence="([\w-]+)">', text)
    built_in = [rule for rule in load_rules().values() if rule.module.startswith("cmlint_rules.")]
    assert sorted(rows) == sorted((rule.family, rule.consequence) for rule in built_in)
    assert '<select data-filter="consequence">' in text and '<select data-filter="family">' in text


def test_the_configuration_is_generated_from_the_schema(site: Path) -> None:
    text = (site / "configuration" / "index.html").read_text(encoding="utf-8")
    for name in json.loads(cmlint(ROOT, "schema").stdout)["properties"]:
        assert re.search(rf'<h3 id="[\w-]+"><code>{re.escape(name)}</code>', text), name


def test_no_page_shows_the_notation_of_tests(site: Path) -> None:
    for path in (site / "rules").rglob("index.html"):
        assert not re.search(r"# (?:error|warning|info): \[", path.read_text(encoding="utf-8")), path
