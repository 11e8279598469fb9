"""A rule that is declared wrongly is an error that names the place and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import cmlint
from tests.support.run import write

RULE = '''\
"""A rule."""

from collections.abc import Iterator

from cmlint.api import Container, Context, Draft, Fault, rule


@rule(name="bad-thing", summary="bad", consequence="silent", since="1.0.0")
def bad_thing(container: Container, ctx: Context) -> Iterator[Draft]:
    """Nothing."""
    yield from ()
'''
KINDS = "Bundle, Container, Document, Env, EnvFrom, Fault, Ignore, PodSpec, Provider, Reference, Volume"
WRONG = {
    "kebab-case": ("bad-thing", "Bad_Thing", "`Bad_Thing` must name the problem in kebab-case, like `missing-key`"),
    "one word": ("bad-thing", "bad", "`bad` must name the problem in kebab-case, like `missing-key`"),
    "a wish": ("bad-thing", "no-bad-thing", "`no-bad-thing` must name the problem in kebab-case, like `missing-key`"),
    "version": ("1.0.0", "1.0", "`since` must be a version like `0.1.0`"),
    "module": ("bad-thing", "worse-thing", "the module of `worse-thing` must be called `worse_thing.py`"),
    "node": ("container: Container", "container: str", f"the first parameter must be annotated with one of {KINDS}"),
    "codes": (
        "container: Container",
        "fault: Fault",
        "a rule about Fault must say by `codes` which faults it speaks for",
    ),
}


CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\n"


def said(folder: Path, module: str, name: str = "bad_thing") -> str:
    """What the command says about a package with one module."""
    files = {
        "acme-1.0.dist-info/entry_points.txt": "[console_scripts]\nacme = acme:main\n\n[cmlint.rules]\nacme = acme\n",
        "acme/__init__.py": "",
        f"acme/{name}.py": module,
    }
    write(folder, files)
    (folder / "checked").mkdir()
    write(folder / "checked", {"config.yaml": CONFIG_MAP})
    done = cmlint(folder / "checked", "check", "config.yaml", PYTHONPATH=str(folder))
    assert (done.stdout, done.returncode) == ("", 2)
    return done.stderr.splitlines()[0]


@pytest.mark.parametrize("case", WRONG)
def test_wrong_declaration(tmp_path: Path, case: str) -> None:
    right, wrong, why = WRONG[case]
    assert said(tmp_path, RULE.replace(right, wrong)) == f"cmlint: error: acme.bad_thing.bad_thing: {why}"


def test_name_that_is_taken(tmp_path: Path) -> None:
    module = RULE.replace("bad-thing", "missing-key")
    both = "`missing-key` is declared in {} and in {}"
    places = ("cmlint_rules.references.missing_key", "acme.missing_key")
    expected = {f"cmlint: error: {both.format(*order)}" for order in (places, places[::-1])}
    assert said(tmp_path, module, "missing_key") in expected


def test_module_that_cannot_be_imported(tmp_path: Path) -> None:
    why = "the rules of `acme.bad_thing` cannot be loaded: ModuleNotFoundError: No module named 'nowhere'"
    assert said(tmp_path, "import nowhere\n") == f"cmlint: error: {why}"
