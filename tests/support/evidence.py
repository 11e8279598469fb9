"""The page of all evidence codes, `docs/evidence.md`."""

from __future__ import annotations

from cmlint.model.evidence import IGNORABLE, MEANINGS, NOT_LOOKED_AT, Code
from tests.support.run import ROOT

PAGE = ROOT / "docs" / "evidence.md"

HEAD = """\
# Evidence

Published repositories work, so most ConfigMaps and Secrets that no file defines are created by something else. cmlint
reports such a name only where nothing around the reference could create it. `make docs` writes this page.

Every reference to a ConfigMap or Secret ends in exactly one way, and the numbers of the summary add up:

| end | meaning |
| --- | --- |
| resolved | Its object is defined, with all keys that it reads. |
| reported | Its place is one of the places of a finding, which may be suppressed or in the baseline. |
| optional and absent | It is optional, and nothing defines its object or key. |
| excused | Something else may create its object or key. |
| not looked at | cmlint did not decide about it. |

`cmlint check --verbose` and the list `unverified` of `--format json` show each of the last three with one of the codes
below. `cmlint explain FILE:LINE` says more about one of them: which definitions cmlint considered, all reasons that
hold, and what would change the answer.

A name that is nearly that of a defined object is reported whatever else is around. `references: strict` in the
configuration ignores all evidence about missing names.

If a reason does not hold for your repository, turn it off. A reference that only this reason excuses is then reported:

```yaml
evidence: {shown-in-document: ignore}
```

| code | meaning | end | can be ignored |
| --- | --- | --- | --- |
"""


def render() -> str:
    """The page as it should be."""
    return HEAD + "".join(map(row, MEANINGS))


def row(code: Code) -> str:
    """The line of one code."""
    end = "not looked at" if code in NOT_LOOKED_AT else "optional and absent" if code == "optional" else "excused"
    return f"| `{code}` | {MEANINGS[code]} | {end} | {'yes' if code in IGNORABLE else ''} |\n"
