"""Measures the page of `cmlint graph` in a browser: `python bench/page.py [NODES...]`.

For each number of nodes it prints the bytes of the page, the seconds until it is drawn and a search has its first hit
(and the CPU that the page's main thread took), and the slowest keystroke in milliseconds.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.command import COMMAND
from tests.support.shops import shops
from tests.support.tools import chromium

QUERY = "settings-1"


def measure(browser: Browser, nodes: int) -> str:
    """What one page takes."""
    with TemporaryDirectory() as folder:
        Path(folder, "all.yaml").write_text(shops(nodes), encoding="utf-8")
        subprocess.run([COMMAND, "graph", "--output", "graph.html"], cwd=folder, check=True)
        file = Path(folder, "graph.html")
        page = browser.new_page()
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.setTimeDomain", {"timeDomain": "threadTicks"})
        devtools.send("Performance.enable")
        began = time.perf_counter()
        page.goto(file.as_uri())
        page.evaluate(f"find('query').value = '{QUERY}'; search()")
        page.locator("#hits li").first.wait_for()
        first = time.perf_counter() - began
        metrics = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}
        slowest = page.evaluate(
            """(text) => Math.max(...[...text].map((_, i) => {
              const began = performance.now();
              find("query").value = text.slice(0, i + 1);
              search();
              document.body.getBoundingClientRect();
              return performance.now() - began;
            }))""",
            QUERY,
        )
        drawn = page.evaluate("document.querySelectorAll('#picture *').length")
        page.close()
        took = f"first hit {first:.2f} s ({metrics['TaskDuration']:.2f} s of CPU), key {slowest:.0f} ms"
        return f"{nodes} nodes: {file.stat().st_size} bytes, {drawn} elements, {took}"


def main() -> None:
    """Measures each number of nodes."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for word in sys.argv[1:] or ["200", "2000"]:
            print(measure(browser, int(word)))
        browser.close()


if __name__ == "__main__":
    main()
