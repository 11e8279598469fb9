"""What source files read of the environment: each form, by language."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from cmlint.model.facts import Dockerfile, Language
from cmlint.sources import code
from cmlint.sources.reader import LANGUAGES


def reads(text: str, language: Language) -> list[str]:
    """The reads of a text, each in a few words."""
    return [f"{read.name} {read.how}{' declarative' * read.declarative}" for read in code.read(text, language).reads]


FORMS: list[tuple[Language, str, list[str]]] = [
    ("python", 'A_B = os.environ["A_B"]', ["A_B hard declarative"]),
    ("python", 'def f():\n    return os.environ["A_B"]', ["A_B hard"]),
    ("python", 'A_B: str = os.environ["A_B"] or "x"', ["A_B soft"]),
    ("python", 'x = os.environ.get("A_B")', ["A_B guarded"]),
    ("python", 'x = os.getenv("A_B", "c")', ["A_B soft"]),
    ("python", 'x = os.getenv("A_B") or "c"', ["A_B soft"]),
    ("python", 'x = require_env("A_B")', ["A_B hard"]),
    ("python", 'os.environ["A_B"] = "c"', []),
    ("python", 'monkeypatch.setenv("A_B", "c")', []),
    ("python", '# os.getenv("A_B")', []),
    ("python", 'x = os.getenv("A_" + name)', []),
    (
        "python",
        'from decouple import config\nX = config("A_B")\nY = config("A_C", default=1)',
        ["A_B hard declarative", "A_C soft"],
    ),
    (
        "python",
        'import environ\nX = env.bool("A_B", default=False)\nY = env.db("A_C")',
        ["A_B soft", "A_C hard declarative"],
    ),
    (
        "python",
        'class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix="APP_")\n    host: str\n'
        "    port: int = 3\n    inner: Inner\n    def f(self) -> int: ...\nx: int = 3\n",
        ["APP_HOST hard declarative", "APP_PORT soft"],
    ),
    (
        "python",
        'class Settings(BaseSettings):\n    a: str = Field(\n        ...,\n        env="A_B",\n    )\n'
        '    c: str = Field(default="x", alias="A_C")\n'
        '    d: str = Field(validation_alias=AliasChoices("A_D", "A_E"))\n',
        ["A_B hard declarative", "A_C soft", "A_D soft"],
    ),
    (
        "python",
        "class Limits(BaseSettings):\n    burst: int = 3\nclass Settings(BaseSettings):\n"
        "    limits: Limits = Field(default_factory=Limits)\n    more: Optional[Limits] = None\n    mode: Mode = 'a'\n",
        ["BURST soft", "MODE soft"],
    ),
    ("javascript", "const x = process.env.A_B", ["A_B guarded"]),
    ("javascript", "const x = process.env.A_B || 'c', y = process.env['A_C'] ?? 3", ["A_B soft", "A_C soft"]),
    ("javascript", "process.env.A_B = 'c'", []),
    ("javascript", "if (!process.env.A_B) {\n  throw new Error('A_B')\n}", ["A_B hard"]),
    ("javascript", "const { A_B, A_C = 3, A_D: d } = process.env", ["A_B guarded", "A_C soft", "A_D guarded"]),
    ("javascript", "x = f(`${process.env.A_B}/a`) // process.env.A_C", ["A_B guarded"]),
    ("javascript", "x = import.meta.env.A_B", ["A_B guarded"]),
    ("javascript", "this.configService.get<string>('A_B')", ["A_B guarded"]),
    ("javascript", "config.getOrThrow('A_B')", ["A_B hard"]),
    (
        "javascript",
        "const s = z.object({\n  A_B: z.string(),\n  A_C: z\n    .string()\n    .optional(),\n})\ns.parse(process.env)",
        ["A_B hard declarative", "A_C soft"],
    ),
    (
        "javascript",
        "validationSchema: Joi.object({\n  A_B: Joi.string().required(),\n  A_C: Joi.number(),\n})",
        ["A_B hard declarative", "A_C soft"],
    ),
    (
        "javascript",
        "cleanEnv(process.env, {\n  A_B: str(),\n  A_C: port({ default: 3 }),\n})",
        ["A_B hard declarative", "A_C soft"],
    ),
    ("java", 'System.getenv("A_B")', ["A_B guarded"]),
    ("java", 'System.getenv("A_B") ?: "c"', ["A_B soft"]),
    ("java", 'System.getenv().getOrDefault("A_B", "c")', ["A_B soft"]),
    ("java", '@Value("${A_B}") String a;', ["A_B hard declarative"]),
    ("java", '@Value("\\${A_B:c}") val a', ["A_B soft"]),
    ("java", '@Value("${app.page}") String a;', []),
    ("properties", "a: ${A_B}\nb: x${A_C:3}\n", ["A_B hard declarative", "A_C soft"]),
    ("properties", "a=${A_B:${A_C}}", ["A_B soft", "A_C soft"]),
    ("go", 'os.Getenv("A_B")', ["A_B guarded"]),
    ("go", 'v, ok := os.LookupEnv("A_B")', ["A_B guarded"]),
    ("go", 'mustMapEnv(&svc.address, "A_B")', ["A_B hard"]),
    ("go", 'getEnv("A_B", "c")', ["A_B soft"]),
    ("go", 'os.Setenv("A_B", "c")', []),
    ("go", 'A string `env:"A_B,required"`', ["A_B hard declarative"]),
    ("go", 'A string `env:"A_B" envDefault:"c"`', ["A_B soft"]),
    ("go", 'A string `envconfig:"A_B" required:"true"`\n envconfig.Process("app", &c)', ["APP_A_B hard"]),
    ("go", 'EnvVars: []string{"A_B"}', ["A_B soft"]),
    ("go", 'viper.AutomaticEnv()\nviper.GetString("A_B")', ["A_B soft"]),
    ("shell", "echo $A_B ${A_C} ${A_D:-x} ${A_E:?no}", ["A_B guarded", "A_C guarded", "A_D soft", "A_E hard"]),
    ("shell", 'A_B=${A_B:-x}\nA_C=3\necho "$A_C"', ["A_B soft"]),
    ("envsubst", "server ${A_B}:80;", ["A_B guarded"]),
]


IDIOMS: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("idioms.yaml").read_text(encoding="utf-8"))
FORMS += [(idiom["language"], idiom["text"], idiom["reads"]) for idiom in IDIOMS]


@pytest.mark.parametrize(("language", "text", "expected"), FORMS)
def test_each_form_is_read(language: Language, text: str, expected: list[str]) -> None:
    assert reads(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", 'env = os.environ.copy()\nenv["A_B"] = "c"'),
        ("python", 'data = load()\ndata["A_B"]\ndata.get("A_C")'),
        ("python", 'get = cache.get\nget("A_B")'),
        ("python", 'subprocess.run(["x"], env={"A_B": "c"})'),
        ("javascript", "const env = load()\nenv.A_B"),
        ("javascript", "const env = process.env\nenv.A_B = 'c'"),
        ("javascript", "this.map.get('A_B') // ConfigService"),
        ("javascript", "z.object({ A_B: z.string() })"),
        ("javascript", "spawn('x', { env: { A_B: 'c' } })"),
        ("java", 'Map<String, String> data = load();\ndata.get("A_B")'),
        ("go", 'cmd.Env = append(os.Environ(), "A_B=c")'),
        ("go", "os.Getenv(name)"),
        ("go", 'env.Provider("A_", ".", nil)'),
        ("shell", "echo ${!A_B}"),
        ("envsubst", "proxy_pass $host;"),
    ],
)
def test_what_reads_something_else_is_no_read(language: Language, text: str) -> None:
    assert reads(text, language) == []


def test_the_words_of_other_languages_are_known() -> None:
    def words(text: str) -> set[str]:
        return set(code.read(text, "other").words.split())

    assert {"A_B", "A_C"} <= words('ENV.fetch("A_B")\nENV["A_C"]')
    assert "A_B" in words("services:\n  app:\n    url: '%env(resolve:A_B)%'\n")
    assert "A_B" in words("[program:x]\ncommand=x %(ENV_A_B)s\n")
    assert "A_B" in words('#[arg(long, env = "A_B")]\n')
    assert "A_B" in words("'url' => env('A_B', 'x'),\n")


@pytest.mark.parametrize(
    ("text", "language", "pattern"),
    [
        ('@ConfigurationProperties(prefix = "shop")\nMap<String, Client> clients;', "java", "SHOP_CLIENTS_*"),
        ('@ConfigurationProperties("shop.api")\nval baseUrls: Map<String, String>', "java", "SHOP_API_BASE*URLS_*"),
    ],
)
def test_a_map_of_settings_has_any_names(text: str, language: Language, pattern: str) -> None:
    assert pattern in code.read(text, language).pieces


def test_a_read_in_a_comment_of_several_lines_is_none() -> None:
    text = "/*\nprocess.env.ONE\n*/\nprocess.env.TWO\n/* a */\nprocess.env.THREE\n/*\nprocess.env.FOUR\n"
    assert reads(text, "javascript") == ["TWO guarded", "THREE guarded", "FOUR guarded"]


def test_a_read_has_its_place() -> None:
    text = "\n\nx = os.getenv('A_B', 'c')\n"
    (read,) = code.read(text, "python").reads
    assert (read.line, text[read.span.start : read.span.end], read.hidden) == (3, "A_B", None)


def test_the_default_of_a_credential_is_hidden() -> None:
    text = "x = os.getenv('API_TOKEN', 'tok')\ny = 1\n"
    (read,) = code.read(text, "python").reads
    assert read.hidden
    assert text[read.hidden.start : read.hidden.end] == "', 'tok')"


def test_a_dockerfile_is_followed_through_its_stages() -> None:
    text = (
        "ARG VERSION=3.13\nFROM node:22 AS web\nENV A=1\nCOPY web ./\nFROM python:${VERSION}-slim AS base\n"
        "ENV B=1 \\\n  C=2\nFROM base\nENV D 4\nCOPY --from=web /a /b\n"
        'COPY ["src", "conf", "/srv"]\nCMD exec run $RUN_ME ./cmd/api\n'
    )
    facts = code.read(text, "dockerfile")
    assert facts.dockerfile == Dockerfile("python:3.13-slim", ("D", "B", "C"), ("web", "src", "conf"), ("api",))
    assert facts.words == "RUN_ME VERSION"


def test_a_base_that_an_argument_decides_is_not_known() -> None:
    facts = code.read("ARG BASE\nFROM $BASE\n", "dockerfile")
    assert facts.dockerfile == Dockerfile("", (), ())


@pytest.mark.parametrize(
    ("text", "language", "pieces"),
    [
        ('os.environ[f"{name}_HOST"]', "python", ("*_HOST",)),
        ("process.env[`APP_${name}`]", "javascript", ("APP_*",)),
        ('os.Getenv("APP_" + name)', "go", ("APP_*",)),
        ('os.Getenv(fmt.Sprintf("%s_URL", name))', "go", ("*_URL",)),
        ('key = f"SVC_{name.upper()}_HOST"\nos.environ.get(key)', "python", ("SVC_*_HOST",)),
        ('os.environ.get("SVC_{}_HOST".format(name))', "python", ("SVC_*_HOST",)),
        ('P = "SHOP_"\nfound = [k for k in os.environ if k.startswith(P)]', "python", ("SHOP_*",)),
        ("const key = `${name}_FILE`\nprocess.env[key]", "javascript", ("*_FILE",)),
        ('for _, e := range os.Environ() {\n\tstrings.HasPrefix(e, "SHOP_")', "go", ("SHOP_*",)),
        ('local file="${var}_FILE"\necho "${!file}"', "shell", ("*_FILE",)),
        ('name="SHOP_$1_DIR"\necho "${!name}"', "shell", ("SHOP_*_DIR",)),
        ("env | grep '^SHOP_' > /etc/shop", "shell", ("SHOP_*",)),
        ("for name in ${!SHOP_@}; do", "shell", ("SHOP_*",)),
        ('ENV["DB_#{name}"]', "other", ("DB_*",)),
        ("os.getenv(name)", "python", ()),
        ('x = f"SVC_{name}_HOST"', "python", ()),
        ('model_config = SettingsConfigDict(env_prefix="SHOP_")', "python", ()),
        ('env.Provider("SHOP_", ".", nil)', "go", ()),
        ('os.getenv("SHOP_URL")', "python", ()),
        ('env = f"{one}_{other}"', "python", ()),
    ],
)
def test_names_that_are_put_together_are_patterns(text: str, language: Language, pieces: tuple[str, ...]) -> None:
    assert code.read(text, language).pieces == pieces


@pytest.mark.parametrize(
    ("text", "language", "prefix"),
    [
        ('main(auto_envvar_prefix="SHOP")', "python", "shop"),
        ('Dynaconf(envvar_prefix="SHOP")', "python", "shop"),
        ('app.config.from_prefixed_env("SHOP")', "python", "shop"),
        ('kong.Parse(&cli, kong.DefaultEnvars("SHOP"))', "go", "shop"),
        ('ff.WithEnvVarPrefix("SHOP")', "go", "shop"),
    ],
)
def test_libraries_put_a_prefix_before_settings(text: str, language: Language, prefix: str) -> None:
    assert code.read(text, language).prefixes == (prefix,)


def test_the_last_part_of_a_dotted_name_is_a_setting() -> None:
    assert code.read("print(settings.cache_ttl, db)", "python").settings == "cachettl db print settingscachettl"


def test_properties_have_their_whole_names() -> None:
    facts = code.read("app:\n  jwt:\n    secret-file: a\n  page: 3\nspring.data.url=x\n", "properties")
    assert {"appjwtsecretfile", "apppage", "springdataurl"} <= set(facts.settings.split())


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("src/app.py", "python"),
        ("src/app.test.ts", None),
        ("src/app.ts", "javascript"),
        ("tests/app.py", None),
        ("node_modules/a/index.js", None),
        ("pkg/a_test.go", None),
        ("src/test/java/A.java", None),
        ("src/main/resources/application.yml", "properties"),
        ("src/main/resources/application-dev.yml", "other"),
        ("Dockerfile.prod", "dockerfile"),
        ("compose.yaml", None),
        (".env.example", None),
        ("entrypoint", "shell"),
        ("README.md", None),
        ("web/app.min.js", None),
    ],
)
def test_files_are_read_by_their_names(path: str, language: Language | None) -> None:
    assert code.language_of(path) == language


@pytest.mark.parametrize("text", ["apiVersion: v1\nA_B: c\n", "services:\n  A_B: c\n", "on:\n  push: A_B\njobs:\n"])
def test_what_gives_variables_does_not_read_them(text: str) -> None:
    assert code.read(text, "other").words == ""


HOSTILE = [
    "process.env.",
    "const {",
    "${",
    "env(",
    "ENV[",
    "os.environ[",
    "/*",
    "A_B: z.",
    "class A(BaseSettings):\n  a: ",
    '`env:"',
    "COPY [",
    "A_",
    "${A:",
    "\n.",
    'env "A_',
    "env `{",
    "env '%s",
    "${!A_",
    "\n/*",
    "\n/* process.env.AB",
    "from os import a, environ as ",
    "\nenv = os.environ\nenv[",
    "\nenv = {**os.environ ",
    "\nget = os.getenv\nget(",
    'A_B = "A_B"\nGetenv(A_B ',
    "\nwith env.prefixed('A_'):\n  env('B",
    "import { env, ",
    "const { env, ",
    "const env = process.env\nenv.A_B ",
    "import { A_B, ",
    "\nA_B: z.a, ",
    "@IsString() ",
    "@IsString(\n",
    "x: ConfigService\nx.get('",
    "fastify-env A_B: { ",
    "{{ env ",
    "%(ENV_A_B)",
    "EnvVars: []string{",
    "BindEnv(a,",
    'type A struct {\n B C `envPrefix:"D_"`\n',
    '@ConfigurationProperties("a") Map<String, ',
    "env = System.getenv()\nenv.get(",
    "\nclass A(BaseSettings):\n  env_nested_delimiter='__'\n  a: A\n",
    "Annotated[",
    "dj_database_url.config(",
    "kong:\"env='A_B",
]


@pytest.mark.parametrize(
    "language", ["python", "javascript", "java", "go", "properties", "shell", "envsubst", "dockerfile", "other"]
)
def test_hostile_text_takes_time_in_proportion(language: Language) -> None:
    def seconds(text: str) -> float:
        began = time.process_time()
        code.read(text, language)
        return time.process_time() - began

    for part in HOSTILE:
        small, large = seconds(part * 4_000), seconds(part * 16_000)
        assert large < 10 * small + 0.2, part


def test_no_language_is_read_as_manifests_are() -> None:
    """What a chart renders is a `template`, of which nothing is read."""
    assert not {"text", "template", "kustomization", "expectation", "script"} & LANGUAGES
