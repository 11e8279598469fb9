"""What holds for the fixes of every text there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from bench.fixes import leaves, mistakes_in
from hypothesis import given
from hypothesis import strategies as st

from cmlint.config.config import Config
from cmlint.fixes.proof import NotProvenError, applied, prove
from cmlint.fixes.save import save
from cmlint.fixes.selection import fix
from cmlint.model.findings import Edit
from cmlint.pipeline.check import check
from cmlint.pipeline.result import Result
from cmlint.sources.request import Request
from cmlint.system.filesystem import FileSystem
from tests.support.run import inside, lint_texts, rules, write
from tests.support.strategies import BUNDLES, texts

EVERYTHING = Config(pedantic=True, secrets="all", references="strict")


def look(texts: Mapping[str, str]) -> Result:
    """Everything that is found in the working directory, with texts in the place of what files hold."""
    return check(Request(config=EVERYTHING, rules=dict(rules()), disk=FileSystem(texts)))


@given(BUNDLES)
def test_fixing_mends_changes_nothing_else_and_comes_to_an_end(files: dict[str, str]) -> None:
    with TemporaryDirectory() as folder, inside(Path(folder)):
        write(Path(folder), files)
        found = look({})
        fixed = fix(found, look, unsafe=True)
        assert not fixed.result.outcome.crashed
        for path, change in fixed.changes.items():
            assert change.old == files[change.path]
            save(path, change.old, change.new)
            own = [finding for finding in fixed.findings if finding.fixes[0].edits[0].path == change.path]
            assert own
            if readable(change.old):
                assert not list(mistakes_in(change, own))
        before = Counter(finding.fingerprint for finding in found.outcome.findings)
        after = Counter(finding.fingerprint for finding in look({}).outcome.findings)
        assert after <= before - Counter(finding.fingerprint for finding in fixed.findings)
        assert not fix(look({}), look, unsafe=True).findings


def readable(text: str) -> bool:
    """Whether PyYAML, by which changes are compared, reads a text."""
    try:
        return bool(leaves(text)) or True
    except (yaml.YAMLError, ValueError):
        return False


@given(BUNDLES)
def test_edits_lie_inside_their_text(files: dict[str, str]) -> None:
    for finding in lint_texts(files, EVERYTHING).findings:
        for offered in finding.fixes:
            for edit in offered.edits:
                assert 0 <= edit.start <= edit.end <= len(files[edit.path])
                assert edit.text or edit.start < edit.end


@given(texts(), st.data())
def test_what_is_proven_keeps_every_value_that_is_not_touched(text: str, data: st.DataObject) -> None:
    """Any edit at all: it is refused, or no more values change than it touches."""
    start = data.draw(st.integers(0, len(text)))
    end = min(len(text), start + data.draw(st.sampled_from([0, 0, 0, 1, 3])))
    put_in = data.draw(st.sampled_from(['"', "x", "\n", " ", "#", ": ", "- ", ",", "\n  a: b", ""]))
    edit = Edit("a.yaml", start, end, put_in)
    try:
        prove(text, [edit])
    except NotProvenError:
        return
    if readable(text):
        old, new = leaves(text), leaves(applied(text, [edit]))
        assert (old - new).total() <= 2 and (new - old).total() <= 2
