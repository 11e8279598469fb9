"""Workflows of GitHub, Gitea and Forgejo: actions that build, push and deploy images.

docker/build-push-action (`inputs` in its action.yml) and docker/metadata-action (its README, "tags input").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice

from msgspec import structs

from cmlint.kube.names import glob
from cmlint.manifest.images import builds
from cmlint.manifest.images.facts import MOST_COMBINED, Text, combinations, passed_on, split
from cmlint.manifest.images.trees import Mapping, mappings
from cmlint.manifest.images.variables import MATRIX, UNKNOWN
from cmlint.model.facts import Build, ImageFact

BUILD = re.compile(r"[\w.-]+/(?:build-push-action|build-and-push-action)@(\S*)")
METADATA = re.compile(r"[\w.-]+/metadata-action@")
BAKE = re.compile(r"docker/bake-action@")
PUSHERS = re.compile(
    r"(?:redhat-actions/push-to-registry|mr-smithers-excellent/docker-build-push|elgohr/Publish-Docker-Github-Action"
    r"|macbre/push-to-ghcr|azure/docker-build-push|whoan/docker-build-with-cache-action"
    r"|aevea/action-kaniko|kciter/aws-ecr-action|VaultVulp/gp-docker-action)@",
    re.IGNORECASE,
)
DEPLOYERS = re.compile(r"azure/k8s-(?:deploy|bake)@", re.IGNORECASE)
OUTPUTS = re.compile(r"steps\.([\w-]+)\.outputs\.([\w-]*)")
OUTPUT = r"name=([^,\s\"']+)"
BUILDAH = re.compile(r"redhat-actions/(?:buildah|s2i)-build@")
MANIFEST_LIST = r"\bimagetools[ \t]+create\b"
DESCRIBED = r"DOCKER_METADATA_OUTPUT_\w+|steps\.([\w-]+)\.outputs\.(?:json|tags)"
"""How a step takes what metadata-action describes: https://github.com/docker/metadata-action#outputs"""

PINNING = ("sha", "semver", "pep440", "match")
"""The types of tags that name one build, or that have a version."""

RELEASING = ("semver", "pep440", "match")
"""Types with which `latest` is pushed as well, like the type `ref` for tags."""


CALLED = re.compile(r"(?:\./|([\w.-]+/[\w.-]+)/(?=\.github/workflows/[^@]+@))([^@\n]+)")
"""A workflow or an action that is called, and the repository that it is in where that is named.

https://docs.github.com/en/actions/how-tos/reuse-automations/reuse-workflows#calling-a-reusable-workflow
"""


def read(place: Text) -> Iterator[ImageFact]:
    """What the actions of a workflow do."""
    nodes = [(node, top) for node, top in mappings(place.text) if node.text("uses") or node.text("run")]
    described: dict[str, list[tuple[str, str]]] = {}
    images: dict[str, list[str]] = {}
    made: dict[str, Mapping] = {}
    for node, top in nodes:  # a job has its own ids of steps, and a step only takes what is above it
        uses, given, name = node.text("uses"), node.get("with"), node.text("id")
        if METADATA.match(uses):
            described[name] = list(described_by(given, place, branches_of(top)))
            images[name] = [word for word, _ in given.words("images")]
        elif BUILDAH.match(uses):
            described.update({name: list(pairs_of(given, place))} if name else {})
            made[name] = given
        elif BUILD.match(uses):
            yield from with_builds(list(action(node, place, described)), given, place, images, list(matrices(top)))
        elif (step := OUTPUTS.search(given.text("image"))) and step[1] in made:
            for fact in action(node, place, described):
                yield structs.replace(fact, builds=of_action(made[step[1]], place, fact.name))
        elif uses:
            yield from action(node, place, described)
        elif described and re.search(MANIFEST_LIST, node.text("run")):
            yield from listed(node, place, described)


def action(node: Mapping, place: Text, described: dict[str, list[tuple[str, str]]]) -> Iterator[ImageFact]:
    """What a step with an action does."""
    uses, given = node.text("uses"), node.get("with")
    if found := BUILD.match(uses):
        yield from built(given, found[1], place, described)
    elif BAKE.match(uses) and given.text("push") not in ("", "false"):
        yield place.of("pushed", uses, "{bake}", "", node.at("uses"))
        for line, at in lines_of(given, "set", place):
            yield from place.fact("pushed", uses, place.variables.fill(line.partition(".tags=")[2]), at)
    elif PUSHERS.match(uses):
        yield from pushed(given, uses, place, described)
    elif (found := CALLED.match(uses)) and given.entries:
        for values in given_by_rows(given, place):
            passed = tuple(passed_on(*pair) for pair in zip(given.entries, values, strict=True))
            more = {"was": found[1] or "", "files": (found[2].rstrip("/"),), "given": passed}
            yield place.of("calls", "uses", "", "", node.at("uses"), **more)
    elif DEPLOYERS.match(uses):
        for image, at in given.words("images"):
            yield from place.fact("replaced", uses, place.variables.fill(image), at)
    else:
        yield from edited(node, place)


def given_by_rows(given: Mapping, place: Text) -> list[tuple[str, ...]]:
    """What is given to an action or a workflow: once, or for each value of the only matrix that is in it."""
    texts = [given.text(name) for name in given.entries]
    axes = {axis for text in texts for axis in MATRIX.findall(text)}
    if len(axes) != 1:
        return [tuple(map(place.variables.fill, texts))]
    values = [place.variables.each(text) for text in texts]
    most = max(map(len, values))
    return list(zip(*(one if len(one) == most else one[:1] * most for one in values), strict=True))


def edited(node: Mapping, place: Text) -> Iterator[ImageFact]:
    """What actions write into manifests that are given a file and a value, or two texts.

    https://github.com/fjogeleit/yaml-update-action, https://github.com/jacobtomlinson/gha-find-replace
    """
    uses, given = node.text("uses"), node.get("with")
    if "/yaml-update-action@" in uses and given.text("valueFile"):
        name, tag = split(place.variables.fill(given.text("value")))
        more = {"was": given.text("propertyPath"), "files": (given.text("valueFile"),)}
        yield place.of("replaced", "yq", name or "", tag, node.at("uses"), **more)
    elif "/gha-find-replace@" in uses and given.text("find"):
        name, tag = split(place.variables.fill(given.text("replace")))
        files = (given.text("include"),) if given.text("include") else ()
        more = {"was": place.variables.fill(given.text("find")), "files": files}
        yield place.of("replaced", "find and replace", name or "", tag, node.at("uses"), **more)


def listed(node: Mapping, place: Text, described: dict[str, list[tuple[str, str]]]) -> Iterator[ImageFact]:
    """The list of images for several platforms that a step pushes under what metadata-action describes."""
    found = re.search(DESCRIBED, node.text("run"))
    images = described.get(found[1], []) if found and found[1] else [*described.values()][-1] if found else []
    for name, tag in images:
        fact = place.of("pushed", "docker buildx imagetools create", name, tag, node.at("run"))
        yield from of_description(fact, place)


def built(
    given: Mapping, version: str, place: Text, described: dict[str, list[tuple[str, str]]]
) -> Iterator[ImageFact]:
    """What a step of build-push-action pushes, or only builds: without `push` or `outputs` nothing is pushed."""
    outputs = " ".join(text for text, _ in given.words("outputs"))
    default = "true" if version.startswith("v1") else "false"
    pushes = (given.text("push") or default) != "false" or "type=registry" in outputs or "push=true" in outputs
    if given.text("repository"):
        yield from pushed(given, "build-push-action", place, described)
        return
    for output in re.finditer(OUTPUT, given.text("outputs")) if "push=true" in outputs else ():
        yield from place.fact("pushed", "build-push-action", place.variables.fill(output[1]), given.at("outputs"))
    for tag, at in lines_of(given, "tags", place):
        if (found := OUTPUTS.search(tag)) and (images := described.get(found[1])):
            for name, word in images:
                fact = place.of("pushed" if pushes else "built", "build-push-action", name, word, at)
                yield from of_description(fact, place)
        else:
            for image in place.variables.each(tag):
                yield from place.fact("pushed" if pushes else "built", "build-push-action", image, at)
            if pushes and "inputs." in tag:
                opened = place.fact("pushed", "build-push-action", place.variables.left_open(tag), at)
                yield from map(place.opened, opened)


def of_description(fact: ImageFact, place: Text) -> Iterator[ImageFact]:
    """A fact about an image that metadata-action describes; where an input is in its name, only a push is open."""
    if "{-" not in fact.name:
        yield fact
    elif fact.deed == "pushed":
        yield place.opened(fact)


def with_builds(
    facts: list[ImageFact], given: Mapping, place: Text, described: dict[str, list[str]], rows: list[dict[str, str]]
) -> list[ImageFact]:
    """The facts of a step with what each image is built of: once, or for each row of a matrix that names it."""
    context = given.text("context") or "."
    if "://" in context:
        return facts
    context = re.sub(r"\$?\{\{[ ]*(?:defaultContext|github\.workspace)[ ]*\}\}:?/?", "", context) or "."
    folder, dockerfile = (builds.partly(place.variables, text) for text in (context, given.text("file")))
    tags = [tag for tag, _ in given.words("tags")]
    outputs = [step[1] for step in map(OUTPUTS.search, tags) if step]
    written = [*tags, *(image for step in outputs for image in described.get(step, ()))]
    known: dict[str, tuple[Build, ...]] = {}
    for text in written:
        image = builds.named(builds.partly(place.variables, text.removeprefix("name=")))
        build = Build(image, folder, dockerfile)
        own = [row for row in rows if any(f"{{-{name}}}" in f"{image}{folder}{dockerfile}" for name in row)]
        known[split(builds.unknown(image))[0] or ""] = tuple(
            dict.fromkeys(builds.filled(build, row) for row in own)
        ) or (build,)
    return [
        structs.replace(
            fact, builds=tuple(b for name, several in known.items() if glob(name, fact.name) for b in several)
        )
        for fact in facts
    ]


def matrices(top: Mapping) -> Iterator[dict[str, str]]:
    """The rows under `include` of the matrices of a workflow, by the names that its expressions have for them."""
    jobs = top.get("jobs")
    for job in map(jobs.get, jobs.entries):
        matrix = job.get("strategy", "matrix")
        for name in matrix.entries:
            for row in matrix.items(name):
                prefix = "matrix" if name == "include" else f"matrix_{name}"
                values = {f"{prefix}_{key}".replace("-", "_"): row.text(key) for key in row.entries if row.text(key)}
                if len(values) > 1:
                    yield values


def pairs_of(given: Mapping, place: Text) -> Iterator[tuple[str, str]]:
    """The image of a step that names it with tags separated by blanks."""
    for tag in " ".join(word for word, _ in given.words("tags")).split():
        yield place.variables.fill(given.text("image")), place.variables.fill(tag)


def pushed(given: Mapping, uses: str, place: Text, described: dict[str, list[tuple[str, str]]]) -> Iterator[ImageFact]:
    """What an action pushes that is given the name, the tags and the registry apart."""
    if (step := OUTPUTS.search(given.text("image"))) and step[1] in described:
        host = place.variables.fill(given.text("registry")).rstrip("/")
        for image, tag in described[step[1]]:
            full = f"{host}/{image}" if host else image
            yield from of_description(place.of("pushed", uses.partition("@")[0], full, tag, given.at("image")), place)
        return
    of = partial(of_action, given, place)
    registry = place.variables.fill(given.text("registry", "image-registry"))
    tags = [place.variables.fill(tag) for tag, _ in given.words("tags", "tag")] or ["latest"]
    names = given.words("image", "image_name", "repository", "repo", "name", "image-name")
    for (name, at), tag in combinations(names, tags):
        image = place.variables.fill(name)
        full = f"{registry.rstrip('/')}/{image}" if registry and not image.startswith(registry) else image
        whole = tag if "/" in tag else full if split(full)[1] else f"{full}:{tag}"
        yield from place.fact("pushed", uses.partition("@")[0], whole, at, builds=of(split(whole)[0] or ""))


def of_action(given: Mapping, place: Text, image: str) -> tuple[Build, ...]:
    """Of what an action builds an image that it is given together with the folder; each has names of its own."""
    context, dockerfile = (builds.partly(place.variables, given.text(*names)) for names in (CONTEXTS, DOCKERFILES))
    return builds.either(image, context, dockerfile) if "://" not in context else ()


CONTEXTS = ("context", "path", "workdir", "directory", "build-context", "build_context")
DOCKERFILES = ("dockerfile", "file", "build_file", "containerfiles", "dockerfiles")
"""The inputs of actions with the folder and the Dockerfile."""


def lines_of(given: Mapping, name: str, place: Text) -> Iterator[tuple[str, int]]:
    """The lines of an input, each where it is written: found by its text behind the beginning of the input."""
    for word, begin in given.words(name):
        yield word, max(place.text.find(word, begin), begin)


# what docker/metadata-action describes


def branches_of(top: Mapping) -> list[str]:
    """The branches for whose pushes a workflow runs, as far as they are written out; `{branch}` for any other."""
    on = top.get("on") if "on" in top.entries else top.get("true")
    named = [branch for branch, _ in on.get("push").words("branches")]
    return [re.sub(r"[^\w.-]", "-", branch) if "*" not in branch else "{branch}" for branch in named] or ["{branch}"]


def described_by(given: Mapping, place: Text, branches: list[str]) -> Iterator[tuple[str, str]]:
    """The images of a step of metadata-action: each name with each tag, and once more with its inputs left open."""
    flavor = pairs(part for part, _ in given.words("flavor"))
    rules = [pairs(words) for words in rules_of(given)]
    if not rules:
        rules = [{"type": "ref", "event": "branch"}, {"type": "ref", "event": "tag"}]
    described = (tag for rule in rules for tag in tags_of(rule, place, branches, flavor))
    tags = list(islice(described, MOST_COMBINED))
    released = any(rule.get("type") in RELEASING or is_release(rule) for rule in rules)
    if flavor.get("latest") == "true" or (released and flavor.get("latest", "auto") == "auto"):
        tags.append("latest")
    written = [name.removeprefix("name=") for name, _ in given.words("images")]
    names = [*map(place.variables.fill, written)]
    names += [place.variables.left_open(name) for name in written if "inputs." in name]
    yield from combinations(names, dict.fromkeys(tags))


def pairs(words: Iterable[str]) -> dict[str, str]:
    """Words like `key=value` by their keys."""
    return {key: value for key, _, value in (word.partition("=") for word in words)}


def is_release(rule: dict[str, str]) -> bool:
    """Whether a rule is for tags of git."""
    return rule.get("type") == "ref" and rule.get("event") == "tag"


def rules_of(given: Mapping) -> Iterator[list[str]]:
    """The rules for tags: one a line, or one an item; each is a list of `key=value`."""
    for item in given.items("tags"):
        for line in item.text().splitlines():
            words = re.split(r",(?![^{}]*\}\})", line.strip())
            if words[0]:
                yield words if "=" in words[0] else ["type=raw", f"value={words[0]}"]


def tags_of(rule: dict[str, str], place: Text, branches: list[str], flavor: dict[str, str]) -> Iterator[str]:
    """The tags of one rule; none that names one build."""
    kind = rule.get("type", "raw")
    if rule.get("enable") == "false" or kind in PINNING:
        return
    if kind == "raw":
        found = [re.sub(r"\{\{[ ]*branch[ ]*\}\}", "{branch}", place.variables.fill(rule.get("value", "")))]
    elif kind == "edge":
        found = [rule.get("value", "edge")]
    elif kind == "schedule":
        found = [rule.get("pattern", "nightly")]
    else:
        found = branches if rule.get("event") == "branch" else []
    prefix, suffix = rule.get("prefix", flavor.get("prefix", "")), rule.get("suffix", flavor.get("suffix", ""))
    for tag in found:
        yield re.sub(r"\{\{.*?\}\}", UNKNOWN, place.variables.fill(f"{prefix}{tag}{suffix}"))
