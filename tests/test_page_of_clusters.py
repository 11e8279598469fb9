"""The page of an audit in a real browser, at three widths and with no, five and five hundred problems."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from cmlint.clusters import judge
from cmlint.config.config import Config
from cmlint.report import formatter
from cmlint.report.view import View
from tests.support import clusters
from tests.support.run import rules
from tests.support.tools import NPM, chromium

WIDTHS = (360, 768, 1440)
NUMBERS = (0, 5, 500)
NOW = datetime(2026, 2, 3, 10, tzinfo=timezone.utc)
LONG = "a-namespace-with-a-name-as-long-as-names-may-be-in-kubernetes-63"[:63]


def objects(number: int) -> str:
    """Workloads of which each has one problem: some wait, some run on, and some are stale."""
    return "\n---\n".join(json.dumps(each) for n in range(number) for each in workload(n))


def workload(n: int) -> Iterator[object]:
    """A Deployment with a problem of one of three kinds, and its pod."""
    name, space = f"workload-{n}", LONG if n % 5 == 4 else f"team-{n % 5}"
    image = f"registry.example.com/team/{name}:{'develop' if n % 3 == 2 else '1.4.2'}"
    entry = {"name": "HOST", "valueFrom": {"configMapKeyRef": {"name": f"settings-{n}", "key": "HOST"}}}
    spec = {
        "containers": [
            {"name": "web", "image": image, "imagePullPolicy": "IfNotPresent", "env": [entry] if n % 3 < 2 else []}
        ]
    }
    meta = {"name": name, "namespace": space, "creationTimestamp": "2026-01-01T00:00:00Z"}
    yield {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta, "spec": {"template": {"spec": spec}}}
    waiting = {"reason": "CreateContainerConfigError", "message": f'configmap "settings-{n}" not found'}
    state = {"waiting": waiting} if n % 3 == 0 else {"running": {"startedAt": "2026-01-02T00:00:00Z"}}
    owner = {"kind": "Deployment", "name": name, "controller": True}
    yield {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {**meta, "name": f"{name}-x", "ownerReferences": [owner]},
        "spec": spec,
        "status": {"phase": "Pending", "containerStatuses": [{"name": "web", "state": state}]},
    }


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, the one that is installed."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module", params=NUMBERS)
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Path]:
    """The page about two clusters that have a number of problems together."""
    number: int = request.param
    half = number // 2
    found = [
        clusters.cluster(objects(size) or "{kind: List, items: []}", name, f"{name}/")
        for name, size in (("prod-eu", number - half), ("staging", half))
    ]
    for each in found:
        each.options = f"--context {each.name}"
    result = judge(found, Config(), dict(rules()), [], suppress=True)
    file = tmp_path_factory.mktemp("page") / "audit.html"
    file.write_text(formatter("html")(result, View(now=NOW)), encoding="utf-8")
    return number, file


def opened(browser: Browser, file: Path, width: int) -> Page:
    """The page at a width."""
    page = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True).new_page()
    page.goto(file.as_uri())
    return page


@pytest.mark.parametrize("width", WIDTHS)
def test_it_fits_and_can_be_read_by_all(browser: Browser, report: tuple[int, Path], width: int) -> None:
    number, file = report
    page = opened(browser, file, width)
    assert page.locator("article").count() == number
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.add_script_tag(path=NPM / "axe-core" / "axe.min.js")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found["violations"]] == []


def test_the_table_counts_by_cluster_and_namespace(browser: Browser, report: tuple[int, Path]) -> None:
    number, file = report
    page = opened(browser, file, 1440)
    table = page.get_by_role("table", name="Problems by cluster and namespace")
    if not number:
        expect(table).to_have_count(0)
        expect(page.locator("h2")).to_have_text(["Unused or untidy"])
        return
    expect(table.locator("thead th")).to_have_text(
        ["Cluster", "Namespace", "Broken now", "Breaks at the next restart", "Stale"]
    )
    rows = table.locator("tbody tr")
    assert [row.locator("th").first.inner_text() for row in rows.all()] == sorted(
        ["prod-eu"] * min(5, number - number // 2) + ["staging"] * min(5, number // 2)
    )
    cells = [int(text or 0) for text in table.locator("tbody td").all_inner_texts()]
    assert sum(cells) == number
    block = page.locator("h2:has-text('Commands') + pre").inner_text().splitlines()
    assert len(block) == sum(n % 3 == 2 for half in (number - number // 2, number // 2) for n in range(half))
    assert len(set(block)) == len(block)
    assert all(line.startswith("kubectl rollout restart deployment/workload-") for line in block)
    assert {line.partition(" --context ")[2] for line in block} <= {"prod-eu", "staging"}


def test_it_says_since_when_and_what_comes(browser: Browser, report: tuple[int, Path]) -> None:
    number, file = report
    page = opened(browser, file, 1440)
    broken = page.locator("article", has_text="1 pod does not start now, since 2026-01-01T00:00:00Z (33 d)")
    later = page.locator("article", has_text="at the next restart, 1 running pod will not start again")
    halves = (number - number // 2, number // 2)
    assert broken.count() == sum(n % 3 == 0 for half in halves for n in range(half))
    assert later.count() == sum(n % 3 == 1 for half in halves for n in range(half))


def test_the_path_filters_by_cluster(browser: Browser, report: tuple[int, Path]) -> None:
    number, file = report
    if number:
        page = opened(browser, file, 1440)
        page.get_by_label("Path").fill("staging/")
        expect(page.get_by_role("status")).to_have_text(f"{number // 2} of {number} shown")
