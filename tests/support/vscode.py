"""VS Code with the packed extension: its server, which runs extensions, and its window in a browser without a screen.

code-server's package on npm holds both as Microsoft builds them. Native modules are not built; what needs them, such as
the terminal, is not there.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.support.run import ROOT
from tests.support.tools import CACHE, chromium

SERVER = (
    CACHE / "cmlint-test" / "editors" / "node_modules" / "code-server" / "lib" / "vscode" / "out" / "server-main.js"
)
LISTENS = re.compile(r"listening on (\d+)")
PATIENCE = 60_000
"""The milliseconds after which a test no longer waits for the window."""


@contextmanager
def window(folder: Path, home: Path, programs: Path, *, trusted: bool) -> Iterator[Page]:
    """A window with a folder, for a user whose shell finds programs in one more place."""
    home.mkdir()
    (home / ".profile").write_text(f'export PATH="{programs}:$PATH"\n')
    with server(home) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.set_default_timeout(PATIENCE)
        page.goto(f"{address}/?folder={folder}")
        page.get_by_role("button", name="Yes, I trust" if trusted else "No, I don't trust").click()
        yield page
        browser.close()


@contextmanager
def server(home: Path) -> Iterator[str]:
    """The server with the extension, by its address."""
    node = shutil.which("node")
    assert node and SERVER.exists(), f"`make test-editors` installs {SERVER}"
    [extension] = (ROOT / "editors" / "vscode").glob("cmlint-*.vsix")
    words = [node, str(SERVER), "--accept-server-license-terms", "--server-data-dir", str(home / "data")]
    words += ["--extensions-dir", str(home / "extensions")]
    env = {**os.environ, "HOME": str(home), "SHELL": "/bin/sh"}
    subprocess.run([*words, "--install-extension", str(extension)], env=env, check=True, capture_output=True)
    words += ["--host", "127.0.0.1", "--port", "0", "--without-connection-token"]
    with subprocess.Popen(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout
        try:
            port = next(found[1] for line in process.stdout if (found := LISTENS.search(line)))
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def name_in(page: Page, text: str) -> None:
    """Puts the cursor into a name in the text that is shown."""
    page.locator(".view-line").get_by_text(text, exact=True).first.click()
