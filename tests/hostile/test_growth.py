"""What a check does grows with its input, and not with its square: calls are counted, not seconds."""

from __future__ import annotations

import cProfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import SupportsIndex

import msgspec
import pytest

from cmlint.bundle.graph import build
from cmlint.bundle.impact import impact, named, written_at
from cmlint.bundle.lookup import Point
from cmlint.bundle.next_steps import commands
from cmlint.cli.impact import Options, ways_of
from cmlint.config.config import Config
from cmlint.manifest import decode, masks
from cmlint.manifest.documents import read_text
from cmlint.manifest.images import images_in, readers_of
from cmlint.manifest.images.kinds import words_of
from cmlint.manifest.images.trees import composed
from cmlint.pipeline.check import check
from cmlint.report import formatter
from cmlint.report.graph import RENDERERS as DRAWN
from cmlint.report.graph import model as graph_model
from cmlint.report.graph.detail import DETAILS, fitting
from cmlint.report.impact import RENDERERS, model
from cmlint.report.impact.model import ReadEntry
from cmlint.report.view import View
from cmlint.sources import files
from cmlint.sources.request import Request
from tests.support.run import inside, rules, write

Files = dict[str, str]

N = 30
"""So much of something there is first, and then four times as much; twice of what costs each more up to some number."""

MOST = 4.7
"""So many times the calls may be made then; a square would make them sixteen times as many."""

NONE = 100
"""So few calls are no growth: one more piece of a text is read."""


def pod(containers: str, name: str = "a", extra: str = "") -> str:
    """A pod."""
    return f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n{extra}  containers:\n{containers}"


def container(i: int, extra: str = "") -> str:
    """A container of a pod."""
    return f"    - name: c{i}\n      image: a/b:1.0.0\n{extra}"


def cm(name: str, data: str = "{a: b}", extra: str = "") -> str:
    """A ConfigMap."""
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}{extra}}}\ndata: {data}\n"


def letters(i: int) -> str:
    """A name of its own for each number, which differs in letters."""
    s = ""
    for _ in range(6):
        s += "abcdefghijklmnopqrstuvwxyz"[i % 26]
        i //= 26
    return s


J = "---\n".join


FLUX = (
    "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: NAME, namespace: flux-system}\n"
)
FLUX += "spec:\n  prune: true\n  sourceRef: {kind: GitRepository, name: s}\n"
ARGO = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: NAME}\n"
ARGO += "spec: {project: p, source: {repoURL: x, path: NAME}, destination: {namespace: n}}\n"
DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: NAME}\nspec:\n  selector: {matchLabels: {a: b}}\n"
DEPLOYMENT += "  template:\n    metadata: {labels: {a: b}}\n    spec:\n      containers:\n"
DEPLOYMENT += "        - {name: a, image: 'a/b:1.0.0', envFrom: [{configMapRef: {name: NAME}}]}\n"

READS = "      env: [{name: A, valueFrom: {KINDKeyRef: {name: m, key: KEY}}}]\n"


def apart(number: int) -> str:
    """What puts an object into a namespace of its own."""
    return f", namespace: n{number}"


def many_apart(n: int, kind: str, key: str, *, first: int | None = None, files: bool = False) -> Files:
    """As many readers as there are objects of one name, each of these in its own namespace.

    The readers leave theirs open, or have namespaces from the `first` on.
    """
    reads = READS.replace("KINDKeyRef", f"{kind}KeyRef").replace("KEY", key)
    made = [cm("m", extra=apart(i)) for i in range(n)]
    if kind == "secret":
        made = [f"apiVersion: v1\nkind: Secret\nmetadata: {{name: m{apart(i)}}}\n" for i in range(n)]
    names = [f"p{i}" + (apart(first + i) if first is not None else "") for i in range(n)]
    readers = [pod(container(0, reads), name) for name in names]
    return (
        {f"{i}.yaml": text for i, text in enumerate((*made, *readers))} if files else {"a.yaml": J((*made, *readers))}
    )


INPUTS: dict[str, Callable[[int], Files]] = {
    "namespaces-open": lambda n: many_apart(2 * n, "configMap", "a"),
    "namespaces-open-files": lambda n: many_apart(2 * n, "configMap", "a", files=True),
    "namespaces-open-missing": lambda n: many_apart(2 * n, "configMap", "x"),
    "namespaces-open-secret": lambda n: many_apart(2 * n, "secret", "x"),
    "namespaces-other": lambda n: many_apart(2 * n, "configMap", "a", first=2 * n),
    "secrets-apart": lambda n: {
        "a.yaml": J(
            each
            for i in range(n)
            for each in (
                f"apiVersion: v1\nkind: Secret\nmetadata: {{name: s{i}, namespace: made}}\nstringData: {{A: b}}\n",
                pod(
                    container(0, READS.replace("KINDKeyRef: {name: m", f"secretKeyRef: {{name: s{i}")),
                    f"a{i}, namespace: made",
                ),
                pod(
                    container(0, READS.replace("KINDKeyRef: {name: m", f"secretKeyRef: {{name: s{i}")),
                    f"b{i}, namespace: read",
                ),
            )
        )
    },
    "volumes-idle": lambda n: {
        "a.yaml": pod(container(0))
        + "  volumes:\n"
        + "".join(f"  - {{name: v{i}, configMap: {{name: m{i}}}}}\n" for i in range(n))
    },
    "programs": lambda n: {
        "a.yaml": J(
            pod(f"    - {{name: a, image: o/a{i}, env: [{{name: DB_HOSTS, value: x}}]}}\n", f"p{i}") for i in range(n)
        ),
        "compose.yaml": "services:\n" + "".join(f"  a{i}: {{build: ./a{i}, image: o/a{i}}}\n" for i in range(n)),
        **{f"a{i}/Dockerfile": "FROM node\n" for i in range(n)},
        **{f"a{i}/a.js": "process.env.DB_HOST\n" for i in range(n)},
    },
    "programs-variables": lambda n: {
        "a.yaml": pod(
            container(
                0, "      env:\n" + "".join(f"      - {{name: {letters(i).upper()}_A, value: x}}\n" for i in range(n))
            )
        ),
        "compose.yaml": "services:\n  a: {build: ., image: 'a/b:1.0.0'}\n",
        "Dockerfile": "FROM node\n",
        "a.js": "".join(f"process.env.{letters(i).upper()}_B\n" for i in range(n)),
    },
    "programs-files": lambda n: {
        "a.yaml": pod(container(0, "      env: [{name: DB_HOSTS, value: x}]\n")),
        "compose.yaml": "services:\n  a: {build: ., image: 'a/b:1.0.0'}\n",
        "Dockerfile": "FROM node\n" + "COPY a.js b\n" * n,
        **{f"s{i}/a.js": "process.env.DB_HOST\n" for i in range(n)},
        **{f"s{i}/Dockerfile": "FROM node\n" for i in range(n)},
    },
    "ignores": lambda n: {
        "a.yaml": cm("a", "\n" + "".join(f"  k{i}: v # cmlint: ignore[missing-key]\n" for i in range(n)))
    },
    "ignore-block": lambda n: {"a.yaml": "# cmlint: ignore[missing-key]\n" * n + cm("a")},
    "ignores-one-line": lambda n: {"a.yaml": cm("a") + "# cmlint: ignore[missing-key] " * n + "\n"},
    "ignores-docs": lambda n: {"a.yaml": J("# cmlint: ignore[missing-key]\n" + cm(f"a{i}") for i in range(n))},
    "ignores-open": lambda n: {"a.yaml": cm("a") + "# cmlint: ignore[" * n + "\n"},
    "ignore-names": lambda n: {"a.yaml": cm("a") + "# cmlint: ignore[" + ",".join(["missing-key"] * n) + "]\n"},
    "ignores-used": lambda n: {
        "a.yaml": pod(
            "".join(
                container(i, "      env: [{name: A, value: 1}] # cmlint: ignore[non-string-env]\n") for i in range(n)
            )
        )
    },
    "commands-line": lambda n: {
        "a.sh": "#!/bin/sh\n" + "; ".join(f"kubectl create configmap n{i} --from-literal=a=b" for i in range(n)) + "\n"
    },
    "commands-lines": lambda n: {
        "a.sh": "#!/bin/sh\n" + "".join(f"kubectl create configmap n{i} --from-literal=a=b\n" for i in range(n))
    },
    "commands-continued": lambda n: {
        "a.sh": "#!/bin/sh\n" + "".join(f"kubectl create configmap n{i} --from-literal=a=b ; \\\n" for i in range(n))
    },
    "commands-vars": lambda n: {
        "a.sh": "#!/bin/sh\n"
        + "".join(f"V{i}=x{i}\nkubectl create configmap $V{i} --from-literal=a=b\n" for i in range(n))
    },
    "commands-words": lambda n: {"a.sh": "#!/bin/sh\nkubectl create configmap a " + "--from-literal=a=b " * n + "\n"},
    "create-only": lambda n: {"a.sh": "#!/bin/sh\nkubectl " + "create configmap " * n + "\n"},
    "heredocs": lambda n: {
        "a.sh": "#!/bin/sh\n" + "".join(f"kubectl apply -f - <<EOF\n{cm(f'a{i}')}EOF\n" for i in range(n))
    },
    "heredocs-open": lambda n: {"a.sh": "#!/bin/sh\n" + "".join(f"cat <<EOF{i}\nkind\n" for i in range(n))},
    "passed": lambda n: {
        "a.yaml": pod(container(0)),
        "Makefile": "".join(f"push{i}:\n\tdocker push r/$(A{i}):x\n" for i in range(4 * n)),
        "ci.sh": "#!/bin/sh\n" + "".join(f"make all A{i}=b\n" for i in range(n)),
    },
    "included": lambda n: {
        "a.yaml": pod(container(0)),
        **{f"a{i}.mk": f"include *.mk b{i}.mk\nIMG{i} = a/b\npush:\n\tdocker push $(IMG{i + 1})\n" for i in range(n)},
    },
    "set-later": lambda n: {
        "a.yaml": pod(container(0)),
        ".gitlab-ci.yml": "".join(f"a{i}:\n  script:\n  - docker push r/a:$V\n" for i in range(2 * n))
        + "".join(f"b{i}:\n  variables:\n    V: {letters(i)}\n" for i in range(2 * n)),
    },
    "functions": lambda n: {
        "a.yaml": pod(container(0)),
        "ci.sh": "#!/bin/sh\n" + "".join(f"f{i}() {{\n  docker push r/a:$1\n}}\nf{i} dev\n" for i in range(n)),
    },
    "options": lambda n: {"a.yaml": pod(container(0)), "ci.sh": "#!/bin/sh\n" + "executor --destination=a/b:c " * n},
    "matrix": lambda n: {
        "a.yaml": pod(container(0)),
        ".github/workflows/ci.yml": "jobs:\n a:\n  strategy:\n   matrix:\n"
        + "".join(f"    v{i}: [a, b\n" for i in range(n))
        + "  steps:\n"
        + "".join(f"  - run: docker push r/a:${{{{ matrix.v{i} }}}}\n" for i in range(n)),
    },
    "set-twice": lambda n: {
        "a.yaml": pod(container(0)),
        "ci.sh": "#!/bin/sh\n" + "".join(f"V{i}=a\nV{i}=b\ndocker push r/a:$V{i}\n" for i in range(n)),
    },
    "readme": lambda n: {"README.md": "".join(f"```yaml\n{cm(f'a{i}')}```\n" for i in range(n))},
    "env-later": lambda n: {
        "a.yaml": pod(
            "    - name: c\n      image: a/b:1.0.0\n      env:\n"
            + "".join(f"        - {{name: V{letters(i)}, value: $(V{letters(n - i)})}}\n" for i in range(n))
        )
    },
    "documents": lambda n: {"a.yaml": J(cm(f"a{i}") for i in range(n))},
    "empty-docs": lambda n: {"a.yaml": "---\n" * n + cm("a")},
    "files": lambda n: {f"d{i}.yaml": cm(f"a{i}") for i in range(n)},
    "dup-docs": lambda n: {"a.yaml": J(cm("a") for i in range(n))},
    "dup-files": lambda n: {f"d{i}.yaml": cm("a") for i in range(n)},
    "dup-folders": lambda n: {f"d{i}/a.yaml": cm("a") for i in range(n)},
    "dup-data": lambda n: {
        "a.yaml": J(
            [
                *(cm("a", f"{{a: b{i}}}") for i in range(n)),
                pod(container(0, "      envFrom: [{configMapRef: {name: a}}]\n")),
            ]
        )
    },
    "dup-ref": lambda n: {
        "a.yaml": J(
            [
                *(cm("a", f"{{a: b{i}}}") for i in range(n)),
                pod("".join(container(i, "      envFrom: [{configMapRef: {name: a}}]\n") for i in range(n))),
            ]
        )
    },
    "containers": lambda n: {"a.yaml": pod("".join(container(i) for i in range(n)))},
    "same-containers": lambda n: {"a.yaml": pod("".join(container(0) for i in range(n)))},
    "pods": lambda n: {"a.yaml": J(pod(container(0), f"p{i}") for i in range(n))},
    "same-pods": lambda n: {"a.yaml": J(pod(container(0), "p") for i in range(n))},
    "env": lambda n: {
        "a.yaml": pod(
            "    - name: c\n      image: a/b:1.0.0\n      env:\n"
            + "".join(f"        - {{name: V{i}, value: 'x'}}\n" for i in range(n))
        )
    },
    "env-same": lambda n: {
        "a.yaml": pod(
            "    - name: c\n      image: a/b:1.0.0\n      env:\n"
            + "".join("        - {name: V, value: 'x'}\n" for i in range(n))
        )
    },
    "env-bad": lambda n: {
        "a.yaml": pod(
            "    - name: c\n      image: a/b:1.0.0\n      env:\n"
            + "".join(f"        - {{name: V{i}, value: 1}}\n" for i in range(n))
        )
    },
    "env-from": lambda n: {
        "a.yaml": J(
            [
                *(cm(f"m{i}") for i in range(n)),
                pod(
                    "    - name: c\n      image: a/b:1.0.0\n      envFrom:\n"
                    + "".join(f"        - configMapRef: {{name: m{i}}}\n" for i in range(n))
                ),
            ]
        )
    },
    "env-from-same": lambda n: {
        "a.yaml": J(
            [
                cm("m", "{" + ", ".join(f"k{i}: v" for i in range(20)) + "}"),
                pod(
                    "    - name: c\n      image: a/b:1.0.0\n      envFrom:\n"
                    + "".join(f"        - {{prefix: p{i}_, configMapRef: {{name: m}}}}\n" for i in range(n))
                ),
            ]
        )
    },
    "expand-later": lambda n: {
        "a.yaml": pod(
            "    - name: c\n      image: a/b:1.0.0\n      env:\n"
            + "".join(f"        - {{name: V{i}, value: $(V{i + 1})}}\n" for i in range(n))
        )
    },
    "volumes": lambda n: {
        "a.yaml": J(
            [
                *(cm(f"m{i}") for i in range(n)),
                pod(
                    container(
                        0,
                        "      volumeMounts:\n"
                        + "".join(f"        - {{name: v{i}, mountPath: /v{i}}}\n" for i in range(n)),
                    ),
                    extra="  volumes:\n"
                    + "".join(f"    - {{name: v{i}, configMap: {{name: m{i}}}}}\n" for i in range(n)),
                ),
            ]
        )
    },
    "volumes-same": lambda n: {
        "a.yaml": J(
            [
                cm("m"),
                pod(
                    container(
                        0, "      volumeMounts:\n" + "".join("        - {name: v, mountPath: /v}\n" for i in range(n))
                    ),
                    extra="  volumes:\n" + "".join("    - {name: v, configMap: {name: m}}\n" for i in range(n)),
                ),
            ]
        )
    },
    "volume-items": lambda n: {
        "a.yaml": J(
            [
                cm("m", "\n" + "".join(f"  k{i}: v\n" for i in range(n))),
                pod(
                    container(0, "      volumeMounts:\n        - {name: v, mountPath: /v}\n"),
                    extra="  volumes:\n    - name: v\n      configMap:\n        name: m\n        items:\n"
                    + "".join(f"          - {{key: k{i}, path: p{i}}}\n" for i in range(n)),
                ),
            ]
        )
    },
    "subpaths": lambda n: {
        "a.yaml": J(
            [
                cm("m", "\n" + "".join(f"  k{i}: v\n" for i in range(n))),
                pod(
                    container(
                        0,
                        "      volumeMounts:\n"
                        + "".join(f"        - {{name: v, mountPath: /v{i}, subPath: k{i}}}\n" for i in range(n)),
                    ),
                    extra="  volumes:\n    - name: v\n      configMap: {name: m}\n",
                ),
            ]
        )
    },
    "subpaths-missing": lambda n: {
        "a.yaml": J(
            [
                cm("m", "\n" + "".join(f"  k{i}: v\n" for i in range(n))),
                pod(
                    container(
                        0,
                        "      volumeMounts:\n"
                        + "".join(f"        - {{name: v, mountPath: /v{i}, subPath: q{i}}}\n" for i in range(n)),
                    ),
                    extra="  volumes:\n    - name: v\n      configMap: {name: m}\n",
                ),
            ]
        )
    },
    "mounts-per-container": lambda n: {
        "a.yaml": pod("".join(container(i, "      volumeMounts: [{name: v, mountPath: /v}]\n") for i in range(n)))
    },
    "projected": lambda n: {
        "a.yaml": J(
            [
                cm("m"),
                pod(
                    container(0),
                    extra="  volumes:\n    - name: v\n      projected:\n        sources:\n"
                    + "".join("          - configMap: {name: m}\n" for i in range(n)),
                ),
            ]
        )
    },
    "projected-unset": lambda n: {
        "a.yaml": pod(
            container(0),
            extra="  volumes:\n    - name: v\n      projected:\n        sources:\n"
            + "".join("          - configMap: {}\n" for i in range(n)),
        )
    },
    "image-volumes-unset": lambda n: {
        "a.yaml": pod(
            container(0), extra="  volumes:\n" + "".join(f"    - {{name: v{i}, image: {{}}}}\n" for i in range(n))
        )
    },
    "images-unset": lambda n: {"a.yaml": pod("".join(f"    - name: c{i}\n" for i in range(n)))},
    "file-keys": lambda n: {
        "a.yaml": pod(
            "    - name: c\n      image: a/b:1.0.0\n      env:\n"
            + "".join(
                f"        - {{name: V{i}, valueFrom: {{fileKeyRef: {{volumeName: w{i}, path: a, key: b}}}}}}\n"
                for i in range(2 * n)
            ),
            extra="  volumes:\n" + "".join(f"    - {{name: v{i}, emptyDir: {{}}}}\n" for i in range(2 * n)),
        )
    },
    "custom-pods": lambda n: {
        "a.yaml": "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\nspec:\n  list:\n"
        + "".join(
            f"    - template: {{spec: {{containers: [{{name: c{i}, image: a/b, env: [{{name: A, value: 1}}]}}]}}}}\n"
            for i in range(2 * n)
        )
    },
    "keys": lambda n: {"a.yaml": cm("m", "\n" + "".join(f"  k{i}: v\n" for i in range(n)))},
    "keys-bad": lambda n: {"a.yaml": cm("m", "\n" + "".join(f"  k {i}: 1\n" for i in range(n)))},
    "keys-same": lambda n: {"a.yaml": cm("m", "\n" + "".join("  k: v\n" for i in range(n)))},
    "labels": lambda n: {"a.yaml": cm("m", extra=", labels: {" + ", ".join(f"l{i}: v" for i in range(n)) + "}")},
    "annotations": lambda n: {
        "a.yaml": cm("m", extra=", annotations: {" + ", ".join(f"l{i}: v" for i in range(n)) + "}")
    },
    "findings": lambda n: {"a.yaml": J(pod("    - {name: a, image: a}\n", f"p{i}") for i in range(n))},
    "long-line": lambda n: {
        "a.yaml": "{apiVersion: v1, kind: Pod, metadata: {name: a}, "
        "spec: {containers: [{name: a, image: a/b:1.0.0, env: ["
        + ", ".join(f"{{name: V{i}, value: 1}}" for i in range(n))
        + "]}]}}\n"
    },
    "crlf": lambda n: {
        "a.yaml": "---\n".join(pod("    - {name: a, image: a}\n", f"p{i}") for i in range(n)).replace("\n", "\r\n")
    },
    "flux": lambda n: {
        "f.yaml": J(
            FLUX.replace("NAME", f"d{i}") + f"  path: ./d{i}\n  postBuild: {{substitute: {{a: b}}}}\n" for i in range(n)
        ),
        **{f"d{i}/a.yaml": cm(f"a{i}") for i in range(n)},
    },
    "flux-same": lambda n: {
        "f.yaml": J(
            FLUX.replace("NAME", f"d{i}")
            + f"  path: ./d\n  targetNamespace: n{i}\n  postBuild: {{substitute: {{a: b}}}}\n"
            for i in range(n)
        ),
        **{f"d/a{i}.yaml": cm(f"a{i}") for i in range(n)},
    },
    "flux-from": lambda n: {
        "f.yaml": J(
            FLUX.replace("NAME", f"d{i}")
            + f"  path: ./d{i}\n  postBuild: {{substituteFrom: [{{kind: ConfigMap, name: vars}}]}}\n"
            for i in range(n)
        ),
        "vars.yaml": cm("vars", "{" + ", ".join(f"k{i}: v" for i in range(n)) + "}", ", namespace: flux-system"),
        **{f"d{i}/a.yaml": cm(f"a{i}") for i in range(n)},
    },
    "argo": lambda n: {
        "f.yaml": J(ARGO.replace("NAME", f"d{i}") for i in range(n)),
        **{f"d{i}/a.yaml": cm(f"a{i}") for i in range(n)},
    },
    "images": lambda n: {
        "a.yaml": pod("".join(f"    - {{name: c{i}, image: a/b{i}, imagePullPolicy: Never}}\n" for i in range(n)))
    },
    "images-one-line": lambda n: {
        "a.yaml": "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: ["
        + ", ".join(f"{{name: c{i}, image: a/b{i}}}" for i in range(n))
        + "]}}\n"
    },
    "env-same-one-line": lambda n: {
        "a.yaml": "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: a/b:1.0.0, "
        "env: [" + ", ".join("{name: A, value: b}" for i in range(n)) + "]}]}}\n"
    },
    "image-policies": lambda n: {
        "a.yaml": J(
            pod(
                f"    - {{name: c, image: a/b, imagePullPolicy: {('Never', 'Always', 'IfNotPresent')[i % 3]}}}\n",
                f"p{i}",
            )
            for i in range(n)
        )
    },
    "image-tags": lambda n: {"a.yaml": J(pod(f"    - {{name: c, image: 'a/b:v{i}'}}\n", f"p{i}") for i in range(n))},
    "deploys": lambda n: {
        "a.yaml": J(
            [
                *(cm(f"m{i}") for i in range(n)),
                *(DEPLOYMENT.replace("NAME", f"m{i}") for i in range(n)),
            ]
        )
    },
    "custom": lambda n: {
        "a.yaml": J(
            [
                *(cm(f"m{i}") for i in range(n)),
                *(
                    f"apiVersion: example.com/v1\nkind: Thing\nmetadata: {{name: d{i}}}\nspec: {{ref: m{i}}}\n"
                    for i in range(n)
                ),
            ]
        )
    },
    "missing": lambda n: {
        "a.yaml": J(
            [
                *(cm(f"m{i}") for i in range(n)),
                *(
                    pod(container(0, f"      envFrom: [{{configMapRef: {{name: {letters(i)}}}}}]\n"), f"p{i}")
                    for i in range(n)
                ),
            ]
        )
    },
    "missing-files": lambda n: {
        **{f"m{i}.yaml": cm(f"m{i}") for i in range(n)},
        **{
            f"p{i}.yaml": pod(container(0, f"      envFrom: [{{configMapRef: {{name: {letters(i)}}}}}]\n"), f"p{i}")
            for i in range(n)
        },
    },
    "missing-folders": lambda n: {
        **{f"m{i}/a.yaml": cm(f"m{i}") for i in range(n)},
        **{
            f"p{i}/a.yaml": pod(container(0, f"      envFrom: [{{configMapRef: {{name: {letters(i)}}}}}]\n"), f"p{i}")
            for i in range(n)
        },
    },
    "lists": lambda n: {
        "a.yaml": "apiVersion: v1\nkind: List\nitems:\n"
        + "".join(
            f"  - {{apiVersion: v1, kind: ConfigMap, metadata: {{name: a{i}}}, data: {{a: b}}}}\n" for i in range(4 * n)
        )
    },
    "templates": lambda n: {
        "c/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
        **{
            f"c/templates/t{i}.yaml": pod("    - name: {{ .Values.x }}\n      image: {{ .Values.y }}\n", f"p{i}")
            for i in range(n)
        },
    },
    "template-ifs": lambda n: {
        "c/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
        "c/templates/t.yaml": "{{ if .x }}\n" * n + cm("a") + "{{ end }}\n" * n,
    },
    "aliases": lambda n: {"a.yaml": cm("a", "\n  k: &x v\n" + "".join(f"  k{i}: *x\n" for i in range(n)))},
    "syntax-errors": lambda n: {"a.yaml": J("a: [\n" for i in range(n))},
    "base64": lambda n: {
        "a.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n"
        + "".join(f"  k{i}: '!{i}'\n" for i in range(n))
    },
    "dollars": lambda n: {
        "a.yaml": pod("    - name: c\n      image: a/b:1.0.0\n      args: ['" + "$(" * n * 10 + "']\n")
    },
    "block": lambda n: {"a.yaml": cm("a", "\n  k: |\n" + "    line of text # cmlint: x\n" * n)},
    "comments": lambda n: {"a.yaml": "# cmlint: \n" * n + cm("a")},
    "quotes": lambda n: {"b.sh": "#!/bin/sh\nkubectl create configmap a " + "'\"" * n * 20 + "\n"},
    "braces": lambda n: {
        "b.sh": "#!/bin/sh\nkubectl create configmap "
        + "$(" * n * 4
        + "\n"
        + "kubectl create configmap "
        + "${" * n * 4
        + "\n"
        + "kubectl create configmap "
        + "{{" * n * 4
        + "\nkubectl create configmap "
        + "`" * n * 4
        + "\nkubectl create configmap "
        + "<a" * n * 4
        + "\n"
    },
    "kustomizations": lambda n: {
        **{f"k{i}/kustomization.yaml": f"resources: [../k{i + 1}]\n" for i in range(n)},
        f"k{n}/kustomization.yaml": "resources: [a.yaml]\n",
        f"k{n}/a.yaml": cm("a"),
    },
    "near-fields": lambda n: {
        "a.yaml": pod(
            "    - name: c\n      image: a/b:1.0.0\n      env:\n"
            + "".join(f"        - {{name: V{i}, valuFrom: 1}}\n" for i in range(n))
        )
    },
    "near-rules": lambda n: {
        "a.yaml": cm("a", "\n" + "".join(f"  k{i}: v # cmlint: ignore[missing-kex{letters(i)}]\n" for i in range(n)))
    },
    "near-rules-same": lambda n: {
        "a.yaml": cm("a", "\n" + "".join(f"  k{i}: v # cmlint: ignore[mising-key]\n" for i in range(n)))
    },
}
"""Inputs by what there is much of."""


def calls(folder: Path, files: Files) -> int:
    """How many calls it takes to check files and to report what is found."""
    write(folder, files)
    profile = cProfile.Profile(builtins=True)
    with inside(folder):
        profile.enable()
        report()
        profile.disable()
    return sum(entry.callcount for entry in profile.getstats())


def report() -> None:
    """Checks the working directory and reports what is found."""
    result = check(Request(config=Config(build=False, pedantic=True), rules=dict(rules())))
    formatter("text")(result, View())


def growth(count: Callable[[Path, Files], int], folder: Path, make: Callable[[int], Files]) -> tuple[int, int]:
    """The calls for N of something and for four times as many, without those that any run makes.

    The first run is not counted: it loads what later runs have.
    """
    sizes = {"first": 2, "any": 2, "few": N, "many": 4 * N}
    _, any_run, few, many = (count(folder / name, make(size)) for name, size in sizes.items())
    return max(few - any_run, NONE), many - any_run


@pytest.mark.parametrize("name", INPUTS)
def test_what_is_done_grows_with_the_input(tmp_path: Path, name: str) -> None:
    few, many = growth(calls, tmp_path, INPUTS[name])
    assert many <= MOST * few, (few, many)


LONG = ["ignores-open", "ignores-one-line", "long-line", "images-one-line", "env-same-one-line"]
"""Those of the inputs that are one long line."""


class Counted(str):
    """A text that counts the characters that are copied out of it."""

    copied = 0

    def __getitem__(self, place: SupportsIndex | slice) -> str:
        found = super().__getitem__(place)
        Counted.copied += len(found)
        return found


@pytest.mark.parametrize("name", LONG)
def test_a_long_line_is_not_copied_for_each_finding_on_it(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "decode", lambda raw: Counted(raw.decode()))

    def copied(number: int) -> int:
        Counted.copied = 0
        write(tmp_path / str(number), INPUTS[name](number))
        with inside(tmp_path / str(number)):
            report()
        return Counted.copied

    few, many = copied(5 * N), copied(20 * N)
    assert many <= MOST * few, (few, many)


def test_a_square_would_be_found(tmp_path: Path) -> None:
    """What must not happen: a source whose keys are taken again for each of its uses, up to the bound."""

    def square(n: int) -> Files:
        keys = ", ".join(f"k{i}: v" for i in range(n))
        containers = "".join(container(i, "      envFrom: [{configMapRef: {name: m}}]\n") for i in range(n))
        return {"a.yaml": J([cm("m", f"{{{keys}}}"), pod(containers)])}

    few, many = growth(calls, tmp_path, square)
    assert many > 2 * MOST * few, (few, many)


def test_few_texts_are_read_for_what_they_do_to_images() -> None:
    pushed = "jobs:\n  a:\n    steps:\n    - run: docker push org/app:dev\n"
    assert readers_of("replicas: 2 # used, based, token\nresources: {limits: {cpu: 100m}}\n") == ()
    assert readers_of("apiVersion: v1\nkind: Pod\nspec: {containers: [{command: [docker, push]}]}\n") == ()
    assert readers_of("jobs:\n  a:\n    steps:\n    - uses: actions/checkout@v4\n") == ()
    words_of.cache_clear()
    assert readers_of(pushed) == ("commands",)
    assert [fact.tool for fact in images_in(pushed)] == ["docker push"]
    assert words_of.cache_info().misses == 1


def test_a_text_of_several_kinds_is_composed_once() -> None:
    text = (
        "on: push\nimages: [r/b]\nsteps:\n- uses: docker/build-push-action@v6\n  with: {push: true, tags: 'r/a:dev'}\n"
    )
    assert {"workflows", "pipelines"} <= set(readers_of(text))
    composed.cache_clear()
    assert [(fact.tool, fact.name) for fact in images_in(text)] == [
        ("build-push-action", "r/a"),
        ("Cloud Build", "r/b"),
    ]
    assert composed.cache_info().misses == 1


def test_only_the_variables_of_commands_are_searched_for() -> None:
    """What a text assigns and no command uses costs no call."""

    def read(n: int) -> int:
        text = " ".join(f"V{letters(i)}={i}" for i in range(n)) + "\nT=dev\ndocker push org/app:$T\n"
        profile = cProfile.Profile(builtins=True)
        profile.enable()
        found = images_in(text, script=True)
        profile.disable()
        assert [(fact.name, fact.tag) for fact in found if fact.deed == "pushed"] == [("org/app", "dev")]
        return sum(entry.callcount for entry in profile.getstats())

    read(2)
    few, many = read(N), read(4 * N)
    assert many - few < N, (few, many)


def test_near_names_are_looked_for_among_few(tmp_path: Path) -> None:
    """Each name that is missing is compared with no more than a bounded number of others."""

    def names(n: int) -> Files:
        pods = "".join(
            container(i, f"      envFrom: [{{configMapRef: {{name: settingz-{letters(i)}}}}}]\n") for i in range(n)
        )
        return {"a.yaml": J([*(cm(f"settings-{letters(i)}") for i in range(n)), pod(pods)])}

    one = calls(tmp_path / "few", names(20)) / 20
    assert calls(tmp_path / "many", names(1000)) / 1000 < 5 * one


def test_a_list_is_searched_once_and_not_for_each_item(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []

    def holds_secret(text: str) -> bool:
        searched.append(text)
        return True

    for module in (decode, masks):
        monkeypatch.setattr(module, "holds_secret", holds_secret)
    item = "- {apiVersion: v1, kind: ConfigMap, metadata: {name: NAME}, data: {a: 1}}\n"
    items = "".join(item.replace("NAME", f"c{i}") for i in range(N))
    text = f"apiVersion: v1\nkind: List\nitems:\n{items}"
    facts = read_text(text)
    assert [len(document.faults) for document in facts.documents] == [1] * N
    assert searched == [text]


def reader(name: str, reads: str, extra: str = "") -> str:
    """A pod that reads all of a ConfigMap."""
    return pod(container(0, f"      envFrom: [{{configMapRef: {{name: {reads}}}}}]\n{extra}"), name)


VARS = "spec: {path: ./, postBuild: {substituteFrom: [{kind: ConfigMap, name: m}]}}\n"

READERS: dict[str, Callable[[int], Files]] = {
    "of-one-map": lambda n: {"a.yaml": J([cm("m"), *(reader(f"p{i}", "m") for i in range(n))])},
    "in-one-pod": lambda n: {
        "a.yaml": J(
            [
                cm("m"),
                pod("".join(container(i, "      envFrom: [{configMapRef: {name: m}}]\n") for i in range(n))),
            ]
        )
    },
    "in-one-container": lambda n: {
        "a.yaml": J(
            [
                cm("m", "\n" + "".join(f"  k{i}: v\n" for i in range(n))),
                pod(
                    container(0, "      env:\n")
                    + "".join(
                        f"        - {{name: V{i}, valueFrom: {{configMapKeyRef: {{name: m, key: k{i}}}}}}}\n"
                        for i in range(n)
                    )
                ),
            ]
        )
    },
    "of-one-name": lambda n: {"a.yaml": J([cm("m"), *(reader("p", "m") for _ in range(n))])},
    "of-one-name-and-maps": lambda n: {"a.yaml": J([*(cm("m") for _ in range(n)), reader("p", "m")])},
    "in-many-files": lambda n: {
        "m.yaml": cm("m"),
        **{f"f{i}/a.yaml": J([cm(f"n{i}"), reader(f"p{i}", "m"), reader(f"q{i}", f"n{i}")]) for i in range(n)},
    },
    "of-flux": lambda n: {
        "m.yaml": cm("m", "{a: b}", ", namespace: flux-system"),
        **{f"f{i}/a.yaml": J([FLUX.replace("NAME", f"k{i}") + VARS, cm(f"n{i}")]) for i in range(2 * n)},
    },
    "of-maps-of-one-name": lambda n: {f"f{i}/a.yaml": J([cm("m"), reader(f"p{i}", "m")]) for i in range(n)},
}
"""Inputs by who reads the ConfigMap `m`."""


def calls_for_readers(folder: Path, files: Files) -> int:
    """How many calls it takes to show what a change does and to draw it, in every format."""
    write(folder, files)
    profile = cProfile.Profile(builtins=True)
    with inside(folder):
        request = Request(config=Config(build=False), rules=dict(rules()))
        profile.enable()
        result = check(request)
        ways = ways_of(Options(), request.config, result.bundles)
        subjects = named(result.bundles, "ConfigMap", "m", "", None)
        subjects += written_at(result.bundles, Point("a.yaml", 0, 1 << 62))
        found = impact(result.bundles, subjects)
        assert found.touched
        report = model.build(found, commands(found, ways), result.texts)
        for show in RENDERERS.values():
            show(report, View())
        drawn = graph_model.build(build(result.bundles), result.outcome.findings, result.texts, ways)
        for draw in DRAWN.values():
            draw(fitting(drawn, DETAILS, lambda _: True) or drawn, "")
        profile.disable()
    return sum(entry.callcount for entry in profile.getstats())


@pytest.mark.parametrize("name", READERS)
def test_what_is_said_of_readers_grows_with_their_number(tmp_path: Path, name: str) -> None:
    few, many = growth(calls_for_readers, tmp_path, READERS[name])
    assert many <= MOST * few, (few, many)


class Walked(tuple[ReadEntry, ...]):
    """Reads that count how often somebody goes through all of them."""

    times = 0

    def __iter__(self) -> Iterator[ReadEntry]:
        Walked.times += 1
        return super().__iter__()


@pytest.mark.parametrize("form", RENDERERS)
def test_no_format_goes_through_all_reads_for_each_target(tmp_path: Path, form: str) -> None:
    def walks(number: int) -> int:
        write(tmp_path, {"a.yaml": J(each for i in range(number) for each in (cm(f"m{i}"), reader(f"p{i}", f"m{i}")))})
        with inside(tmp_path):
            result = check(Request(config=Config(build=False), rules={}))
            found = impact(result.bundles, written_at(result.bundles, Point("a.yaml", 0, 1 << 62)))
            report = model.build(found, (), result.texts)
        assert len(report.targets) == len(report.reads) == number
        Walked.times = 0
        RENDERERS[form](msgspec.structs.replace(report, reads=Walked(report.reads)), View())
        return Walked.times

    assert walks(2) == walks(20) < 5
