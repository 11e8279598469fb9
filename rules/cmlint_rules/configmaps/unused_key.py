"""A key that nothing reads."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from cmlint.api import Bundle, Context, Draft, rule
from cmlint_rules.configmaps import Readers, cure, is_pattern


@rule(
    name="unused-key",
    summary="a key that nothing reads, of a ConfigMap that is read key by key",
    consequence="tidiness",
    since="0.1.0",
)
def unused_key(bundle: Bundle, ctx: Context) -> Iterator[Draft]:
    """As `unused-configmap`, and only if no reference reads all keys of the ConfigMap."""
    readers = Readers(bundle)
    for placed, provider in readers.unseen():
        read = readers.read_keys(provider.name.value) or set()
        patterns = list(filter(is_pattern, read))
        for key in provider.keys if read else ():
            if key.name not in read and not any(fnmatchcase(key.name, pattern) for pattern in patterns):
                message = f"nothing reads the key `{key.name}` of the ConfigMap `{provider.name.value}`"
                draft = ctx.finding(key.span, message, placed=placed)
                yield draft.help(cure(placed, ctx))
