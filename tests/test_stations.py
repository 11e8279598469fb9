"""How many modules a reference goes through on its way from the text to the report.

The way begins with `read_text`, which gets the text of the file, and ends when the report is rendered. Before it, the
run only looks for files and configurations. A module is a *station* when one of its functions has the reference in
hand: as a text or a node with its key, as a `Reference`, a `Question` about it, the `Resolution`, the rule's `Draft` or
the `Finding`. The modules that are entered on the way for the rest of the file are counted as well.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import FrameType

from cmlint.bundle.evidence.question import Question
from cmlint.bundle.resolve import Resolution
from cmlint.config.config import Config
from cmlint.engine.rules import Draft
from cmlint.manifest.nodes import Node
from cmlint.model.facts import Reference
from cmlint.model.findings import Finding
from cmlint.pipeline.check import check
from cmlint.report import formatter
from cmlint.report.view import View
from cmlint.sources.request import Request
from tests.support.rooms import PAGE
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

KEY = "LEVL"

STATIONS = 25
"""How many of them have the reference in hand at most."""

ENTERED = 61
"""How many modules are entered on the way, whatever they do there. This number only shrinks."""


def report() -> str:
    """The report of a run in which one rule runs."""
    request = Request(paths=("a.yaml",), config=Config(select=("missing-key",)), rules=dict(rules()))
    return formatter("concise")(check(request), View(quiet=True))


class Way:
    """The modules that a reference passes, in order: those that are entered, and those that have it in hand."""

    def __init__(self) -> None:
        self.entered: dict[str, None] = {}
        self.stations: dict[str, None] = {}
        self.begun: set[FrameType] = set()

    def note(self, frame: FrameType, event: str, _: object) -> None:
        """Notes the module of a function that is called, and whether it has the reference then or when it ends."""
        module = frame.f_globals.get("__name__", "")
        if event not in ("call", "return") or not module.startswith("cmlint") or frame.f_code.co_name == "<module>":
            return
        if event == "call" and (self.entered or frame.f_code.co_name == "read_text"):
            self.entered[module] = None
            self.begun.add(frame)
        if frame not in self.begun:
            return
        if module not in self.stations and any(map(is_reference, frame.f_locals.values())):
            self.stations[module] = None


def is_reference(value: object) -> bool:
    """Whether a value is the reference, in any of its forms, or a short list of them."""
    if isinstance(value, str | Node):
        return KEY in str(value if isinstance(value, str) else value.value)
    if isinstance(value, list | tuple):
        return len(value) < 50 and any(map(is_reference, value))
    return isinstance(value, Reference | Question | Resolution | Draft | Finding)


def way(folder: Path) -> Way:
    """The way of the reference to its report."""
    found = Way()
    write(folder, {"a.yaml": TEXT})
    with inside(folder):
        report()  # what is imported at first use is not a station
        sys.setprofile(found.note)
        try:
            said = report()
        finally:
            sys.setprofile(None)
    assert said == "a.yaml:16:84: error[missing-key] the ConfigMap `special-config` has no key `LEVL`\n"
    return found


def test_the_page_walks_the_way_of_a_reference(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8").partition("| | station |")[2].partition("\n\n")[0]
    rows = re.findall(r"(?m)^\| (\d+) \| `([\w.]+)` \|", text)
    stations = [name.removeprefix("cmlint.") for name in way(tmp_path).stations]
    assert rows == [(str(number), name) for number, name in enumerate(stations, 1)]
    assert len(stations) <= STATIONS


def test_few_modules_are_entered_on_the_way(tmp_path: Path) -> None:
    entered = way(tmp_path).entered
    assert len(entered) <= ENTERED, sorted(entered)
