"""The packed extension in VS Code: it shows a missing key, completes it, hovers, jumps, renames, and counts readers."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.desk import CONFIG, POD, SHOP
from tests.support.run import write
from tests.support.vscode import name_in, window

pytestmark = pytest.mark.skipif(os.environ.get("CMLINT_TEST_EDITORS") != "1", reason="`make test-editors` runs these")

BROKEN = POD.replace("SPECIAL_LEVEL", "SPECIAL")
PROGRAMS = Path(sys.executable).parent
MESSAGE = "the ConfigMap `special-config` has no key `SPECIAL`"


def test_a_session(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    program = f'#!/bin/sh\nexec {PROGRAMS}/cmlint "$@"\n'
    write(shop, {**SHOP, "pod.yaml": BROKEN, ".venv/bin/cmlint": program})
    (shop / ".venv" / "bin" / "cmlint").chmod(0o755)
    with window(shop, tmp_path / "home", tmp_path / "none", trusted=True) as page:
        page.get_by_role("treeitem", name="pod.yaml").dblclick()
        expect(page.locator(".squiggly-error")).to_be_visible(timeout=60_000)
        page.keyboard.press("Control+Shift+M")
        expect(page.locator(".markers-panel")).to_contain_text(MESSAGE)
        expect(page.locator(".markers-panel")).to_contain_text("defined here, without it")

        name_in(page, "SPECIAL")
        page.keyboard.press("End")
        page.keyboard.press("Control+Space")
        expect(page.locator(".suggest-widget .monaco-list-row")).to_have_text(
            ["SPECIAL_LEVELkey of ConfigMap special-config"]
        )
        page.keyboard.press("Enter")
        expect(page.locator(".squiggly-error")).to_be_hidden(timeout=20_000)

        page.locator(".view-line").get_by_text("special-config", exact=True).hover()
        expect(page.locator(".monaco-hover-content").last).to_contain_text("SPECIAL_LEVEL: very")
        page.keyboard.press("Escape")
        name_in(page, "special-config")
        page.keyboard.press("F12")
        expect(page.locator(".tab.active")).to_contain_text("config.yaml")

        lens = page.get_by_role("button", name="1 reader, 1 needs a restart")
        expect(lens).to_be_visible(timeout=20_000)
        name_in(page, "special-config")
        page.keyboard.press("F2")
        page.locator(".rename-box input").fill("app-config")
        page.keyboard.press("Enter")
        expect(page.locator(".view-line").get_by_text("app-config", exact=True)).to_be_visible()
        page.keyboard.press("Control+K")
        page.keyboard.press("s")
        renamed = {name: text.replace("special-config", "app-config") for name, text in SHOP.items()}
        saved: dict[str, str] = {}
        for _ in range(200):
            page.wait_for_timeout(100)
            saved = {name: (shop / name).read_text() for name in SHOP}
            if saved == renamed:
                break
        assert saved == renamed

        lens.click()
        expect(page.locator(".reference-zone-widget")).to_contain_text("pod.yaml")


def test_without_the_program_it_says_how_to_install_it(tmp_path: Path) -> None:
    write(tmp_path / "shop", SHOP)
    with window(tmp_path / "shop", tmp_path / "home", tmp_path / "none", trusted=True) as page:
        page.get_by_role("treeitem", name="pod.yaml").dblclick()
        found = page.get_by_role("alert").filter(has_text="pip install 'cmlint[server]'")
        expect(found).to_be_attached(timeout=60_000)


def test_a_folder_that_is_not_trusted(tmp_path: Path) -> None:
    """Only the program on the PATH is started, not the one in the folder."""
    shop, started = tmp_path / "shop", tmp_path / "started"
    write(shop, {"pod.yaml": BROKEN, "config.yaml": CONFIG, ".venv/bin/cmlint": f"#!/bin/sh\ntouch {started}\n"})
    (shop / ".venv" / "bin" / "cmlint").chmod(0o755)
    with window(shop, tmp_path / "home", PROGRAMS, trusted=False) as page:
        page.get_by_role("treeitem", name="pod.yaml").dblclick()
        expect(page.locator(".squiggly-error")).to_be_visible(timeout=60_000)
    assert not started.exists()
