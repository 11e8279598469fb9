"""A credential in plain text."""

import re
from collections.abc import Iterator

from cmlint.api import Container, Context, Document, Draft, Span, credentials, placeholders, rule

NO_PASSWORD = frozenset(
    ("0", "1", "true", "false", "yes", "no", "on", "off", "none", "null", "nil", "enabled", "disabled", "empty")
)
PATH_OR_URL = r"\.{0,2}/|[a-z][a-z0-9+.-]*://"
NAME = r"[A-Z0-9]+(_[A-Z0-9]+)*|[a-z0-9]+([-._][a-z0-9]+)+"
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"

TYPES = frozenset(("string", "str", "text", "password", "secret"))
"""What is where a file describes a password, and has none."""

SETTING = r"""(?m)^[ \t]*["']?([A-Za-z][\w.-]*)["']?[ \t]*[=:][ \t]*["']?([^\s"'$(){}<>,;/]{3,})["']?[ \t]*\r?$"""
"""A line of a file that sets something."""

MARKS = (
    *("PRIVATE KEY", "AKIA", "ASIA", "ghp_", "gho_", "ghr_", "ghs_", "ghu_", "github_pat_", "glpat-"),
    *("xox", "slack.com", "AIza", "k_live_", "eyJ", "@"),
    *("assword", "wd=", "wd:", "assphrase", "ccountKey=", "ccessKey="),
)
"""What every credential of a known form holds; to look for these first saves most of the time."""

CREDENTIAL = r"""(?x)-----BEGIN\ [A-Z\ ]*PRIVATE\ KEY-----
    | \b(AKIA|ASIA)[0-9A-Z]{16}\b
    | \bgh[oprsu]_[A-Za-z0-9]{36}
    | \bgithub_pat_\w{22,}
    | \bglpat-[\w-]{20}
    | \bxox[abprs]-[\w-]{10,}
    | \bhooks\.slack\.com/services/T\w+/B\w+/\w+
    | \bAIza[\w-]{35}
    | \b[rs]k_live_\w{16,}
    | \beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+
    | \b[a-z][a-z0-9+.-]*://[^\s/:@]+:(?![$<{*])[^\s/@]+@
    | (?i:\b(?:password|pwd|AccountKey|SharedAccessKey))=(?![$<{*%])[^;\s$<{}]{3,};
    | (?i:;\s*(?:password|pwd|AccountKey|SharedAccessKey))=(?![$<{*%])[^;\s$<{}]{3,}
    """
"""What is a credential whatever its name: keys and tokens of a known form, and a password in an address."""


@rule(
    name="plaintext-secret",
    summary="a credential in plain text, in `env` or a ConfigMap",
    consequence="tidiness",
    since="0.1.0",
)
def plaintext_secret(document: Document, ctx: Context) -> Iterator[Draft]:
    """Judged by name and value together, or by a value that can be nothing else; the value itself is never shown."""
    for pod in document.pods:
        for container in pod.containers:
            yield from in_env(container, ctx)
    for provider in document.providers:
        ends = [*(key.span.start for key in provider.keys[1:]), provider.span.end]
        for key, end in zip(provider.keys, ends, strict=False):
            if provider.kind == "ConfigMap" and key.value and is_credential(key.name, key.value):
                draft = ctx.finding(key.span, f"the key `{key.name}` holds a credential in plain text")
                yield draft.hide(Span(key.span.end + 1, end)).help("move it to a Secret")


def in_env(container: Container, ctx: Context) -> Iterator[Draft]:
    """The literals of one container."""
    for entry in container.env:
        literal = entry.value.value if entry.source == "literal" and entry.value else ""
        if entry.name and entry.value and literal and is_credential(entry.name.value, literal):
            owner = container.name.value if container.name else None
            message = f"`{entry.name.value}` holds a credential in plain text"
            draft = ctx.finding(entry.name.span, message, container=owner).hide(entry.value.span)
            yield draft.help("move it to a Secret, and read it by `valueFrom` and `secretKeyRef`")


def is_credential(name: str, value: str) -> bool:
    """Whether a value is, by its own form or by its name and form, a credential, or a file with one in a line."""
    if any(mark in value for mark in MARKS):
        if re.search(CREDENTIAL, value):
            return True
        if any(is_set(found[1], found[2]) for found in re.finditer(SETTING, value)):
            return True
    if (
        value.lower() in NO_PASSWORD
        or re.search(r"\s", value)
        or placeholders.is_placeholder(value)
        or value.startswith("$")
    ):
        return False
    if placeholders.is_stand_in(value) or re.match(PATH_OR_URL, value):
        return False
    if credentials.is_password(name):
        return True
    return credentials.is_secret(name) and looks_random(value)


def is_set(name: str, value: str) -> bool:
    """Whether a line of a file sets a password (`spring.datasource.password=...`)."""
    if not credentials.is_password(name) or value.lower() in NO_PASSWORD | TYPES:
        return False
    return not placeholders.is_placeholder(value) and not placeholders.is_stand_in(value)


def looks_random(value: str) -> bool:
    """Whether a value is more likely made than chosen: no name of something, and a mixture of characters."""
    if re.fullmatch(UUID, value):
        return True
    mixed = re.search(r"\d", value) and re.search(r"[A-Za-z]", value)
    cases = re.search(r"[a-z]", value) and re.search(r"[A-Z]", value)
    return len(value) >= 8 and not re.fullmatch(NAME, value) and bool(mixed or cases)
