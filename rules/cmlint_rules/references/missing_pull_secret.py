"""A pull secret that is probably misspelt."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, PodSpec, Rewrite, rule


@rule(
    name="missing-pull-secret",
    summary="an entry of `imagePullSecrets` that nothing defines, near the name of a Secret that is defined",
    consequence="silent",
    since="0.1.0",
    fixable=True,
)
def missing_pull_secret(pod: PodSpec, ctx: Context) -> Iterator[Draft]:
    """The kubelet pulls without it (getPullSecretsForPod), so a private image stays in ImagePullBackOff."""
    for reference in pod.pull_secrets if pod.exact else ():
        resolution = ctx.resolve(reference)
        if resolution.status in ("found", "external", "placeholder") or not resolution.near:
            continue
        meant = resolution.near[0]
        name = meant.provider.name.value
        draft = ctx.finding(reference.name.span, f"nothing defines the pull secret `{reference.name.value}`")
        draft.also(meant.provider.name.span, f"`{name}` is defined here", meant.placed)
        if resolution.only:
            change = Rewrite(reference.name.span, reference.name.value, meant.spelled)
            draft.fix(f"write `{meant.spelled}`", change, safe=False)
        yield draft.help(f"did you mean `{name}`?")
