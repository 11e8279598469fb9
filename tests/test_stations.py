"""How many modules a reference goes through on its way from the text to the report."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType

from cmlint.config.config import Config
from cmlint.pipeline.check import check
from cmlint.report import render
from cmlint.report.view import View
from cmlint.sources.request import Request
from tests.support.run import inside, rules, write

TEXT = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: special-config
data:
  LEVEL: info
---
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: nginx:1.27.2
      env: [{name: LEVEL, valueFrom: {configMapKeyRef: {name: special-config, key: LEVL}}}]
"""

STATIONS = 74
"""This number only shrinks; the aim is 25. `docs/architecture.md` names the stations that decide something."""


def report() -> str:
    """The report of a run in which one rule runs."""
    request = Request(paths=("a.yaml",), config=Config(select=("missing-key",)), rules=dict(rules()))
    return render("concise", check(request), View(quiet=True))


def test_a_reference_passes_few_modules(tmp_path: Path) -> None:
    entered: dict[str, None] = {}

    def note(frame: FrameType, event: str, _: object) -> None:
        name = frame.f_globals.get("__name__", "")
        if event == "call" and name.startswith("cmlint") and frame.f_code.co_name != "<module>":
            entered[name] = None

    write(tmp_path, {"a.yaml": TEXT})
    with inside(tmp_path):
        report()  # what is imported at first use is not a station
        sys.setprofile(note)
        try:
            found = report()
        finally:
            sys.setprofile(None)
    assert found == "a.yaml:16:84: error[missing-key] the ConfigMap `special-config` has no key `LEVL`\n"
    assert len(entered) <= STATIONS, sorted(entered)
