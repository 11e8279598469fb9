"""A key of a Secret that nothing reads."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from cmlint.api import Bundle, Context, Draft, rule
from cmlint_rules.configmaps import Readers, cure, is_pattern


@rule(
    name="unused-secret-key",
    summary="a key that nothing reads, of a Secret that is read key by key",
    consequence="tidiness",
    since="0.1.0",
)
def unused_secret_key(bundle: Bundle, ctx: Context) -> Iterator[Draft]:
    """As `unused-key`; a Secret whose type asks for certain keys is left alone."""
    if bundle.live:
        return
    readers = Readers(bundle, "Secret")
    for placed, provider in readers.unseen():
        read = readers.read_keys(provider.name.value) or set()
        patterns = list(filter(is_pattern, read))
        for key in provider.keys if read and provider.type in ("", "Opaque") else ():
            if key.name not in read and not any(fnmatchcase(key.name, pattern) for pattern in patterns):
                message = f"nothing reads the key `{key.name}` of the Secret `{provider.name.value}`"
                yield ctx.finding(key.span, message, placed=placed).help(cure(placed, ctx))
