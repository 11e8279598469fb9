"""The HTML report in a real browser: it filters, it can be used by keyboard and read aloud, and it loads nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.command import cmlint
from tests.support.run import FIXTURES, write
from tests.support.tools import NPM, chromium

MANY = 5000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, the one that is installed."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report about the demo."""
    file = tmp_path_factory.mktemp("page") / "report.html"
    done = cmlint(FIXTURES, "check", "demo", "report", "--pedantic", "--format", "html", "--output", str(file))
    assert done.returncode == 1, done.stderr
    return file


def opened(browser: Browser, file: Path, **how: Any) -> Page:
    """The page, which may ask for nothing else, and on which no script may fail."""
    page = browser.new_context(**how).new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: asked.append(str(error)))
    page.on("console", lambda message: asked.append(message.text))
    asked: list[str] = []
    page.goto(file.as_uri())
    assert asked == [file.as_uri()]
    return page


def shown(page: Page) -> int:
    """How many findings can be seen."""
    return page.locator("article:visible").count()


def test_it_filters_by_severity_rule_and_path(browser: Browser, report: Path) -> None:
    page = opened(browser, report)
    status, number = page.get_by_role("status"), page.locator("article").count()
    expect(status).to_have_text(f"{number} of {number} shown")
    page.get_by_role("checkbox", name="error").uncheck()
    page.get_by_role("checkbox", name="info").uncheck()
    warnings = page.locator("article.warning").count()
    assert shown(page) == page.locator("article.warning:visible").count() == warnings
    expect(status).to_have_text(f"{warnings} of {number} shown")
    page.get_by_label("Path").fill("CART")
    expect(status).to_have_text(f"2 of {number} shown")
    assert page.locator("h2:visible").all_inner_texts() == ["demo/cart.yaml 4 problems"]
    page.get_by_label("Rule").select_option("mutable-tag")
    assert page.locator("article:visible").get_attribute("data-rule") == "mutable-tag"
    page.get_by_role("button", name="Show all").click()
    expect(status).to_have_text(f"{number} of {number} shown")
    assert shown(page) == number


def test_it_can_be_used_by_keyboard(browser: Browser, report: Path) -> None:
    page = opened(browser, report)
    number = page.locator("article").count()

    def focused() -> str:
        return str(page.evaluate("document.activeElement.value || document.activeElement.innerText"))

    stops = []
    for _ in range(7):
        page.keyboard.press("Tab")
        stops.append(focused().partition("\n")[0])
    assert stops == ["Skip to the findings", "error", "warning", "info", "all", "", "Show all"]
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("cart")
    expect(page.get_by_role("status")).to_have_text(f"4 of {number} shown")
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("dup")
    expect(page.get_by_role("status")).to_have_text(f"1 of {number} shown")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text(f"{number} of {number} shown")
    for _ in range(6):
        page.keyboard.press("Shift+Tab")
    assert focused() == "Skip to the findings"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "findings"


def test_it_can_be_read_aloud(browser: Browser, report: Path) -> None:
    page = opened(browser, report)
    tree = page.locator("body").aria_snapshot()
    for line in (
        '- heading "cmlint" [level=1]',
        '- search "findings"',
        '- group "Severity"',
        '- combobox "Rule"',
        '- searchbox "Path"',
        "- main:",
        '- heading "demo/cart.yaml 4 problems" [level=2]',
        '- heading "error nothing defines the ConfigMap shop-configs" [level=3]',
        '- group "demo/cart.yaml:19:23"',
    ):
        assert line in tree


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_bars_anybody(browser: Browser, report: Path, scheme: Literal["light", "dark"], width: int) -> None:
    page = opened(browser, report, color_scheme=scheme, viewport={"width": width, "height": 800})
    page.evaluate((NPM / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")
    assert [
        (violation["id"], [node["target"] for node in violation["nodes"]]) for violation in found["violations"]
    ] == []
    assert "color-contrast" in {rule["id"] for rule in found["passes"]}
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(13, 17, 23)"}[scheme]


def test_frames_line_up_where_characters_are_wide(browser: Browser, report: Path) -> None:
    page = opened(browser, report)
    frame = page.locator("article[data-rule=repeated-mapping-key] pre").last
    frame.scroll_into_view_if_needed()
    expect(frame).to_contain_text("数据库🎉")
    expect(frame.locator("i").first).to_be_visible()
    places = frame.evaluate(
        """frame => {
          const left = (node, at) => {
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + 1);
            return range.getBoundingClientRect().left;
          };
          const texts = [];
          const walker = document.createTreeWalker(frame, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) texts.push(walker.currentNode);
          const name = texts.find((text) => /, name: DATABASE/.test(text.data));
          const marks = texts.find((text) => /\\^{4}/.test(text.data));
          return [left(name, name.data.indexOf(", name: DATABASE") + 2), left(marks, 0)];
        }"""
    )
    assert places[0] > 100
    assert abs(places[0] - places[1]) < 1


def test_without_a_script_it_is_still_a_report(browser: Browser, report: Path) -> None:
    page = opened(browser, report, java_script_enabled=False)
    assert shown(page) == page.locator("article").count()
    assert not page.get_by_role("search").is_visible()


def test_a_finding_can_be_linked_to(browser: Browser, report: Path) -> None:
    page = opened(browser, report)
    page.get_by_role("checkbox", name="error").uncheck()
    name = page.locator("article.error").last.get_attribute("id")
    page.goto(f"{report.as_uri()}#{name}")
    expect(page.locator(f"#{name}")).to_be_in_viewport()


def test_five_thousand_findings(browser: Browser, tmp_path: Path) -> None:
    head = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n"
    entries = "".join(f"        - {{name: V{number}, value: {number}}}\n" for number in range(50))
    text = f"{head}    - name: web\n      image: web:1.2.3\n      env:\n{entries}"
    write(tmp_path, {f"m{number}.yaml": text for number in range(MANY // 50)})
    done = cmlint(tmp_path, "check", ".", "--format", "html", "--output", "report.html")
    assert done.returncode == 1, done.stderr
    page = opened(browser, tmp_path / "report.html")
    expect(page.get_by_role("status")).to_have_text(f"{MANY} of {MANY} shown")
    page.get_by_label("Path").fill("m42.")
    expect(page.get_by_role("status")).to_have_text(f"50 of {MANY} shown")
    rendered = page.evaluate(
        """() => [...document.querySelectorAll("article pre")].filter((pre) => pre.checkVisibility({
          contentVisibilityAuto: true })).length"""
    )
    assert 0 < rendered < 50
    page.get_by_role("button", name="Show all").click()
    expect(page.get_by_role("status")).to_have_text(f"{MANY} of {MANY} shown")


def test_nothing_of_a_manifest_is_taken_for_markup(browser: Browser, tmp_path: Path) -> None:
    name = "<img src=x onerror=alert(1)>`</code><script>alert(1)</script>"
    head = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n"
    text = f"{head}    - name: web\n      image: web:1.2.3\n      env: [{{name: {json.dumps(name)}, value: 1}}]\n"
    write(tmp_path, {"<b>&'\".yaml": text})
    cmlint(tmp_path, "check", "--format", "html", "--output", "report.html")
    page = opened(browser, tmp_path / "report.html")
    assert page.locator("img, article script, h2 b").count() == 0
    assert name.replace("`", "") in page.locator("h3").first.inner_text().replace("`", "")
