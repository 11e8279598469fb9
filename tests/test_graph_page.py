"""The page of `cmlint graph` in a real browser: problems first, search, keyboard, table, speed, and nothing loaded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.command import cmlint
from tests.support.run import FIXTURES, write
from tests.support.shops import shops
from tests.support.tools import NPM, chromium

MOST = 1500
"""The most elements that the picture has at once."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield started
        started.close()


def made(folder: Path, *words: str) -> Path:
    """The page about what is in a folder."""
    done = cmlint(folder, "graph", *words, "--output", str(folder / "graph.html"))
    assert done.returncode == 0, done.stderr
    return folder / "graph.html"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("graph") / "graph.html"
    done = cmlint(FIXTURES, "graph", "demo", "--output", str(file))
    assert done.returncode == 0, done.stderr
    return file


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some two thousand nodes."""
    folder = tmp_path_factory.mktemp("large")
    write(folder, {"all.yaml": shops(2000)})
    return made(folder)


def opened(browser: Browser, file: Path, **how: Any) -> Page:
    """The page, which may ask for nothing else, and on which no script may fail."""
    page = browser.new_context(viewport={"width": 1400, "height": 850}, **how).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: asked.append(str(error)))
    page.on("console", lambda message: asked.append(message.text))
    page.goto(file.as_uri())
    assert asked == [file.as_uri()]
    page.on("close", lambda _: None)
    return page


def elements(page: Page) -> int:
    return int(page.evaluate("document.querySelectorAll('#picture *').length"))


def node(page: Page, name: str) -> Any:
    return page.locator(f'.node[aria-label^="{name}"]')


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"))


def test_problems_come_first(browser: Browser, demo: Path) -> None:
    page = opened(browser, demo)
    problems = page.locator("#findings li")
    levels = [text.split()[0] for text in problems.all_inner_texts()]
    assert levels == sorted(levels, key=["error", "warning", "info"].index)
    expect(problems.first).to_have_text(re.compile("error nothing defines the ConfigMap shop-configs.*cart.yaml:19"))
    problems.first.locator("button").click()
    assert focused(page) == "missing: ConfigMap shop-configs, 0 keys, 1 error"
    expect(page.locator("#right h2")).to_have_text("missing: ConfigMap shop-configs")
    page.get_by_role("checkbox", name="error").uncheck()
    assert page.locator("#findings li.error").count() == 0


def test_by_keyboard_alone(browser: Browser, demo: Path) -> None:
    page = opened(browser, demo)
    page.keyboard.press("/")
    page.keyboard.type("CURENCY")
    expect(page.locator("#said")).to_have_text("1 hit")
    page.keyboard.press("Enter")
    assert focused(page) == "missing: CURENCY, key of ConfigMap shop-config, 1 warning"
    finding = page.locator("#right li.warning")
    expect(finding).to_contain_text("the ConfigMap shop-config has no optional key CURENCY")
    expect(finding).to_contain_text("did you mean CURRENCY?")
    page.keyboard.press("ArrowLeft")
    assert focused(page) == "ConfigMap shop-config, 5 keys"
    page.keyboard.press("ArrowLeft")
    assert focused(page).startswith(("catalog, container of", "frontend, container of", "checkout, container of"))
    page.keyboard.press("/")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_have_text("8 nodes shown")
    page.keyboard.press("-")
    expect(page.locator("#said")).to_have_text("4 nodes shown")
    page.keyboard.press("Escape")
    expect(page.locator("#said")).to_have_text("38 nodes shown")


@pytest.fixture(scope="module")
def overlays(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One object in many overlays with long paths, so that the page begins with closed namespaces and a problem."""
    folder = tmp_path_factory.mktemp("overlays")
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {A: b, B: c, C: d, D: e}\n"
    files = {"base/kustomization.yaml": "resources: [all.yaml]\n", "base/all.yaml": config}
    for n in range(40):
        files[f"a-long-name-of-a-team/of-overlays/number-{n}/kustomization.yaml"] = "resources: [../../../base]\n"
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: 'web:1.2.3', ENV}]}\n"
    files["a-long-name-of-a-team/of-overlays/other/kustomization.yaml"] = "resources: [pod.yaml]\n"
    files["a-long-name-of-a-team/of-overlays/other/pod.yaml"] = pod.replace(
        "ENV", "envFrom: [{configMapRef: {name: x}}]"
    )
    write(folder, files)
    return made(folder)


def test_hits_of_one_name_are_told_apart_by_their_place(browser: Browser, overlays: Path) -> None:
    page = opened(browser, overlays)
    page.get_by_role("searchbox").fill("kind:configmap settings")
    hits = page.locator("#hits li")
    expect(hits.first).to_contain_text("a-long-name-of-a-team/of-overlays/number-0: no namespace")
    texts = hits.all_inner_texts()
    assert len(texts) == len(set(texts)) == 50
    page.get_by_role("searchbox").fill("kind:configmap number-7")
    expect(page.locator("#said")).to_have_text("5 hits")


def test_the_title_of_an_open_namespace_is_inside_of_it(browser: Browser, overlays: Path) -> None:
    page = opened(browser, overlays)
    titles = page.evaluate("""() => [...document.querySelectorAll("#picture text.title")].map((title) => {
        const made = title.closest(".node");
        const box = made ? made.querySelector("rect") : title.previousElementSibling;
        return [title.textContent, title.getBoundingClientRect().right <= box.getBoundingClientRect().right];
    })""")
    assert len(titles) > 30
    assert [title for title, inside in titles if not inside] == []
    assert any(title.endswith("other: no namespace") for title, _ in titles)


def test_the_page_of_a_large_graph_is_not_cut_off_at_the_right(browser: Browser, overlays: Path, large: Path) -> None:
    for made_page in (overlays, large):
        right = opened(browser, made_page).evaluate("""() => {
            const right = (each) => each.getBoundingClientRect().right;
            const boxes = [...document.querySelectorAll("#picture rect")];
            return [Math.max(...boxes.map(right)), right(document.querySelector("#picture"))];
        }""")
        assert right[0] <= right[1]


def test_the_keyboard_stays_in_the_picture(browser: Browser, overlays: Path) -> None:
    page = opened(browser, overlays)
    page.keyboard.press("/")
    page.keyboard.type("number-7 kind:configmap settings")
    page.keyboard.press("Enter")
    assert focused(page).startswith("unused: ConfigMap settings")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.closest('.node') !== null")


@pytest.mark.parametrize("width", [360, 768])
def test_on_a_narrow_page_what_is_chosen_comes_into_sight(browser: Browser, demo: Path, width: int) -> None:
    page = opened(browser, demo)
    page.set_viewport_size({"width": width, "height": 850})
    assert seen(page, "#picture") != "complete"
    page.locator("#findings button").first.click()
    assert seen(page, ".node.chosen") == "complete"
    page.keyboard.press("/")
    page.keyboard.type("CURENCY")
    page.keyboard.press("Enter")
    assert seen(page, ".node.chosen") == "complete"
    page.get_by_role("button", name="Table", exact=True).click()
    assert seen(page, "#table tr") == "complete"
    page.get_by_role("button", name="Table", exact=True).click()
    assert seen(page, "#picture") == "complete"


def seen(page: Page, selector: str) -> str:
    """How much of the first such element is in the window, to a pixel."""
    box = page.locator(selector).first.bounding_box()
    assert box
    top, bottom, height = box["y"], box["y"] + box["height"], page.evaluate("innerHeight")
    return (
        "complete" if top >= -1 and bottom <= height + 1 else "not at all" if top > height or bottom < 0 else "in part"
    )


def test_the_details_have_readers_and_commands(browser: Browser, demo: Path) -> None:
    page = opened(browser, demo)
    node(page, "ConfigMap shop-config").click()
    panel = page.locator("#right")
    expect(panel).to_contain_text("demo/config.yaml:5")
    expect(panel).to_contain_text("envFrom → CURRENCY, CATALOG_URL, ORDERS_HOST; a change: next-start")
    expect(panel.locator("pre")).to_contain_text("kubectl rollout restart deployment/catalog deployment/checkout")
    assert page.locator(".node.lit").count() > 4
    panel.get_by_role("button", name="CURRENCY", exact=True).click()
    expect(panel.locator("h2")).to_have_text("CURRENCY")
    expect(panel).to_contain_text("EUR")


def test_places_are_links_to_the_repository(browser: Browser, tmp_path: Path) -> None:
    write(tmp_path, {"a b/x#.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {A: b}\n"})
    page = opened(browser, made(tmp_path, "--link-base", "https://example.com/main"))
    node(page, "unused: ConfigMap app").click()
    link = page.locator("#right").get_by_role("link", name="open")
    expect(link).to_have_attribute("href", "https://example.com/main/a%20b/x%23.yaml#L3")
    page = opened(browser, made(tmp_path))
    node(page, "unused: ConfigMap app").click()
    assert page.locator("#right").get_by_role("link", name="open").count() == 0


def test_a_double_click_shows_the_neighbourhood(browser: Browser, demo: Path) -> None:
    page = opened(browser, demo)
    node(page, "unused: Secret newsletter").dblclick()
    expect(page.locator("#said")).to_have_text("2 nodes shown")
    page.get_by_role("button", name="Back").click()
    expect(page.locator("#said")).to_have_text("38 nodes shown")


def test_filters(browser: Browser, demo: Path) -> None:
    page = opened(browser, demo)
    page.get_by_role("checkbox", name="key").uncheck()
    expect(page.locator("#said")).to_have_text("21 nodes shown")
    page.get_by_role("checkbox", name="Secret").uncheck()
    expect(page.locator("#said")).to_have_text("19 nodes shown")
    page.locator("#namespace").select_option("payments")
    expect(page.locator("#said")).to_have_text("1 node shown")


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("kind:secret", 6),
        ("is:missing", 4),
        ("how:unmounted", 2),
        ("ns:payments", 2),
        ("kind:deployment cart", 3),
        ("redis", 1),
        ("nothing", 0),
    ],
)
def test_search(browser: Browser, demo: Path, query: str, hits: int) -> None:
    page = opened(browser, demo)
    page.get_by_role("searchbox").fill(query)
    expect(page.locator("#said")).to_have_text(f"{hits} hit{'' if hits == 1 else 's'}")
    assert page.locator("#hits li").count() == hits


def test_the_table_shows_the_same(browser: Browser, demo: Path) -> None:
    page = opened(browser, demo)
    page.get_by_role("button", name="Table", exact=True).click()
    assert not page.locator("#picture").is_visible()
    rows = page.locator("tbody tr")
    assert rows.count() == 11
    expect(rows.filter(has_text="CURENCY")).to_contain_text("CronJob nightly-report, report")
    page.keyboard.press("/")
    page.keyboard.type("CURENCY")
    page.keyboard.press("Enter")
    assert page.locator("#picture").is_visible()


def test_without_a_script_the_table_is_there(browser: Browser, demo: Path) -> None:
    page = opened(browser, demo, java_script_enabled=False)
    assert page.locator("tbody tr:visible").count() == 11
    assert not page.locator("#tools").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1400])
def test_nothing_bars_anybody(browser: Browser, demo: Path, scheme: Literal["light", "dark"], width: int) -> None:
    page = opened(browser, demo, color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 850})
    axe = (NPM / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    page.evaluate(axe)
    for step in (lambda: None, lambda: node(page, "missing: CURENCY").focus(), lambda: page.locator("#toggle").click()):
        step()
        found = page.evaluate("axe.run()")
        assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_two_thousand_nodes_begin_with_the_worst_problem(browser: Browser, large: Path) -> None:
    assert large.stat().st_size <= 1_000_000
    page = opened(browser, large)
    expect(page.locator("#said")).to_have_text("10 nodes shown, 12 boxes closed")
    expect(node(page, "missing: LEVLE")).to_have_count(1)
    assert elements(page) <= MOST
    page.locator('.node[aria-label^="open the namespace team-0"]').click()
    assert elements(page) <= MOST
    for number in range(1, 12):
        space = page.locator(f'.node[aria-label^="open the namespace team-{number},"]')
        if space.count():
            space.focus()
            page.keyboard.press("Enter")
        assert elements(page) <= MOST
    expect(page.locator("#limits")).to_contain_text("A namespace stays closed")
    smallest = page.evaluate(
        "Math.min(...[...document.querySelectorAll('#picture text')].map((t) => 11 * t.getScreenCTM().a))"
    )
    assert smallest >= 8


def test_names_and_values_stay_text(browser: Browser, tmp_path: Path) -> None:
    evil = "</script><img src=x onerror=alert(1)><!--"
    quoted = json.dumps(evil)
    meta = f"metadata: {{name: {quoted}, namespace: {quoted}}}\n"
    text = f"apiVersion: v1\nkind: ConfigMap\n{meta}data: {{{quoted}: {quoted}}}\n"
    text += f"---\napiVersion: v1\nkind: Pod\n{meta}spec:\n"
    text += f"  containers: [{{name: {quoted}, image: {quoted}, env: [{{name: {quoted}, valueFrom: "
    text += f"{{configMapKeyRef: {{name: {quoted}, key: {quoted}}}}}}}]}}]\n"
    write(tmp_path, {"a.yaml": text})
    page = opened(browser, made(tmp_path))
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 2
    page.get_by_role("searchbox").fill("onerror")
    page.keyboard.press("Enter")
    expect(page.locator("#right h2")).to_contain_text(evil)
    page.get_by_role("button", name="Table", exact=True).click()
    expect(page.locator("tbody tr")).to_contain_text(evil)
    assert page.locator("img").count() == 0


def test_the_same_input_gives_the_same_page(tmp_path: Path) -> None:
    write(tmp_path, {"all.yaml": shops(200)})
    assert made(tmp_path).read_bytes() == made(tmp_path).read_bytes()
