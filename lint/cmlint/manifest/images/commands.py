"""Commands, wherever they are written: scripts, recipes of make, steps of pipelines, documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from msgspec import structs

from cmlint.manifest.images.builds import hole, of_docker
from cmlint.manifest.images.cutting import (
    COMMENT,
    NEAR,
    REACH,
    Filler,
    Opener,
    folder_before,
    inside,
    is_printed,
    is_ruled_out,
)
from cmlint.manifest.images.facts import Text, combinations, split
from cmlint.manifest.images.functions import in_functions, in_methods
from cmlint.manifest.images.kinds import VERBS, words_of
from cmlint.manifest.images.options import by_pattern
from cmlint.manifest.images.passing import Giver
from cmlint.manifest.images.variables import UNKNOWN
from cmlint.manifest.shell import LIMIT, Lines, Quotes
from cmlint.model.facts import Build, Deed, ImageFact

VARIABLE = re.compile(r"\$(?<!\$\$)\$*[({]?(\w{2,130})[)}]?(?=[ \t])")
NAMED = re.compile("DOCKER|CONTAINER|PODMAN|KUSTOMIZE|KIND|MINIKUBE|KUBECTL|HELM|OCI|K3D|NERDCTL|KO\\Z", re.IGNORECASE)
"""Programs by the variables in which makefiles keep them: the variables before a blank, and what is in their names."""

MOST_TURNS = 20
"""The most values of a variable with which one command is read."""

LOADERS = frozenset(("kind", "minikube", "k3d"))
"""The programs that only load images onto nodes."""

BUILDERS = frozenset(("docker", "podman", "buildah", "nerdctl", "lima", "az", "ibmcloud", "gcloud", "minikube"))
BUILT = re.compile(r"(?:build|bud|build-using-dockerfile|tag|builds submit)(?: --push)?\Z")
"""The programs that build images of a folder, and how the names of what they do end."""

DOCKER_ENV = r"\b(?:minikube|minishift|crc|microk8s)\b[^\n|;&]{0,80}?(?:docker|podman)-env\b"
IMPORT = (
    r"\b(?:ctr|k3s|k0s|microk8s)\b[^\n|;&]{0,80}?\b(?:images?|i)[ \t]+import\b|load[ \t]+image-archive\b"
    r"|\bk3d[ \t]+images?[ \t]+import\b|\bminikube[^\n|;&]{0,40}image[ \t]+load\b"
    r"|nerdctl[^\n|;&]{0,40}k8s\.io[^\n|;&]{0,40}\bload\b"
    r"|\bminikube[^\n|;&]{0,60}[ \t]ssh\b[^\n|;&]{0,60}\bdocker[ \t]+load\b"
    r"|-env\)?[\"']?[ \t]*&&[ \t]*docker[ \t]+load\b|\bdocker[ \t]+exec\b[^\n|;&]{0,80}[ \t]docker[ \t]+load\b"
)
PUSHES = re.compile(r"(?:--)?(?:push|publish|copy|cp)\Z")
"""A word of a command that pushes."""

TARGET = r"(?m)^([\w./-]+)[ \t]*:(?!=)"
JOB = r"(?m)^([\w.-]+):[ \t]*\r?$"
DEFAULT = r"(?:[ \t]*=[ \t]*(?:\"[^\"\n]*\"|'[^'\n]*'|\w+))?"
RECIPE = rf"(?m)^@?([\w-]+)((?:[ \t]+[*+$]?\w+{DEFAULT})*)[ \t]*:(?!=)"
PARAMETER = rf"[ \t][*+$]?(\w+){DEFAULT}"
"""A recipe of just and its parameters: https://just.systems/man/en/recipe-parameters.html"""

SUBSTITUTION = (
    r"(?<![A-Za-z])s(?P<mark>[!-/:-@\[\]^`{-~])"
    r"(?P<was>(?:\\.|(?!(?P=mark)).)*)(?P=mark)(?P<to>(?:\\.|(?!(?P=mark)).)*)(?P=mark)"
)
REPLACE = r"-replace[ \t]+[\"']([^\"'\n]+)[\"'][ \t]*,[ \t]*[\"']([^\"'\n]*)[\"']"
ASSIGNED = r"(?is)(?P<key>[\w.\[\]\"'()|=* -]*?(?:image|tag|digest)[\w\"'\]]*)[ \t]*\|?=(?!=)[ \t]*(?P<to>.*)\Z"
IMAGE_FIELD = r"(?:\"?\bimage\"?[ \t]*:|/image\"?[ \t]*,[ \t]*\"?value\"?[ \t]*:)[ \t]*\"?([\w./:@*{}-]+)"
GRADLE_IMAGE = ("-Pjkube.image.name=", "-Djkube.image.name=")
MAVEN_IMAGE = ("-Djkube.image.name=", "-Ddocker.image=", "-Ddocker.name=")
"""The properties that name the one image of JKube and of fabric8: https://dmp.fabric8.io/#external-configuration"""

KO_BUILDS = ("build", "publish")
KO_RESOLVES = ("resolve", "apply", "create", "run")
KO_LOCAL = ("ko.local", "kind.local")
"""The commands of ko, and the registries that are the machine itself and its cluster of kind."""

KO_REPOSITORY = r"\bKO_DOCKER_REPO=[\"']?([^\s\"']+)[\"']?[^\n;&|]*\Z"


_VALUED = """
    -n --namespace --name --nodes -c --cluster -p --profile -t --tag -f --file -o --output --build-arg --platform
    --context -H --host --config --cache-from --cache-to --target --label -r --registry --progress --secret --ssh
    --builder --network --iidfile --tls-verify --authfile --creds --image --kubeconfig --set --set-string --values
    --version --timeout -l --selector -i --format --repo --kube-context --address -a --compression-format -e
    --description --set-file --post-renderer --image-repository --build-context --metadata-file --env --container
    --tags --to --file --create --kustomize-image --images
"""
VALUED = frozenset(_VALUED.split())
"""The options whose value may be the next word."""

FLAGS = {"push": "-a", "sed": "-n -e -i", "yq": "-i -e -n -r -P", "helm": "-i -a"}
"""Options that have no value in one command, though they have one in another."""


class Call(NamedTuple):
    """A command: its arguments, and its options with their values, each as often as it is given."""

    arguments: list[str]
    options: list[tuple[str, str]]

    def values(self, *names: str) -> list[str]:
        """The values of an option by its names."""
        return [value for name, value in self.options if name in names]

    def has(self, *names: str) -> bool:
        """Whether an option is given, and not switched off."""
        return any(name in names and value != "false" for name, value in self.options)


class Partly(Filler):
    """Cuts a command into words with what its variables are, and `{-NAME}` for each that is not known."""

    def value_of(self, expansion: str) -> str:
        """What an expansion gives, or what represents it."""
        value = super().value_of(expansion)
        return hole(expansion) if value == UNKNOWN else value


def read(place: Text) -> Iterator[ImageFact]:
    """What the commands of a text do; later commands count for what is built or saved before them."""
    text = place.text
    found = [*called(place), *by_pattern(place), *powershell(place), *Giver(place).calls()]
    local = "-env" in text and re.search(DOCKER_ENV, text) is not None
    imported = any(fact.tool == "docker save" for fact in found) and re.search(IMPORT, text) is not None
    whole = {fact.name for fact in found if fact.deed == "pushed" and fact.tool.endswith("push -a")}
    yield from in_functions(place, found)
    yield from in_methods(place, found)
    for fact in found:
        if fact.tool == "docker save":
            if imported:
                yield place.of("loaded", "ctr images import", fact.name, fact.tag, fact.span.start)
        elif fact.deed == "built" and fact.name in whole:
            yield place.of("pushed", "docker push -a", fact.name, fact.tag, fact.span.start, builds=fact.builds)
        elif fact.deed == "built" and local:
            yield place.of("loaded", "minikube docker-env", fact.name, fact.tag, fact.span.start, builds=fact.builds)
        elif not fact.tool.endswith("push -a"):
            yield fact


def calls_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Where programs are called that may do something to images: where that begins and ends, and the program."""
    for name in VERBS.keys() & words_of(text):
        verbs = VERBS[name]
        if any(verb in text for verb in verbs):
            for found in call_of(name).finditer(text):
                if any(text.find(verb, found.end(), found.end() + NEAR) >= 0 for verb in verbs):
                    yield (*found.span(), name)
    for found in VARIABLE.finditer(text):
        if NAMED.search(found[1]):
            yield (*found.span(), program_in(found[0]))


@cache
def call_of(program: str) -> re.Pattern[str]:
    """A pattern for calls of a program, which begins with its name so that it is searched for quickly."""
    return re.compile(rf"{program}(?<![\w.$-]{program})(?=[ \t])")


def called(place: Text) -> Iterator[ImageFact]:
    """What the calls of programs in a text do; a text whose commands have no end between them is read in part."""
    text, cut = place.text, 0
    lines, quotes = Lines(text), Quotes(text, 0)
    for begin, end, name in sorted(calls_in(text)):
        start = lines.start_of(begin)
        if start != quotes.start:
            quotes = Quotes(text, start)
        if begin - start > LIMIT or COMMENT.match(text, start, begin):
            continue
        if is_printed(text[max(start, begin - REACH) : begin]):
            continue
        if cut > len(text) + LIMIT:
            return
        folder = folder_before(text, start, begin, place.variables)
        loads = name in LOADERS or text.find(" save ", end - 1, end + NEAR) >= 0
        variables = place.variables.of_no_arguments if loads else place.variables
        turn, turns = 0, 1
        while turn < turns <= MOST_TURNS:
            cutter = Filler(text, end, quotes.around(begin), variables, turn)
            words = cutter.cut()
            cut += cutter.position - end
            facts = [*RUNS[name](place, name, words, begin, folder)]
            if cutter.filled and any(fact.deed == "pushed" for fact in facts):
                ruled_out = is_ruled_out(text, begin, text[end : cutter.position], place.variables)
                facts = [fact for fact in facts if not (ruled_out and fact.deed == "pushed")]
            if name in BUILDERS and any(BUILT.search(fact.tool) for fact in facts):
                words = Partly(text, end, quotes.around(begin), place.variables, turn).cut()
                whole = "/".join(filter(None, (inside(text, begin), folder)))
                facts = with_builds(facts, words, whole)
            yield from facts
            turn, turns = turn + 1, cutter.turns
            if cutter.filled and turn == 1 and any(map(PUSHES.search, words)):
                words = Opener(text, end, quotes.around(begin), place.variables).cut()
                pushes = RUNS[name](place, name, words, begin, folder)
                opened = (place.opened(fact, target_of(text, begin)) for fact in pushes if fact.deed == "pushed")
                yield from (of_recipe(fact, text, begin) for fact in opened)


def with_builds(facts: Sequence[ImageFact], words: list[str], folder: str) -> list[ImageFact]:
    """The facts of a command of docker with what each image is built of."""
    verbs = [word for word in parse(words).arguments if word not in BEFORE_VERB]
    verb = verbs[0] if verbs else ""
    call = parse(words, verb)
    arguments = call.arguments[call.arguments.index(verb) + 1 :] if verb in call.arguments else []
    builds = dict(of_docker(verb, arguments, call.values, folder))
    found = [(name, build) for image, build in builds.items() if (name := split(image)[0])]
    return [structs.replace(fact, builds=tuple(builds_of(fact.name, found))[:1]) for fact in facts]


BEFORE_VERB = frozenset(("image", "buildx", "builder", "builds", "container", "acr", "cr"))
"""The words of a command that are before what it does."""


def builds_of(name: str, found: Sequence[tuple[str, Build]]) -> Iterator[Build]:
    """The builds of an image; a registry that the command itself names is before their names."""
    for other, build in found:
        if name == other:
            yield build
        elif name.endswith(f"/{other}"):
            yield structs.replace(build, image=name.removesuffix(other) + build.image)


def target_of(text: str, at: int) -> str:
    """The target of make, or the job of GitLab, that has the line of a character; empty where it is in none."""
    start = text.rfind("\n", max(at - REACH, 0), at) + 1
    if text.startswith(" ", start):
        jobs = list(re.compile(JOB).finditer(text, max(start - REACH, 0), start))
        return jobs[-1][1] if jobs and "script:" in text[jobs[-1].end() : start] else ""
    targets = re.compile(TARGET).findall(text, max(start - REACH, 0), start) if text.startswith("\t", start) else ()
    return targets[-1] if targets else ""


def of_recipe(fact: ImageFact, text: str, at: int) -> ImageFact:
    """An open push in a recipe of just, whose parameters are the words that follow its name where it is called."""
    line = text.rfind("\n", max(at - REACH, 0), at) + 1
    if "{{" not in text[at : at + NEAR] or not text.startswith((" ", "\t"), line):
        return fact
    header = next(reversed([*re.compile(RECIPE).finditer(text, max(at - REACH, 0), at)]), None)
    names = re.findall(PARAMETER, header[2]) if header else []
    parameters = (f"{name}={{-{number}}}" for number, name in enumerate(names, 1))
    return structs.replace(fact, was=header[1], given=(*fact.given, *parameters)) if header and names else fact


def program_in(variable: str) -> str:
    """The program that a variable is named after."""
    words = ("kustomize", "minikube", "kubectl", "nerdctl", "kind", "k3d", "helm")
    bare = variable.strip("${()}").lower()
    return "ko" if bare == "ko" else next((word for word in words if word in bare), "docker")


def parse(words: Sequence[str], verb: str = "") -> Call:
    """Tells options from arguments."""
    call = Call([], [])
    flags = FLAGS.get(verb, "").split()
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if not word.startswith("-") or word == "-":
            call.arguments.append(word)
        elif equals:
            call.options.append((name, value))
        elif word in VALUED and word not in flags:
            call.options.append((word, next(rest, "")))
        else:
            call.options.append((word, ""))
    return call


# containers


Done = tuple[Deed, str, str]
"""What becomes of an image, by which command, and its name."""


def docker(place: Text, program: str, words: list[str], at: int, _: str) -> Iterator[ImageFact]:
    """docker, podman, buildah, nerdctl and what is called like them."""
    verbs = [word for word in parse(words).arguments if word not in ("image", "buildx", "builder", "container")]
    verb = verbs[0] if verbs else ""
    call = parse(words, verb)
    arguments = call.arguments[call.arguments.index(verb) + 1 :] if verb in call.arguments else []
    if verb == "compose" and ("push" in arguments or ("build" in arguments and call.has("--push"))):
        yield place.of("pushed", f"{program} compose push", "{compose}", "", at)
    if verb == "bake" and (call.has("--push") or any("=type=registry" in value for value in call.values("--set"))):
        yield place.of("pushed", "docker buildx bake --push", "{bake}", "", at)
        for _, _, image in (value.partition(".tags=") for value in call.values("--set")):
            yield from place.fact("pushed", "docker buildx bake --push", image, at)
    for images in (pushed_by_docker, built_by_docker):
        for deed, tool, image in images(program, verb, call, arguments):
            yield from place.fact(deed, tool, image, at)


def pushed_by_docker(program: str, verb: str, call: Call, arguments: list[str]) -> Iterator[Done]:
    """The images that a command of docker pushes."""
    tool, images = "", list[str]()
    if verb == "push":
        tool, images = f"{program} push" + " -a" * call.has("-a", "--all-tags"), arguments
    elif verb == "manifest" and arguments[:1] == ["push"]:
        tool, images = f"{program} manifest push", arguments[1:]
    elif verb == "imagetools" and arguments[:1] == ["create"]:
        tool, images = f"{program} buildx imagetools create", call.values("-t", "--tag")
    for image in images:
        yield "pushed", tool, image


def built_by_docker(program: str, verb: str, call: Call, arguments: list[str]) -> Iterator[Done]:
    """The images that a command of docker builds or names, and perhaps pushes or loads."""
    deed: Deed = "built"
    tool, images = f"{program} {verb}", list[str]()
    if verb in ("build", "bud", "build-using-dockerfile"):
        pushes = call.has("--push") or any("type=registry" in out for out in call.values("-o", "--output"))
        loads = "k8s.io" in call.values("-n", "--namespace")
        deed = "pushed" if pushes else "loaded" if loads else "built"
        tool, images = f"{program} build" + " --push" * pushes, call.values("-t", "--tag")
    elif verb == "tag" and len(arguments) == 2:
        images = arguments[1:]
    elif verb == "commit" and len(arguments) >= 2:
        images = arguments[-1:]
    elif verb == "save":
        tool, images = "docker save", arguments
    for image in images:
        yield deed, tool, image


def compose(place: Text, program: str, words: list[str], at: int, _: str) -> Iterator[ImageFact]:
    """docker-compose."""
    if "push" in parse(words).arguments:
        yield place.of("pushed", f"{program} push", "{compose}", "", at)


def copy(place: Text, program: str, words: list[str], at: int, _: str) -> Iterator[ImageFact]:
    """skopeo, crane and regctl."""
    call = parse(words)
    verb, arguments = (call.arguments or [""])[0], call.arguments[1:]
    if verb in ("copy", "cp", "push") and len(arguments) > 1 and (program == "crane" or "docker://" in arguments[-1]):
        yield from place.fact("pushed", f"{program} {verb}", arguments[-1], at)
    elif program == "regctl" and arguments:
        done = {"copy": arguments[2:3], "cp": arguments[2:3], "mod": call.values("--create"), "create": arguments[1:2]}
        images = done.get(arguments[0], []) if verb in ("image", "index") else []
        for image in images:
            yield from place.fact("pushed", f"regctl {verb} {arguments[0]}", image, at)
    elif (program, verb) == ("crane", "tag") and len(arguments) > 1:
        name = arguments[0].partition("@")[0]
        head, colon, tag = name.rpartition(":")
        base = head if colon and "/" not in tag else name
        yield from place.fact("pushed", "crane tag", f"{base}:{arguments[1]}", at)


def pack(place: Text, program: str, words: list[str], at: int, _: str) -> Iterator[ImageFact]:
    """Buildpacks (`pack build NAME --publish`) and img."""
    call = parse(words)
    if call.arguments[:1] == ["build"] and program == "pack":
        for image in (*call.arguments[1:2], *call.values("-t", "--tag")):
            yield from place.fact("pushed" if call.has("--publish") else "built", "pack build", image, at)
    elif call.arguments[:1] == ["push"]:
        for image in call.arguments[1:]:
            yield from place.fact("pushed", f"{program} push", image, at)


# clouds


def azure(place: Text, _: str, words: list[str], at: int, __: str) -> Iterator[ImageFact]:
    """`az acr build`, whose images are those of the registry that it names."""
    call = parse(words)
    if call.arguments[:2] == ["acr", "build"] and not call.has("--no-push"):
        registry = next(iter(call.values("-r", "--registry")), UNKNOWN)
        host = registry if "." in registry else f"{registry}.azurecr.io"
        for image in call.values("-t", "--image"):
            yield from place.fact("pushed", "az acr build", f"{host}/{image}", at)
    elif call.arguments[:2] == ["acr", "import"]:
        for image in call.values("-t", "--image"):
            yield from place.fact("pushed", "az acr import", f"*/{image}", at)


def ibm(place: Text, _: str, words: list[str], at: int, __: str) -> Iterator[ImageFact]:
    """`ibmcloud cr build`, which also pushes."""
    call = parse(words)
    if call.arguments[:2] == ["cr", "build"]:
        for image in call.values("-t", "--tag"):
            yield from place.fact("pushed", "ibmcloud cr build", image, at)


def maven(place: Text, program: str, words: list[str], at: int, __: str) -> Iterator[ImageFact]:
    """`docker:push`, `k8s:push` and the like: what they push is in pom.xml, or in a property on the line."""
    given = [word.partition("=")[2] for word in words if word.startswith(MAVEN_IMAGE)]
    if any(word.endswith(":push") for word in words):
        for image in given:
            yield from place.fact("pushed", f"{program} push", image, at)
        if not given:
            yield place.of("pushed", f"{program} push", "{maven}", "", at)


def gradle(place: Text, program: str, words: list[str], at: int, __: str) -> Iterator[ImageFact]:
    """`k8sPush` and `ocPush` of JKube: what they push is in build.gradle, or in a property on the line."""
    given = [word.partition("=")[2] for word in words if word.startswith(GRADLE_IMAGE)]
    if any(word in ("k8sPush", "ocPush") or word.endswith((":k8sPush", ":ocPush")) for word in words):
        for image in given:
            yield from place.fact("pushed", f"{program} k8sPush", image, at)
        if not given:
            yield place.of("pushed", f"{program} k8sPush", "{gradle}", "", at)


def google(place: Text, _: str, words: list[str], at: int, __: str) -> Iterator[ImageFact]:
    """`gcloud builds submit --tag`, `container images add-tag` and `artifacts docker tags add`."""
    call = parse(words)
    adds = call.arguments[:3] == ["container", "images", "add-tag"] or call.arguments[:4] == [
        *("artifacts", "docker", "tags", "add"),
    ]
    for image in [argument for argument in call.arguments if "/" in argument][1:] if adds else ():
        yield from place.fact("pushed", "gcloud add-tag", image, at)
    if call.arguments[:3] == ["deploy", "releases", "create"]:
        yield from given_images(place, "gcloud deploy releases", call, at)
    if "submit" in call.arguments and "builds" in call.arguments:
        for image in call.values("-t", "--tag"):
            yield from place.fact("pushed", "gcloud builds submit", image, at)


def skaffold(place: Text, _: str, words: list[str], at: int, __: str) -> Iterator[ImageFact]:
    """`skaffold deploy` and `render` with images: https://skaffold.dev/docs/references/cli/#skaffold-deploy."""
    call = parse(words)
    if call.arguments[:1] in (["deploy"], ["render"]):
        yield from given_images(place, f"skaffold {call.arguments[0]}", call, at)


def given_images(place: Text, tool: str, call: Call, at: int) -> Iterator[ImageFact]:
    """`--images NAME=IMAGE,...`, or only an image, in the place of those of its name."""
    for word in (word for value in call.values("--images") for word in value.split(",")):
        was, equals, image = word.partition("=")
        yield from place.fact(
            "replaced", tool, image if equals else was, at, was=was if equals else split(was)[0] or ""
        )


def ko(place: Text, _: str, words: list[str], at: int, __: str) -> Iterator[ImageFact]:
    """What ko builds and pushes, without a hash in the name: https://ko.build/configuration/#naming-images.

    `ko resolve`, `apply`, `create` and `run` build what manifests name as `ko://...`, so a name is known only in part.
    """
    call = parse(words, "ko")
    verb = (call.arguments or [""])[0]
    if verb not in (*KO_BUILDS, *KO_RESOLVES):
        return
    before = re.compile(KO_REPOSITORY).search(place.text, max(0, at - NEAR), at)
    repository = place.variables.fill(before[1]) if before else place.variables.value("KO_DOCKER_REPO", 0)
    repository = "ko.local" if call.has("-L", "--local") else repository
    names = [repository] if call.has("--bare") else []
    tags = [tag for several in call.values("-t", "--tags") for tag in several.split(",")]
    if call.has("-B", "--base-import-paths"):
        paths = call.arguments[1:] if verb in KO_BUILDS else [UNKNOWN] * bool(tags)
        names = [f"{repository}/{path.rstrip('/').rpartition('/')[2]}" for path in paths]
    deed: Deed = "loaded" if repository in KO_LOCAL else "pushed"
    for image in map(":".join, combinations(names, tags or ["latest"])):
        yield from place.fact(deed, f"ko {verb}", image, at)


# nodes


def kind(place: Text, _: str, words: list[str], at: int, __: str) -> Iterator[ImageFact]:
    """`kind load docker-image`."""
    arguments = parse(words).arguments
    if arguments[:2] == ["load", "docker-image"]:
        for image in arguments[2:]:
            yield from place.fact("loaded", "kind load", image, at)


def minikube(place: Text, _: str, words: list[str], at: int, __: str) -> Iterator[ImageFact]:
    """`minikube image load`, `image build` and `cache add`."""
    call = parse(words)
    arguments = call.arguments
    if arguments[:2] in (["image", "load"], ["cache", "add"]):
        for image in arguments[2:]:
            yield from place.fact("loaded", f"minikube {' '.join(arguments[:2])}", image, at)
    elif arguments[:2] == ["image", "build"]:
        for image in call.values("-t", "--tag"):
            yield from place.fact("loaded", "minikube image build", image, at)


def k3d(place: Text, _: str, words: list[str], at: int, __: str) -> Iterator[ImageFact]:
    """`k3d image import`."""
    arguments = parse(words).arguments
    if arguments[:1] and arguments[0] in ("image", "images", "i") and arguments[1:2] in (["import"], ["load"]):
        for image in arguments[2:]:
            yield from place.fact("loaded", "k3d image import", image, at)


# manifests

OPENSHIFT = ("image-registry.openshift-image-registry.svc:5000", "docker-registry.default.svc:5000")
"""How OpenShift calls its own registry, since version 4 and before that."""


def kubectl(place: Text, program: str, words: list[str], at: int, _: str) -> Iterator[ImageFact]:
    """`set image`, `rollout restart` and `patch`."""
    call = parse(words)
    arguments = call.arguments
    if arguments[:2] == ["set", "image"]:
        workload, rest = workload_in(arguments[2:])
        for word in rest:
            container, _, image = word.partition("=")
            yield from place.fact("replaced", f"{program} set image", image, at, workload=workload, container=container)
    elif arguments[:2] == ["rollout", "restart"]:
        workload, rest = workload_in(arguments[2:])
        for one in (workload, *(other for other in rest if "/" in other)):
            yield place.of("restarted", f"{program} rollout restart", "", "", at, workload=one)
    elif arguments[:1] == ["patch"]:
        workload = workload_in(arguments[1:])[0]
        for found in (found for word in words for found in re.finditer(IMAGE_FIELD, word)):
            yield from place.fact("replaced", f"{program} patch", found[1], at, workload=workload)
    elif program == "oc" and arguments[:1] == ["new-build"]:
        for image in call.values("--to"):
            for registry in OPENSHIFT:
                yield from place.fact("pushed", "oc new-build", f"{registry}/*/{image}", at)


def set_image(arguments: str, at: int, place: Text) -> Iterator[ImageFact]:
    """`kubectl set image` with its arguments, by whatever calls it."""
    words = ["set", "image", *(place.variables.fill(word) for word in arguments.split())]
    yield from kubectl(place, "kubectl", words, at, "")


def workload_in(arguments: list[str]) -> tuple[str, list[str]]:
    """The workload that arguments name, as `kind/name`, and what follows."""
    first, rest = (arguments or [""])[0], arguments[1:]
    if "=" in first:
        return "", arguments
    if "/" not in first and rest and "=" not in rest[0]:
        first, rest = f"{first}/{rest[0]}", rest[1:]
    kind_, slash, name = first.partition("/")
    return f"{kind_.partition('.')[0].lower()}{slash}{name}", rest


def kustomize(place: Text, _: str, words: list[str], at: int, folder: str) -> Iterator[ImageFact]:
    """`kustomize edit set image`, in the folder in which it runs."""
    arguments = parse(words, "edit").arguments
    files = (folder,) if folder else ()
    if arguments[:3] == ["edit", "set", "image"]:
        for word in arguments[3:]:
            was, equals, image = word.rpartition("=")
            name = was if equals else re.split(r"[@]|:(?!.*/)", word)[0]
            yield from place.fact("replaced", "kustomize edit set image", image, at, was=name, files=files)


def argocd(place: Text, _: str, words: list[str], at: int, __: str) -> Iterator[ImageFact]:
    """`argocd app set NAME --kustomize-image [NAME=]IMAGE`."""
    call = parse(words)
    for word in call.values("--kustomize-image") if call.arguments[:2] == ["app", "set"] else ():
        was, equals, image = word.rpartition("=")
        name = was if equals else re.split(r"[@]|:(?!.*/)", word)[0]
        yield from place.fact("replaced", "argocd app set", image, at, was=name)


def sed(place: Text, program: str, words: list[str], at: int, _: str) -> Iterator[ImageFact]:
    """Of sed and perl each substitution, with the files in which it is made."""
    call = parse(words, "sed")
    files = tuple(word for word in call.arguments if "." in word and not re.search(SUBSTITUTION, word))
    for word in (*call.arguments, *(value for _, value in call.options)):
        for found in re.finditer(SUBSTITUTION, word) if len(word) <= 2000 else ():
            was = glob_of(found["was"])
            if was is not None and concerns_images(was, files):
                image = re.sub(r"\\[0-9]|&", UNKNOWN, found["to"]).replace("\\", "")
                image = image.rpartition(" ")[2] or UNKNOWN
                name, tag = image_in(image)
                yield place.of("replaced", program.removeprefix("g"), name, tag, at, was=was, files=files)


def powershell(place: Text) -> Iterator[ImageFact]:
    """What `-replace` of PowerShell replaces."""
    for found in re.finditer(REPLACE, place.text) if "-replace " in place.text else ():
        was = glob_of(found[1])
        if was is not None and concerns_images(was, ()):
            name, tag = image_in(re.sub(r"\$\{?\w+\}?|\$\(.*?\)", UNKNOWN, found[2]))
            yield place.of("replaced", "-replace", name, tag, found.start(), was=was)


def concerns_images(was: str, files: tuple[str, ...]) -> bool:
    """Whether a substitution may be one of an image: by what it replaces, or by the files in which it does."""
    if files:
        return any("*" in name or name.endswith((".yaml", ".yml", ".tpl", ".tmpl", ".json")) for name in files)
    return re.search(r"(?i)image|tag|:", was) is not None


def image_in(text: str) -> tuple[str, str]:
    """The name and the tag that a text puts in, where they can be told; a word alone is a tag."""
    text = text.strip("\"'`")
    head, colon, tag = text.rpartition(":")
    if colon and "/" not in tag:
        return head, tag
    return (text, "") if "/" in text else ("", text)


def glob_of(expression: str) -> str | None:
    """A simple regular expression as a pattern with `*`; None for one that is not simple."""
    if re.search(r"\\\||(?<!\\)\||\\[{}]|\(\?|\\[1-9]", expression):
        return None
    text = re.sub(r"\[[^\]]*\]", "\0", expression)
    text = re.sub(r"\\[sSwWdb]|(?<!\\)\.(?=[*+?]|\\[+?])", "\0", text)
    text = re.sub(r"\0(?:[*+?]|\\[+?])?", UNKNOWN, text)
    text = re.sub(r"\\([()])|(?<!\\)[()]|^\^|\$\Z", "", text)
    text = re.sub(r"(?<=[^*\\])[*+?]|\\[+?]", lambda found: UNKNOWN if found[0] == "*" else "", text)
    return re.sub(r"\*+", UNKNOWN, text.replace("\\", ""))


def yq(place: Text, _: str, words: list[str], at: int, __: str) -> Iterator[ImageFact]:
    """What is assigned to an image or a tag in place."""
    call = parse(words, "yq")
    files = tuple(word for word in call.arguments if word.endswith((".yaml", ".yml")))
    if not call.has("-i", "--inplace", "--in-place") and "w" not in call.arguments[:1]:
        return
    for word in (*call.arguments, *(value for _, value in call.options)):
        found = re.match(ASSIGNED, word) if len(word) <= 2000 else None
        if found:
            name, tag = image_in(re.sub(r"^(?:strenv|env)\(.*\)$", UNKNOWN, found["to"]))
            yield place.of("replaced", "yq", name, tag, at, was=found["key"].strip(), files=files)


def helm(place: Text, _: str, words: list[str], at: int, __: str) -> Iterator[ImageFact]:
    """`--set` of an image or a tag, for the chart that the command names."""
    call = parse(words, "helm")
    if not call.arguments or call.arguments[0] not in ("upgrade", "install", "template"):
        return
    charts = tuple(word for word in call.arguments[1:] if word.startswith(".") or "/" in word)[-1:]
    for values in call.values("--set", "--set-string"):
        for part in values.split(","):
            key, equals, value = part.partition("=")
            if equals and re.search(r"(?i)image|tag|digest|version", key):
                name, tag = image_in(value)
                yield place.of("replaced", "helm --set", name, tag, at, was=key, files=charts)


Run = Callable[[Text, str, list[str], int, str], Iterator[ImageFact]]

RUNS: dict[str, Run] = {
    **dict.fromkeys(("docker", "podman", "buildah", "nerdctl", "lima"), docker),
    **dict.fromkeys(("docker-compose", "podman-compose"), compose),
    **dict.fromkeys(("skopeo", "crane", "regctl"), copy),
    **dict.fromkeys(("pack", "img"), pack),
    **dict.fromkeys(("kubectl", "oc"), kubectl),
    **dict.fromkeys(("sed", "gsed", "perl"), sed),
    "az": azure,
    "gcloud": google,
    "ibmcloud": ibm,
    "skaffold": skaffold,
    **dict.fromkeys(("mvn", "mvnw"), maven),
    **dict.fromkeys(("gradle", "gradlew"), gradle),
    "ko": ko,
    "kind": kind,
    "minikube": minikube,
    "k3d": k3d,
    "kustomize": kustomize,
    "argocd": argocd,
    "yq": yq,
    "helm": helm,
}
"""The programs, each with what its arguments do."""
