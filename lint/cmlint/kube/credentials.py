"""By which names credentials are known: `DB_PASSWORD`, `authToken`, `secret-key`.

The names are those that others look for as well: checkov (`checkov/common/util/secrets.py` in bridgecrewio/checkov),
trivy (`pkg/fanal/secret/builtin-rules.go` in aquasecurity/trivy), gitleaks (`config/gitleaks.toml` in
gitleaks/gitleaks) and polaris (`checks/sensitiveContainerEnvVar.yaml` in FairwindsOps/polaris).
"""

from __future__ import annotations

import re
from itertools import pairwise

WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

PASSWORDS = frozenset(("pass", "passwd", "password", "passphrase", "pwd"))
ENDINGS = ("passwd", "password", "passphrase", "pwd")
"""How such words end: `DBPASSWORD` is one word."""

SECRETS = frozenset(("secret", "token"))
KEYS = frozenset(
    ("access", "account", "api", "auth", "encryption", "master", "private", "secret", "shared", "signing", "storage")
)
"""What makes a `key` a credential."""

NAMED_KEYS = frozenset(("api", "encryption", "private", "secret", "signing"))
"""Of these also where the value is not known."""

OTHERS = frozenset(
    ("apikey", "bearer", "cookie", "credential", "dsn", "htpasswd", "pem", "pin", "salt", "uri", "url", "webhook")
)
"""Words of what often holds a credential, although most of it is none."""


POINTERS = frozenset(("enabled", "file", "length", "name", "path", "policy", "ref", "reference", "type"))
"""The last words of names that only say where a credential is, or how it is made."""


def is_password(name: str) -> bool:
    """Whether a name ends as names of passwords do."""
    last = last_words(name)[1]
    return last in PASSWORDS or last.endswith(ENDINGS)


def is_secret(name: str) -> bool:
    """Whether a name ends as names of tokens, keys and other secrets do that are made and not chosen."""
    before, last = last_words(name)
    made = last == "apikey" or (before, last) == ("key", "base")
    return last in SECRETS or (last == "key" and before in KEYS) or made


def may_be_secret(name: str) -> bool:
    """Whether a name has a word of any credential anywhere, also in the plural: what it names must not be shown."""
    words = [word.lower() for word in WORDS.findall(name)]
    singular = [word.removesuffix("s") for word in words]
    if not words or singular[-1] in POINTERS or not {"existing", "pull"}.isdisjoint(words):
        return False
    return (
        any(last == "key" and before in NAMED_KEYS for before, last in pairwise(singular))
        or not (PASSWORDS | SECRETS | OTHERS).isdisjoint((*words, *singular))
        or any(part in name.lower() for part in ("password", "passwd", "secret", "token"))
    )


def last_words(name: str) -> tuple[str, str]:
    """The last two words of a name, in lower case; empty where there are fewer."""
    words = ["", "", *(word.lower() for word in WORDS.findall(name))]
    return words[-2], words[-1]
