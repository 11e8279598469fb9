"""The source of programs: it is read, whatever it holds, in time and memory that grow with its length alone."""

from __future__ import annotations

import subprocess
import sys
from itertools import islice, product
from pathlib import Path

import pytest

from cmlint.sources import code
from tests.hostile.planted import limited
from tests.hostile.test_time import BEFORE
from tests.support.run import write

LENGTH = 600_000
"""The characters of each text; the largest source that is read has a million bytes."""

SECONDS, MEMORY = 8, 400 << 20
"""What reading such a text may take; each of these took more, most of them days or gigabytes."""

READ = f"""\
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
resource.setrlimit(resource.RLIMIT_DATA, ({MEMORY}, {MEMORY}))
from cmlint.sources import code
code.read(sys.stdin.read(), sys.argv[1])
"""


def much(text: str, length: int = LENGTH) -> str:
    """A text again and again."""
    return text * (length // len(text))


INDENTS = "".join(
    f"{''.join(blanks)}class A(BaseSettings):\n" for blanks in islice(product(" \t", repeat=14), LENGTH // 40)
)
BLANKS = " " * LENGTH
NAME = "A" * (LENGTH // 2)

TEXTS = {
    "config": ("python", "decouple\n" + much('config("AB" ')),
    "env": ("python", "environs\n" + much('env("AB" ')),
    "default-of-env": ("python", 'environs\nenv("AB"' + "," * LENGTH),
    "blanks-in-a-field": ("python", f"class A(BaseSettings):\n  a: int\n     b{BLANKS}x\n"),
    "levels-of-classes": ("python", INDENTS),
    "prefix-of-settings": (
        "python",
        f"class A(BaseSettings):\n  env_prefix='{NAME}'\n" + much("  ab: int\n", LENGTH // 2),
    ),
    "property": ("java", much('@ConfigProperty(name="AB" ')),
    "bound": ("go", much("BindEnv(")),
    "tags-of-a-field": ("go", "`" + much('env:"AB" ')),
    "prefix-of-tags": ("go", f'env SetEnvPrefix("{NAME}")' + much('`env:"AB"`\n', LENGTH // 2)),
    "blanks-behind-a-test": ("javascript", f"!process.env.AB){BLANKS}"),
    "tests": ("javascript", much("!process.env.AB){a(")),
    "options-of-read": ("shell", "env " + much("read -")),
    "holes-in-a-name": ("other", 'env "' + "$aA" * 60 + "!"),
    "argument-of-a-base": ("dockerfile", f"ARG A={NAME}\n" + much("FROM ${A}b\n", LENGTH // 2)),
}
"""Languages, and texts in which much was tried from many places to the end, or something long was repeated."""


@pytest.mark.parametrize("name", TEXTS)
def test_no_source_takes_more_than_it_is_long(name: str) -> None:
    language, text = TEXTS[name]
    assert len(text) <= code.LARGEST
    done = subprocess.run([sys.executable, "-c", READ, language], input=text.encode(), capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, "")


POD = """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: 'a/b:1.0.0', env: [{name: SOME_NAME, value: x}]}]}
"""


def test_a_check_ends_that_reads_such_source(tmp_path: Path) -> None:
    files = {
        "compose.yaml": "services:\n  a: {build: ., image: 'a/b:1.0.0'}\n",
        "Dockerfile": "FROM node\nCOPY . /app\n",
        "a.js": "process.env.OTHER_NAME\n" + TEXTS["holes-in-a-name"][1],
    }
    write(tmp_path, {**files, "pod.yaml": POD})
    ended = limited(tmp_path, "check", ".", "--no-cache", "--pedantic", "--quiet", before=BEFORE)
    assert (ended.returncode in (0, 1), ended.stderr) == (True, "")
