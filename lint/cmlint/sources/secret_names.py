"""What is known to be a secret in an input, by its name, and how it is kept out of what is shown."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, unquote

from cmlint.kube.base64 import decode
from cmlint.kube.credentials import may_be_secret
from cmlint.sources import files
from cmlint.sources.helm.template import ACTION
from cmlint.sources.yaml_tree import Part, read_parts
from cmlint.system.filesystem import FileSystem

HIDDEN = "..."
LARGEST = 1024 * 1024
"""A longer text is looked at line by line, and not parsed."""

SHORTEST = 4
"""A shorter text is in too many words to be looked for."""

NONE = frozenset(("none", "null", "true", "false", "enabled", "disabled", "default"))
"""Values that are never secret, under any name."""

LINE = r"""(?m)^[ \t\-{,"']*([A-Za-z_][\w.-]*)["']?[ \t]*[:=][ \t]*(\S.*)$"""
"""A line that gives something a value, in YAML, JSON or an environment file."""

FIELD = r"[A-Za-z][A-Za-z._-]{0,40}"
"""A name as people give them to fields. With digits in it, it may be a value in the wrong place."""

FILE = (
    r"(?:[\w.-]+/)*(?:[\w-]*\.)+(?:ca|cer|cert|cfg|cnf|conf|config|crt|csr|csv|der|env|htpasswd|ini|jks|json|kdbx|key|"
    r"keystore|p12|pem|pfx|properties|pub|secrets?|sh|sql|toml|truststore|txt|xml|ya?ml|zip)"
    r"|(?:[\w.-]+/)*(?:[\w-]+\.)*\.?env\.(?:[a-z]+\.)?(?:base|default|dev|development|enc|example|local|prod|production|"
    r"sample|secrets?|staging|test)"
)
"""The path of a file whose ending says that it is one, and not a value in the wrong place."""

FILES = ("env", "envs", "files")
"""The fields in which generators name files."""


class Masks:
    """Texts that must not be shown: what is secret in an input, and its other spellings."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self.wholes: set[str] = set()
        self.words: set[str] = set()
        for secret in set(secrets):
            plain = decode(secret.strip())
            for text in (
                secret,
                *secret.splitlines(),
                *(plain.decode("utf-8", "ignore").splitlines() if plain else ()),
            ):
                self.add(re.sub(ACTION, " ", text).strip().strip("\"'"))

    def add(self, text: str) -> None:
        """Takes in a text, its words, and how these are written in base64 and in addresses."""
        if len(text) < SHORTEST or text.lower() in NONE:
            return
        raw = text.encode("utf-8", "replace")
        for spelling in (text, unquote(text), quote(raw, safe=""), base64.b64encode(raw).decode()):
            self.wholes.add(spelling.lower())
        self.words.update(word.lower() for word in re.split(r"[\s:/@,;=&?\"'{}\[\]|]+", text) if len(word) >= SHORTEST)

    def hide(self, text: str) -> bool:
        """Whether a name or a part of a path is a secret, or holds a long one."""
        low = text.lower()
        return low in self.wholes or any(len(secret) >= 2 * SHORTEST and secret in low for secret in self.wholes)

    def over(self, text: str) -> str:
        """A text without the secrets in it, in any case of letters."""
        secrets = (secret for secret in self.wholes | self.words if len(secret) <= len(text))
        for secret in sorted(secrets, key=len, reverse=True):
            text = re.sub(re.escape(secret), HIDDEN, text, flags=re.IGNORECASE)
        return text


def secrets_in(text: str) -> Iterator[str]:
    """What is secret in a text by the name that it has there; of one that cannot be parsed, line by line."""
    for name, value in re.findall(LINE, text):
        if may_be_secret(name):
            yield value
    for part in read_parts("", text) if len(text) <= LARGEST else ():
        yield from below_secret(part)


def below_secret(part: Part, *, secret: bool = False, listed: bool = False) -> Iterator[str]:
    """The scalars in a tree that are named like credentials, or are below something that is.

    A text that is `listed` as a file and has the name of one may be shown.
    """
    if part.text is not None and secret and not (listed and is_file(part.text)):
        yield part.text
    for name, (_, value) in part.fields.items():
        yield from below_secret(value, secret=secret or may_be_secret(name), listed=name in FILES)
    for item in part.items:
        yield from below_secret(item, secret=secret, listed=listed)


def is_file(text: str) -> bool:
    """Whether a text is the path of a file, and not a value in the wrong place."""
    return bool(re.fullmatch(FILE, text.removeprefix("./")))


def pointer(text: str, masks: Masks) -> str:
    """A JSON pointer without what may be a value in it."""
    steps = (
        HIDDEN if not re.fullmatch(rf"{FIELD}|-|\d{{0,3}}", step) or masks.hide(step) else step
        for step in text.split("/")
    )
    return "/".join(steps)


def field(text: str, masks: Masks) -> str:
    """The name of a field, unless it may be a value."""
    return text if re.fullmatch(FIELD, text) and not masks.hide(text) else HIDDEN


def read(disk: FileSystem, path: str) -> str:
    """A file's text; empty where it cannot be read."""
    try:
        return files.read(disk, path)
    except (OSError, UnicodeDecodeError):
        return ""
