"""What the files of a run prove about an image: who pushes it, who loads it onto nodes, who puts another one in place.

One table of kinds of evidence, strongest first; the rules about images ask in this order.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import islice
from typing import Literal

import msgspec
from msgspec import structs

from cmlint.bundle.documents import LIVE, Placed
from cmlint.bundle.passed import passed
from cmlint.knowledge.official import OFFICIAL
from cmlint.knowledge.placeholders import FORM, filled_image, is_placeholder_image
from cmlint.kube.images import BadImageError, Image, parse_image
from cmlint.kube.names import bare_path, glob
from cmlint.model.facts import COMMAND, Deed, Document, FileFacts, ImageFact, Span
from cmlint.model.values import Value

Whose = Literal["ci", "script", "document"]
"""What kind of file proves something: a pipeline that runs by itself, what people run, what people read."""

PIPELINES = (
    r"(?:^|/)(?:\.(?:github|gitea|forgejo)/(?:workflows|actions)/|\.gitlab/|\.circleci/|\.woodpecker/|\.buildkite/|\.tekton/"
    r"|\.semaphore/|\.azure[\w-]*/|\.?azure-pipelines?/|\.ci/|ci/pipelines/|\.harness/)"
    r"|(?:^|/)(?:\.gitlab-ci[\w.-]*\.ya?ml|[\w.-]*\.gitlab-ci\.ya?ml|\.drone[\w.-]*\.(?:ya?ml|star)|\.woodpecker\.ya?ml"
    r"|\.travis\.ya?ml|\.?appveyor\.ya?ml|\.cirrus\.ya?ml|bitbucket-pipelines\.ya?ml|[\w.-]*azure-pipelines?[\w.-]*\.ya?ml"
    r"|buildspec[\w.-]*\.ya?ml|codefresh[\w.-]*\.ya?ml"
    r"|[Jj]enkinsfile[\w.-]*|[\w.-]*\.jenkinsfile|wercker\.ya?ml|screwdriver\.ya?ml|action\.ya?ml|bamboo\.ya?ml)\Z"
)
"""The files that CI systems run by themselves. Those of Google Cloud Build are mostly submitted by hand."""

DOCUMENTS = (".md", ".markdown", ".mdx", ".adoc", ".asciidoc", ".asc", ".rst", ".txt", "readme")

BRANCHES = frozenset(
    ("main", "master", "trunk", "develop", "dev", "development", "staging", "production", "prod", "next")
)
"""The branches that a pipeline for every branch surely has, if a manifest has a tag of that name."""

FILLED = "0filled0"
"""Represents a placeholder in an image's name."""

LETTERS = 3
"""The number of letters that a pattern needs in the last part of a name to identify an image."""

MOST = 500
"""The maximum number of facts that are compared with one image, the strongest first."""

NEAR = 4_000
"""The characters before and behind an image that are read of its line: nobody writes longer lines by hand."""


class Proof(msgspec.Struct, frozen=True):
    """A fact about images and the file that it is in, which may be an `idle` workflow, one that never runs."""

    fact: ImageFact
    path: str
    idle: bool

    @property
    def whose(self) -> Whose:
        """What kind of file it is; what an idle workflow pushes is no more than described there."""
        if self.idle:
            return "document" if self.fact.deed == "pushed" else "script"
        return "ci" if self.fact.tool == "Tekton" else file_kind(self.path)

    @property
    def where(self) -> str:
        """The place in words, as `ci.yml:9`."""
        return f"{self.path}:{self.fact.line}"

    @property
    def placed(self) -> Placed:
        """The line as the place of a finding."""
        document = Document(
            span=self.fact.span,
            head=self.fact.span,
            api_version="",
            kind=COMMAND,
            name=None,
            namespace=None,
            masked=self.fact.masked,
        )
        return Placed(self.path, document, FileFacts(()), LIVE)


@lru_cache(maxsize=4096)
def file_kind(path: str) -> Whose:
    """What kind of file it is, by its path."""
    if re.search(PIPELINES, path):
        return "ci"
    return "document" if path.lower().endswith(DOCUMENTS) else "script"


class Subject(msgspec.Struct, frozen=True):
    """An image where it is used: as it is written, with which names it may be meant, and the container that runs it."""

    written: str
    image: Image
    placed: Placed
    span: Span
    container: str | None = None

    @property
    def tag(self) -> str:
        """The tag that counts."""
        return self.image.tag or "latest"

    @property
    def key(self) -> tuple[str, object]:
        """What tells it from others: the path of its text, and its place there."""
        return self.placed.path, (self.placed.identity, self.written, self.span.start, self.container)

    @property
    def is_bare(self) -> bool:
        """Whether it has a name without a registry or namespace that is none of Docker's official images."""
        repository = self.image.repository
        bare = "/" not in self.written.partition("@")[0] and repository.startswith("docker.io/library/")
        return bare and last_part(repository) not in OFFICIAL

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the image, with `*` for each placeholder; a bare one is that of no registry."""
        return names_of(self.written, self.image, is_bare=self.is_bare)


@lru_cache(maxsize=4096)
def names_of(written: str, image: Image, *, is_bare: bool) -> tuple[str, ...]:
    """The names of an image as it is written; what replaces images asks for them again and again."""
    if is_bare:
        return (image.repository.rpartition("/")[2],)
    written = re.sub(FORM, "*", written.partition("@")[0])
    head, colon, tag = written.rpartition(":")
    name = head if colon and "/" not in tag else written
    if "*" in name:
        return (name,)
    return tuple(dict.fromkeys((image.repository, image.short, name)))


class Proofs:
    """Everything that the files of a run prove about images.

    `remote` is `owner/name` of the repository where it is hosted, `dockerfiles` are the paths of files that build
    images, `text` gives the text at a path, `idle` are the paths of workflows that never run.
    """

    def __init__(
        self,
        files: Iterable[tuple[str, FileFacts]] = (),
        *,
        remote: str = "",
        dockerfiles: Iterable[str] = (),
        text: Callable[[str], str] | None = None,
        idle: Container[str] = (),
    ) -> None:
        self.remote, self.dockerfiles, self.text = remote, tuple(dockerfiles), text
        self.known: dict[str, str] = {}
        self.answers: dict[tuple[str, object], Proof | None] = {}
        self.read: dict[tuple[str, object], Sequence[Value]] = {}
        found = [Proof(fact, path, path in idle) for path, facts in files for fact in facts.images]
        here = [proof for proof in found if proof.fact.tool != "uses" or self.is_here(proof.fact.was)]
        giving = [[(p.path, p.fact) for p in here if p.fact.deed == deed] for deed in ("calls", "open", "sets")]
        if giving[1]:
            found += [Proof(fact, path, path in idle) for path, fact in passed(*giving)]
        found = [proof for proof in found if proof.fact.deed not in ("calls", "open", "sets")]
        found.sort(key=lambda proof: (ORDER[proof.whose], proof.path))
        self.found = [self.filled(proof) for proof in (*found, *expanded(found))]
        self.by_name: dict[str, list[Proof]] = {}
        self.open: list[Proof] = []
        for proof in self.found:
            if "*" in last_part(proof.fact.name):
                self.open.append(proof)
            else:
                self.by_name.setdefault(last_part(proof.fact.name), []).append(proof)

    def is_here(self, repository: str) -> bool:
        """Whether a repository that a workflow names is this one; a path alone is always in this one."""
        return not repository or repository.lower() == self.remote.lower()

    def without(self, paths: Container[str], text: Callable[[str], str]) -> Proofs:
        """The same without what was asked of some texts, which are other ones now, but prove the same."""
        other = Proofs.__new__(Proofs)
        vars(other).update(vars(self))
        other.text, other.known = text, {path: each for path, each in self.known.items() if path not in paths}
        other.answers = {key: proof for key, proof in self.answers.items() if key[0] not in paths}
        other.read = {}
        return other

    def filled(self, proof: Proof) -> Proof:
        """A proof with the repository's own name in it."""
        fact = proof.fact
        if "{" not in fact.name + fact.tag:
            return proof
        return structs.replace(proof, fact=structs.replace(fact, name=self.own(fact.name, proof.path)))

    def own(self, name: str, path: str) -> str:
        """The name of an image with the repository's own name in it; `*` where that is not known.

        The folder of a compose file may be the top of the repository, which people seldom call otherwise.
        """
        owner, _, repository = self.remote.partition("/")
        folder = posixpath.basename(posixpath.dirname(path)) or repository
        name = name.replace("{folder}", re.sub(r"[^a-z0-9_-]", "", folder.lower()).lstrip("_-") or "{folder}")
        name = name.replace("{name}", repository.lower() or "*")
        name = name.replace("{repository}", self.remote.lower() or "*").replace("{owner}", owner.lower() or "*")
        return name.replace("{branch}", "*")

    def masked(self) -> Iterator[tuple[str, Span]]:
        """What must not be shown on the lines of proofs."""
        yield from ((proof.path, span) for proof in self.found for span in proof.fact.masked)

    def about(self, subject: Subject, *deeds: str) -> Iterator[Proof]:
        """The facts about the name of an image, the strongest first."""
        last = last_part(subject.names[0])
        near = self.found if "*" in last else (*self.by_name.get(last, ()), *self.open)
        for proof in islice((proof for proof in near if proof.fact.deed in deeds), MOST):
            if fits(proof.fact.name, subject.names):
                yield proof

    def pushed(self, subject: Subject) -> Proof | None:
        """What pushes exactly this name and tag; of several the one of which most is known."""
        found = (proof for proof in self.about(subject, "pushed") if is_tag(proof.fact.tag, subject.tag))
        return min(found, key=lambda proof: (ORDER[proof.whose], -letters(proof.fact.name)), default=None)

    def pushes(self, subject: Subject) -> Proof | None:
        """What pushes the name under any tag."""
        return next(self.about(subject, "pushed"), None)

    def loaded(self, subject: Subject) -> Proof | None:
        """What loads exactly this name and tag onto nodes."""
        return next((proof for proof in self.about(subject, "loaded") if may_be(proof.fact.tag, subject.tag)), None)

    def built(self, subject: Subject) -> Proof | None:
        """What builds the name and tag."""
        return next((proof for proof in self.about(subject, "built") if is_tag(proof.fact.tag, subject.tag)), None)

    def builds(self, subject: Subject) -> Proof | None:
        """What builds the name under this tag, by a command in a document, whose reader chooses the tag, or as a check.

        A pipeline gives an image any tag that it only builds. Else what builds one of a namespace that nobody pushes.
        """
        others = (proof for proof in self.about(subject, "built") if proof.whose != "script")
        beside = self.unpushed.get(subject.image.repository.rpartition("/")[0])
        return self.built(subject) or next(others, None) or beside

    def replaced(self, subject: Subject) -> Proof | None:
        """What puts another image, or another tag, in the place of this one before it is applied."""
        key = subject.key
        if key not in self.answers:
            self.answers[key] = self.replacement(subject)
        return self.answers[key]

    def replacement(self, subject: Subject) -> Proof | None:
        """The same, which several rules ask for."""
        if marked := self.marked(subject):
            return marked
        return next((proof for proof in self.replacing if self.replaces(proof, subject)), None)

    @cached_property
    def replacing(self) -> list[Proof]:
        """Facts that replace images, except those of documents."""
        return self.undescribed("replaced")

    @cached_property
    def restarting(self) -> list[Proof]:
        """Facts that restart workloads, except those of documents."""
        return self.undescribed("restarted")

    def undescribed(self, deed: Deed) -> list[Proof]:
        """Facts that act, except those of documents; each fact counts once, wherever it is."""
        found: dict[ImageFact, Proof] = {}
        for proof in self.found:
            if proof.fact.deed == deed and proof.whose != "document":
                found.setdefault(structs.replace(proof.fact, span=Span(0, 0), line=0, masked=()), proof)
        return list(islice(found.values(), MOST))

    def replaces(self, proof: Proof, subject: Subject) -> bool:
        """Whether a fact is about this image, and puts in something else."""
        fact = proof.fact
        named = fact.name and fits(fact.name, subject.names)
        if fact.tag != "*" and (named or (fact.tag and not fact.name)) and (fact.tag or "latest") == subject.tag:
            return False
        if fact.tool in EDITORS:
            return self.is_edited(proof, subject)
        if fact.tool == "Renovate":
            return glob(fact.was, subject.placed.written(subject.span)[0])
        if fact.tool == "yq":
            return bool(fact.files) and self.is_assigned(fact, subject)
        if fact.tool in ("helm --set", "helmfile"):
            return self.reads_value(fact, subject)
        if fact.workload and not is_open(fact.workload):
            return is_workload(fact.workload, subject) and glob(fact.container or "*", subject.container or "")
        if fact.was and not is_open(fact.was):
            return fits(fact.was, (*subject.names, *self.entry(subject))) and in_folder(fact.files, subject)
        return fits(fact.name, subject.names)

    def restarted(self, placed: Placed) -> Proof | None:
        """What restarts a workload already."""
        name = placed.document.name
        for proof in self.restarting:
            kind, _, called = proof.fact.workload.partition("/")
            same = KINDS.get(kind, kind) == placed.document.kind.lower()
            if name and same and (called == name.value or (not called and not is_open(kind))):
                return proof
        return None

    def is_own(self, subject: Subject) -> bool:
        """Whether an image is this team's own, by its name."""
        image = subject.image
        if self.is_official(image):
            return False
        space, _, last = image.repository.rpartition("/")
        owner = self.remote.partition("/")[0].lower()
        if any(self.about(subject, "pushed", "built")) or (owner and owner in image.repository.split("/")[:-1]):
            return True
        return space in self.spaces or space in self.unpushed or last in self.own_names

    @cached_property
    def spaces(self) -> frozenset[str]:
        """Registries with a namespace into which this repository pushes."""
        names = (proof.fact.name for proof in self.found if proof.fact.deed == "pushed" and proof.whose != "document")
        whole = {name.rpartition("/")[0] for name in names if "*" not in name.rpartition("/")[0]}
        hosted = {space if "." in space.partition("/")[0] else f"docker.io/{space}" for space in whole if space}
        return frozenset(space for space in hosted if "/" in space) - {"docker.io/library"}

    @cached_property
    def unpushed(self) -> dict[str, Proof]:
        """Namespaces without a registry under which commands build images, and into which no file pushes any.

        So their images are those of a machine; each has a build. A push into a namespace that is not known may be one,
        and files of compose build what people push by hand.
        """
        pushed = {proof.fact.name.rpartition("/")[0] for proof in self.found if proof.fact.deed == "pushed"}
        by_command = (proof for proof in self.found if proof.fact.deed == "built" and proof.fact.tool != "compose")
        built = [proof for proof in by_command if proof.whose != "document"]
        if any("*" in space for space in pushed):
            return {}
        spaces = ((proof.fact.name.rpartition("/")[0], proof) for proof in reversed(built))
        return {
            f"docker.io/{space}": proof
            for space, proof in spaces
            if space and not set(space) & set(".:/*{") and not {space, f"docker.io/{space}"} & pushed
        }

    @cached_property
    def own_names(self) -> frozenset[str]:
        """The last parts of names that are built here: of compose files, folders with a Dockerfile, the repository."""
        built = {last_part(p.fact.name) for p in self.found if p.fact.deed == "built" and p.whose != "document"}
        folders = {parts[-2] for path in self.dockerfiles if len(parts := path.split("/")) > 1}
        return frozenset({*built, *folders, self.remote.rpartition("/")[2].lower()} - OFFICIAL - {"", "*"})

    @staticmethod
    def is_official(image: Image) -> bool:
        """Whether an image is one of Docker's official ones."""
        return image.repository.startswith("docker.io/library/") and last_part(image.repository) in OFFICIAL

    # what a replacement reaches

    def line(self, path: str, span: Span) -> Span:
        """Where the line is on which something is written; of a long one, what is near."""
        text = self.text_at(path)
        first, last = max(span.start - NEAR, 0), min(span.start + NEAR, len(text))
        end = text.find("\n", span.start, last)
        return Span(max(text.rfind("\n", first, span.start) + 1, first), end if end >= 0 else last)

    def line_text(self, path: str, span: Span) -> str:
        """What is written there."""
        place = self.line(path, span)
        return self.text_at(path)[place.start : place.end]

    def text_at(self, path: str) -> str:
        """The text at a path, read once."""
        if path not in self.known:
            self.known[path] = self.text(path) if self.text else ""
        return self.known[path]

    def marked(self, subject: Subject) -> Proof | None:
        """The marker of Flux on the line on which the image is written: Flux writes each new tag there.

        https://fluxcd.io/flux/guides/image-update/#configure-image-update-for-custom-resources
        """
        path, span = subject.placed.written(subject.span)
        text, place = self.text_at(path), self.line(path, span)
        if text.find("$imagepolicy", place.start, place.end) < 0:
            return None
        line = text.count("\n", 0, place.start) + 1
        return Proof(ImageFact(deed="replaced", tool="Flux", name="", tag="", span=place, line=line), path, idle=False)

    def entry(self, subject: Subject) -> tuple[str, ...]:
        """The name of the entry under `images` of a kustomization that writes an image: `edit set image` takes it."""
        path, span = subject.placed.written(subject.span)
        if not path.endswith(("kustomization.yaml", "kustomization.yml", "Kustomization")):
            return ()
        text = self.text_at(path)
        begun = list(ITEM.finditer(text, 0, span.start))
        if not begun:
            return ()
        next_ = re.compile(rf"(?m)^[ \t]{{0,{len(begun[-1][1])}}}[^\s#]").search(text, max(begun[-1].end(), span.start))
        found = ENTRY_NAME.search(text, begun[-1].start(), next_.start() if next_ else len(text))
        return (found[1],) if found else ()

    def is_edited(self, proof: Proof, subject: Subject) -> bool:
        """Whether a pattern of sed fits a line on which the image is written, or a value of a chart that is in it."""
        fact = proof.fact
        if letters(fact.was) < LETTERS:
            return False
        named = re.sub(r"^\W*(?:image|newTag|tag|newName)\b", "", fact.was)
        if not (fact.files or letters(named) >= LETTERS or fits(fact.name, subject.names)):
            return False
        lines = ((path, self.line_text(path, span)) for path, span in self.places(subject) if is_in_files(fact, path))
        return any(glob(f"*{fact.was}*", line or f"image: {subject.written}") for _, line in lines)

    def is_assigned(self, fact: ImageFact, subject: Subject) -> bool:
        """Whether yq writes into the file in which the image is written, or the value of a chart that is in it.

        People write a value into a copy of the chart's own values (`values.release.yaml`) as well.
        """
        if is_in_files(fact, subject.placed.written(subject.span)[0]):
            return True
        routes = (value for value in self.values(subject) if f".{value.route}" == fact.was)
        return any(is_in_files(fact, value.path) or is_beside(fact, value.path) for value in routes)

    def places(self, subject: Subject) -> Iterator[tuple[str, Span]]:
        """Where an image is written, and where the values of a chart are of which its template makes it."""
        yield subject.placed.written(subject.span)
        yield from ((value.path, value.span) for value in self.values(subject))

    def values(self, subject: Subject) -> Sequence[Value]:
        """The values of a chart of which a template makes an image; each command that edits files asks for them."""
        built = subject.placed.built
        if subject.key not in self.read:
            self.read[subject.key] = built.values_of(subject.span) if built else ()
        return self.read[subject.key]

    def reads_value(self, fact: ImageFact, subject: Subject) -> bool:
        """Whether a template writes the image with the value that is set, in the chart that is installed."""
        built = subject.placed.built
        if built is None or not built.rendered:
            return False
        path, span = subject.placed.written(subject.span)
        chart = bare_path(fact.files[0]) if fact.files else ""
        if chart and "*" not in chart and f"/{chart}/" not in f"/{path}" and not chart.endswith(".tgz"):
            return False
        shown = self.line_text(path, span)
        return (
            (fact.was == "*" and subject.written not in shown)
            or f".{fact.was}" in shown
            or f".{fact.was.rpartition('.')[0]}." in shown
            or ("include" in shown and "." not in fact.was.replace("image.", "", 1))
        )


ITEM = re.compile(r"(?m)^([ \t]*)-[ \t]+(?=[\w\"'])")
ENTRY_NAME = re.compile(r"(?m)^[ \t]*(?:-[ \t]+)?name:[ \t]*[\"']?([^\s\"']+)")
"""How an entry of a list begins, and the name in it."""

EDITORS = ("sed", "perl", "-replace", "find and replace")
"""What replaces texts by patterns."""

ORDER = {"ci": 0, "script": 1, "document": 2}

KINDS = {
    **dict.fromkeys(("deploy", "deployments", "deployment"), "deployment"),
    **dict.fromkeys(("sts", "statefulsets", "statefulset"), "statefulset"),
    **dict.fromkeys(("ds", "daemonsets", "daemonset"), "daemonset"),
    **dict.fromkeys(("cj", "cronjobs", "cronjob"), "cronjob"),
    **dict.fromkeys(("rc", "replicationcontrollers"), "replicationcontroller"),
    **dict.fromkeys(("rs", "replicasets"), "replicaset"),
    **dict.fromkeys(("po", "pods"), "pod"),
    **dict.fromkeys(("dc", "deploymentconfigs"), "deploymentconfig"),
    **dict.fromkeys(("job", "jobs"), "job"),
}
"""The names by which kubectl takes kinds."""


def expanded(found: Sequence[Proof]) -> Iterator[Proof]:
    """What is pushed by a command that names no image: all that bake files, compose files or files of Maven build.

    Without files of its own bake takes those of compose: https://docs.docker.com/build/bake/reference/#file-lookup
    """
    built = [proof for proof in found if proof.fact.deed == "built"]
    by_tool = ([proof for proof in built if proof.fact.tool == tool] for tool in ("compose", "bake", "Maven", "Gradle"))
    composed, baked, by_maven, by_gradle = by_tool
    named = {"{compose}": composed, "{bake}": baked or composed, "{maven}": by_maven, "{gradle}": by_gradle}
    for word, several in named.items():
        push = next((proof for proof in found if proof.fact.name == word), None)
        if push is None:
            continue
        for proof in several:
            fact, one = push.fact, proof.fact
            pushed = ImageFact(
                deed="pushed", tool=fact.tool, name=one.name, tag=one.tag, span=fact.span, line=fact.line
            )
            yield structs.replace(push, fact=structs.replace(pushed, masked=fact.masked))


def image_of(text: str, *, tagged: bool = True) -> Image | None:
    """A valid image; one with placeholders in its name only is read as if they were words.

    Where it does not matter which tag it has, that may be a placeholder as well.
    """
    if is_placeholder_image(text):
        filled = filled_image(text, FILLED)
        name, colon, tag = filled.rpartition(":")
        named = colon and "/" not in tag
        if named and not tagged:
            filled, named = name, ""
        if FILLED in (tag if named else filled.rpartition("/")[2]) or is_placeholder_image(filled):
            return None
        text = filled
    try:
        return parse_image(text)
    except BadImageError:
        return None


def last_part(name: str) -> str:
    """The last part of an image's name."""
    return name.rpartition("/")[2]


def letters(pattern: str) -> int:
    """How many letters and digits of a pattern are known."""
    return sum(map(str.isalnum, pattern))


@lru_cache(maxsize=16_384)
def fits(pattern: str, names: tuple[str, ...]) -> bool:
    """Whether a name in which something may be unknown is one of the names of an image, which may also be patterns.

    With something unknown it must have enough letters in its last part, or a namespace.
    """
    bare = (
        pattern.removeprefix("index.").removeprefix("docker.io/").removeprefix("library/")
        if "*" not in pattern
        else pattern
    )
    if "*" in pattern:
        *spaces, last = pattern.split("/")
        spoken = letters(last) >= LETTERS
        space = spaces[-1] if len(spaces) > 1 or (spaces and "." not in spaces[0] and ":" not in spaces[0]) else ""
        if not spoken and (not space or "*" in space):
            return False
    return any(glob(bare, name) or glob(pattern, name) or ("*" in name and meets(name, bare)) for name in names)


def meets(written: str, name: str) -> bool:
    """Whether a name with placeholders may be another name: their last parts are the same, or fit."""
    last, other = last_part(written), last_part(name)
    return letters(last) >= LETTERS and (glob(last, other) or glob(other, last))


def is_open(pattern: str) -> bool:
    """Whether a name of an object says nothing because a variable represents it."""
    return "*" in pattern and letters(pattern.partition("/")[2] or pattern) < LETTERS


def is_tag(pattern: str, tag: str) -> bool:
    """Whether a literal tag, or that of a branch, is this one."""
    if "{branch}" in pattern:
        return glob(pattern.replace("{branch}", "*"), tag) and tag.lower() in BRANCHES
    return (pattern or "latest") == tag and "*" not in pattern


def may_be(pattern: str, tag: str) -> bool:
    """Whether a tag of which something may be unknown can be this one."""
    return glob(pattern.replace("{branch}", "*") or "latest", tag)


def is_workload(workload: str, subject: Subject) -> bool:
    """Whether a command speaks of the object that runs an image."""
    kind, _, called = workload.partition("/")
    document = subject.placed.document
    same = KINDS.get(kind, kind) == document.kind.lower() or "*" in kind
    return same and document.name is not None and (not called or glob(called, document.name.value))


def is_in_files(fact: ImageFact, path: str) -> bool:
    """Whether the file at a path is one of those that are edited, as far as these are known."""
    for name in fact.files:
        known = bare_path(name.rpartition("*")[2])
        if not known or path == known or path.endswith(f"/{known}") or ("*" in name and path.endswith(known)):
            return True
    return not fact.files


def is_beside(fact: ImageFact, path: str) -> bool:
    """Whether files of values are edited that are beside the one at a path."""
    folder = path.rpartition("/")[0]
    edited = (bare_path(name).rpartition("/") for name in fact.files)
    return any(f"/{folder}".endswith(f"/{place}") and VALUES.match(name) for place, _, name in edited if place)


VALUES = re.compile(r"values[^/]*\.ya?ml\Z")
"""The names of files with the values of a chart."""


def in_folder(folders: tuple[str, ...], subject: Subject) -> bool:
    """Whether what is built, or written, in the folder of a kustomization that is edited."""
    if not folders:
        return True
    folder = f"/{bare_path(folders[0])}/"
    path, _ = subject.placed.written(subject.span)
    return any(f"/{one}/".endswith(folder) for one in (subject.placed.directory, path.rpartition("/")[0]))
