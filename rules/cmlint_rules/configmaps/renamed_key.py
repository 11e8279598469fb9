"""A key that YAML reads as a boolean or a number, so that Kubernetes stores another name."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Key, Provider, Quote, names, rule


@rule(
    name="renamed-key",
    summary="an unquoted key that Kubernetes stores under another name",
    consequence="silent",
    since="0.1.0",
    fixable=True,
)
def renamed_key(provider: Provider, ctx: Context) -> Iterator[Draft]:
    """`y` becomes `true`, `1.10` becomes `1.1` (`sigs.k8s.io/yaml`, convertToJSONableObject)."""
    if provider.kind != provider.target:
        return
    for key in provider.keys:
        if is_plain(key) and key.written != key.name and not names.why_not_data_key(key.name):
            what = "a boolean" if key.name in ("true", "false") else "a number"
            message = f"YAML reads the key `{key.written}` as {what}: Kubernetes stores it as `{key.name}`"
            draft = ctx.finding(key.span, message).help(f'put it in quotes: `"{key.written}"`')
            yield draft.fix("quote it", Quote(key.span), safe=True)


def is_plain(key: Key) -> bool:
    """Whether a key is written without quotes, as a block or by an alias."""
    return key.written[:1] not in ("'", '"', "|", ">", "*") and "\n" not in key.written
