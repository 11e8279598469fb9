"""Which GitOps objects bring a folder to a cluster, as far as the files say so."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence

import msgspec
from msgspec.structs import replace

from cmlint.bundle.documents import Frame, folders_above
from cmlint.kube.images import name_of
from cmlint.model.facts import Deploy, FileFacts, PodSpec


class Said(msgspec.Struct, frozen=True):
    """A deploy, and the path of the text that says it."""

    path: str
    deploy: Deploy

    @property
    def folder(self) -> str:
        """The folder of the text."""
        return self.path.rpartition("/")[0]


class Deploys:
    """What all texts of a run bring to clusters, by the paths that they name.

    `substituted` are the kinds and names of the objects whose values Flux puts into what it brings.
    """

    def __init__(self, files: Iterable[tuple[str, FileFacts]], frame: Frame | None = None) -> None:
        self.frame = frame
        self.by_path: dict[str, list[Said]] = {}
        self.known: dict[str, list[Said]] = {}
        self.substituted: set[tuple[str, str]] = set()
        for path, facts in files:
            for document in facts.documents:
                for deploy in document.deploys:
                    self.substituted.update(deploy.post_build.sources if deploy.post_build else ())
                    self.by_path.setdefault(wanted_by(deploy), []).append(Said(path, deploy))

    def of(self, folder: str) -> Sequence[Said]:
        """What brings this very folder, by the way it is shown."""
        return self.at(self.place(folder))

    def at(self, folder: str) -> Sequence[Said]:
        """What brings this very folder, by the way folders are compared.

        Paths are relative to the repository, and folders are shown relative to where cmlint was called: the repository
        may be any folder above this one that also holds the text which says it.
        """
        if folder not in self.known:
            named = self.named(folder)
            found = ((said, root) for wanted, root in named for said in self.by_path[wanted])
            self.known[folder] = [said for said, root in found if self.place(said.path).startswith(root)]
        return self.known[folder]

    def named(self, folder: str) -> Iterator[tuple[str, str]]:
        """The paths by which objects may name this very folder, each with the repository that it is below."""
        for wanted in (folder, *tails(folder)):
            if wanted in self.by_path:
                yield wanted, folder[: len(folder) - len(wanted)]

    def place(self, path: str) -> str:
        """A path as folders are compared."""
        return self.frame.place(path) if self.frame else path

    def valued(self, folder: str) -> list[Said]:
        """What gives the chart in a folder other values than its own."""
        return [said for said in self.of(folder) if said.deploy.valued]

    def changed(self, folder: str) -> bool:
        """Whether something is laid over what the kustomization in a folder builds."""
        return any(said.deploy.changed for said in self.of(folder))

    def images(self, folder: str) -> frozenset[str]:
        """The images of which other versions are used than the kustomization in a folder says."""
        return frozenset(image for said in self.of(folder) for image in said.deploy.images)

    def moved(self, folder: str) -> bool:
        """Whether all that the kustomization in a folder builds goes to one namespace, whichever is written in it.

        Flux has kustomize set `spec.targetNamespace` (`kustomize/kustomize_generator.go` in fluxcd/pkg).
        """
        return any(said.deploy.namespace and said.deploy.post_build for said in self.of(folder))

    def edited(self, folder: str) -> bool:
        """Whether something adds fields to the kustomization in a folder before it is built, so that it is not empty.

        Flux adds its target namespace, Flux and Argo CD add images and patches.
        """
        return self.moved(folder) or self.changed(folder) or bool(self.images(folder))

    def releases(self, folder: str) -> dict[str, str]:
        """The names of the releases of the chart in a folder, and the place of each."""
        return {said.deploy.release: said.path for said in self.of(folder) if said.deploy.release}

    def around(self, folder: str, kustomized: frozenset[str], *, built: bool) -> Iterator[Said]:
        """What brings the objects in a folder: what a kustomization there has `built`, or plain manifests."""
        for each in self.folders_around(folder, kustomized, built=built):
            yield from self.at(each)

    def folders_around(self, folder: str, kustomized: frozenset[str], *, built: bool) -> tuple[str, ...]:
        """The folders that are brought with the objects in one.

        Flux applies everything below a folder; a kustomization there applies only what it names.
        """
        return tuple(each for each in brought_with(folder, kustomized, built=built) if self.at(each))


def brought_with(folder: str, kustomized: frozenset[str], *, built: bool) -> Iterator[str]:
    """The folders with which the objects in one go to a cluster."""
    if built:
        yield folder
    for above in folders_above(folder) if built else dict.fromkeys((folder, *folders_above(folder))):
        if above in kustomized:
            return
        yield above


def wanted_by(deploy: Deploy) -> str:
    """The folder that a deploy names, by the way folders are compared."""
    wanted = posixpath.normpath(deploy.path.lstrip("/") or ".")
    return "" if wanted == "." else wanted


def without_images(facts: FileFacts, images: frozenset[str]) -> FileFacts:
    """The facts of a text in which nothing is known of some images, since others are used instead."""
    if not images:
        return facts
    documents = tuple(
        replace(each, pods=tuple(pod_without(pod, images) for pod in each.pods)) for each in facts.documents
    )
    return replace(facts, documents=documents)


def without_namespaces(facts: FileFacts) -> FileFacts:
    """The facts of a text in which no object says to which namespace it goes."""
    return replace(facts, documents=tuple(replace(document, namespace=None) for document in facts.documents))


def pod_without(pod: PodSpec, images: frozenset[str]) -> PodSpec:
    """A pod spec of which nothing is known of some images."""
    return replace(
        pod,
        containers=tuple(
            replace(each, image=None) if each.image and name_of(each.image.value) in images else each
            for each in pod.containers
        ),
    )


def tails(folder: str) -> Iterator[str]:
    """What is left of a path without the first folders of it."""
    while "/" in folder:
        folder = folder.partition("/")[2]
        yield folder
