"""An entry of a kustomization's `images` that no image has the name of."""

import re
from collections.abc import Iterator

from cmlint.api import Bundle, Context, Draft, nearest, rule

ALONE = r"^[\s-]*[\w./-]+:\s+\Z"
"""What is left of a line with one field when its value is taken out."""

IMAGE = r"(?i)image|repositor"
"""What the names of fields have in common in which custom resources keep images."""


@rule(
    name="unmet-image-setting",
    summary="an entry of `images` in a kustomization that matches no image",
    consequence="silent",
    since="0.1.0",
)
def unmet_image_setting(bundle: Bundle, ctx: Context) -> Iterator[Draft]:
    """kustomize compares complete names, including the registry, and silently ignores the rest.

    `IsImageMatched` in `api/internal/image/image.go` of kubernetes-sigs/kustomize.
    """
    settings = list(bundle.image_settings())
    if not settings or bundle.built is None:
        return
    text = bundle.built.text
    images = {name_of(image) for image in images_of(bundle)}
    named = {setting.name.value for setting, _ in settings}
    for setting, placed in settings:
        name, becomes = setting.name.value, setting.becomes
        texts = (text, *setting.texts)
        if (
            becomes in images
            or becomes in named - {name}
            or any(stands_in(each, one) for each in (becomes, name) for one in texts)
        ):
            continue
        near = sorted(image for image in images if image.endswith(f"/{name}") or name.endswith(f"/{image}"))
        near = near or list(filter(None, [nearest(name, images)]))
        message = f"no image has the name `{name}`, so this entry changes nothing"
        draft = ctx.finding(setting.name.span, message, placed=placed)
        if not near:
            draft.consequence = "tidiness"
        yield draft.help(f"did you mean `{near[0]}`?" if near else "remove it")


def images_of(bundle: Bundle) -> Iterator[str]:
    """All images of a bundle."""
    for pod in (pod for placed in bundle.placed for pod in placed.document.pods):
        yield from (container.image.value for container in pod.containers if container.image)


def name_of(image: str) -> str:
    """An image without its tag and digest."""
    return re.sub(r":[^/:]*\Z", "", image.partition("@")[0])


def stands_in(name: str, text: str) -> bool:
    """Whether a name is anywhere in a text where an image may be: not as the value of `name`, `app` and the like."""
    found = re.finditer(rf"(?m)^(.*)(?<![\w./-]){re.escape(name)}(?![\w./-])(.*)$", text)
    return any(not re.search(ALONE, f"{each[1]}{each[2]}") or re.search(IMAGE, each[1]) for each in found)
