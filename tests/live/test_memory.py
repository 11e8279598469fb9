"""The memory of an audit does not grow with the size of what is read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support.apiserver import Cluster, running
from tests.support.live import config_map
from tests.support.proxy import proxy

NUMBER = 300
LARGE = 1_000_000
MOST = 200
"""The MB that a process may have."""

MEASURED = """\
import re, sys
from cmlint.__main__ import main
try:
    main(["audit", "-n", "default", "--pedantic", "--format", "json"])
finally:
    print(re.findall(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[0], file=sys.stderr)
"""


def test_hundreds_of_large_config_maps(tmp_path: Path) -> None:
    folder = tmp_path / "server"
    folder.mkdir()
    with running(folder) as own:
        fill(own)
        with proxy(own) as between:
            environment = {**os.environ, "KUBECONFIG": str(between.kubeconfig(own))}
            words = [sys.executable, "-c", MEASURED]
            done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
        pages = [path for _, path, _ in between.asked if "/configmaps?" in path]
    assert len(json.loads(done.stdout)["findings"]) == NUMBER
    assert int(done.stderr.split()[-1]) // 1024 < MOST
    assert len(pages) > NUMBER // 16


def fill(own: Cluster) -> None:
    """Creates large ConfigMaps that nothing reads."""
    with ThreadPoolExecutor(8) as threads:
        list(
            threads.map(
                lambda n: config_map(own, "default", f"large-{n:03}", data={"text": "x" * LARGE}), range(NUMBER)
            )
        )
