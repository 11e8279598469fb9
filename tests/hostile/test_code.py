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
HALF = LENGTH // 2
NAME = "A" * HALF
NESTED = "".join(f"{' ' * depth}class A{depth}(BaseSettings):\n" for depth in range(500))
BLOCKS = "".join(f"{' ' * depth}with env.prefixed('{'A' * 100}'):\n" for depth in range(100))
SETTINGS = "".join(
    f"class A{number}(BaseSettings):\n  env_nested_delimiter = '_'\n" + "  c: C\n" * 100
    for number in range(HALF // 760)
)

TEXTS = {
    "config": ("python", "decouple\n" + much('config("AB" ')),
    "env": ("python", "environs\n" + much('env("AB" ')),
    "commas-of-env": ("python", "environs\n" + much('env("AB",,,')),
    "default-of-env": ("python", 'environs\nenv("AB"' + "," * LENGTH),
    "blanks-in-a-field": ("python", f"class A(BaseSettings):\n  a: int\n     b{BLANKS}x\n"),
    "levels-of-classes": ("python", INDENTS),
    "blanks-behind-a-class": ("python", f"Settings\nclass A{BLANKS}x"),
    "blanks-before-an-alias": ("python", f"class A(BaseSettings):\n  ab: int = Field(alias={BLANKS}x)\n"),
    "blanks-behind-a-constant": ("python", f"getenv(AB)\nAB = 'AB'{BLANKS}x"),
    "classes-of-one-name": ("python", much("class A(BaseSettings):\n", HALF) + much("  ab: int\n", HALF)),
    "classes-around-classes": ("python", NESTED + much(f"{' ' * 500}ab: int\n", LENGTH - len(NESTED))),
    "fields-of-fields": ("python", "class C:\n" + "  ab: int\n" * 100 + SETTINGS),
    "long-field-of-fields": ("python", f"class C:\n  {NAME}: int\n{SETTINGS}"),
    "blocks-in-blocks": ("python", f"import env\n{BLOCKS}" + " " * 100 + much('env("AB") ', LENGTH - len(BLOCKS))),
    "prefix-of-a-block": ("python", f"with env.prefixed('{NAME}'):\n  " + much('env("AB") ', HALF)),
    "prefix-of-settings": (
        "python",
        f"class A(BaseSettings):\n  env_prefix='{NAME}'\n" + much("  ab: int\n", HALF),
    ),
    "property": ("java", much('@ConfigProperty(name="AB" ')),
    "property-of-micronaut": ("java", much('@Property(name="AB" ')),
    "blanks-behind-an-alias": ("java", f"env a = System.getenv(){BLANKS}x"),
    "prefix-of-maps": ("java", f'@ConfigurationProperties("{NAME}")\n' + much("List<A> a;\n", HALF)),
    "bound": ("go", much("BindEnv(")),
    "prefix-of-a-struct": ("go", f'  b B `envPrefix:"{NAME}"`\ntype B struct {{\n' + much('`env:"AB"`\n', HALF)),
    "structs-behind-tags": (
        "go",
        'a B `envPrefix:"A_"`\n' + much('`env:"AB"`\n', HALF) + much("type B struct {\n", HALF),
    ),
    "tags-of-a-field": ("go", "`" + much('env:"AB" ')),
    "prefix-of-tags": ("go", f'env SetEnvPrefix("{NAME}")' + much('`env:"AB"`\n', HALF)),
    "blanks-behind-a-test": ("javascript", f"!process.env.AB){BLANKS}"),
    "tests": ("javascript", much("!process.env.AB){a(")),
    "blanks-behind-a-type": ("javascript", f"env {{a}}:{BLANKS}x"),
    "blanks-in-the-cast-of-an-alias": ("javascript", f"const a = process.env as{BLANKS}!"),
    "blanks-behind-decorators": ("javascript", "env class-validator\n" + "@IsA()\n" * 8 + f"{BLANKS}x"),
    "name-of-a-decorator": ("javascript", f"env class-validator\n@Is{much('need')}()\nAB:"),
    "name-of-a-service": ("javascript", "env getOrThrow" + much("config")),
    "settings-of-a-script": ("shell", "".join(f"A{number}= $B{number}\n" for number in range(LENGTH // 16))),
    "properties": ("properties", f"{NAME}:\n" + "".join(f" b{number}:\n" for number in range(HALF // 9))),
    "options-of-read": ("shell", "env " + much("read -")),
    "holes-in-a-name": ("other", 'env "' + "$aA" * 60 + "!"),
    "variable-of-a-stage": ("dockerfile", f"FROM a\nENV {'a' * LENGTH}"),
    "argument-of-a-base": ("dockerfile", f"ARG A={NAME}\n" + much("FROM ${A}b\n", HALF)),
}
"""Languages, and texts in which much was tried from many places to the end, or something long was repeated."""


@pytest.mark.parametrize("name", TEXTS)
def test_no_source_takes_more_than_it_is_long(name: str) -> None:
    language, text = TEXTS[name]
    assert len(text) <= code.LARGEST
    done = subprocess.run([sys.executable, "-c", READ, language], input=text.encode(), capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, "")


@pytest.mark.parametrize("text", ["EnvVar()", "EnvVars()", 'BindEnv("a",)', "EnvVars: []string{}"])
def test_a_form_without_a_name_reads_nothing(text: str) -> None:
    assert code.read(text, "go").reads == ()


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
