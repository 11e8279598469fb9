"""Image references as the kubelet reads them, the pull policy that follows, and which tags move."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmlint.knowledge.placeholders import is_placeholder_image
from cmlint.knowledge.tags import movement, movement_of_tag
from cmlint.kube.images import (
    BadImageError,
    Image,
    default_pull_policy,
    parse_image,
)
from tests.support.run import FIXTURES

HEX = "0123456789abcdef"
SHA256 = f"sha256:{HEX * 4}"


def answer(text: str) -> dict[str, str] | None:
    """What the table says of a reference: its parts and the default policy, or None where it is no reference."""
    try:
        image = parse_image(text)
    except BadImageError:
        return None
    tag = image.tag or ("" if image.digest else "latest")
    return {
        "repo": image.repository,
        "tag": tag,
        "digest": image.digest or "",
        "pullPolicy": default_pull_policy(image),
    }


def test_the_table_of_kubernetes() -> None:
    rows = [json.loads(line) for line in (FIXTURES / "truth" / "images.jsonl").read_text("utf-8").splitlines()]
    wrong = []
    for row in rows:
        wanted = None if "error" in row else {key: row[key] for key in ("repo", "tag", "digest", "pullPolicy")}
        if answer(row["image"]) != wanted:
            wrong.append(row["image"])
    assert len(rows) == 900
    assert not wrong


@pytest.mark.parametrize(
    ("text", "image", "policy"),
    [
        ("nginx", Image("docker.io/library/nginx", None, None), "Always"),
        ("nginx:latest", Image("docker.io/library/nginx", "latest", None), "Always"),
        ("nginx:Latest", Image("docker.io/library/nginx", "Latest", None), "IfNotPresent"),
        ("nginx:1.25", Image("docker.io/library/nginx", "1.25", None), "IfNotPresent"),
        ("library/nginx", Image("docker.io/library/nginx", None, None), "Always"),
        ("index.docker.io/nginx", Image("docker.io/library/nginx", None, None), "Always"),
        ("team/app", Image("docker.io/team/app", None, None), "Always"),
        ("host:5000/app", Image("host:5000/app", None, None), "Always"),
        ("host:5000", Image("docker.io/library/host", "5000", None), "IfNotPresent"),
        ("localhost/app", Image("localhost/app", None, None), "Always"),
        ("Reg/app", Image("Reg/app", None, None), "Always"),
        ("[::1]:5000/app:x", Image("[::1]:5000/app", "x", None), "IfNotPresent"),
        (f"app@{SHA256}", Image("docker.io/library/app", None, SHA256), "IfNotPresent"),
        (f"app:1.2@{SHA256}", Image("docker.io/library/app", "1.2", SHA256), "IfNotPresent"),
        (f"app:latest@{SHA256}", Image("docker.io/library/app", "latest", SHA256), "Always"),
        # An underscore is not allowed in a registry, so this is a path, whose length counts as a whole.
        ("a_b.c/app", Image("a_b.c/app", None, None), "Always"),
    ],
)
def test_references(text: str, image: Image, policy: str) -> None:
    assert parse_image(text) == image
    assert default_pull_policy(image) == policy


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it does not have the form `[registry/]name[:tag][@digest]`"),
        ("https://quay.io/app", "it begins with `https://`"),
        ("docker://app:1", "it begins with `docker://`"),
        ("nginx :1.25", "it contains a space"),
        ("nginx:1.25\n", "it contains a space"),
        ("nginx:", "nothing follows its `:`"),
        ("nginx:1.2.3+build", "its tag `1.2.3+build` contains `+`"),
        ("nginx:-x", "its tag `-x` begins with `-`"),
        (f"nginx:{'a' * 129}", "its tag is longer than 128 characters"),
        ("MyApp:1.0", "its name `MyApp` is not in lower case"),
        ("gcr.io/team/App", "its name `gcr.io/team/App` is not in lower case"),
        ("gcr.io/team//app", "it contains `//`"),
        ("app:1:2", "it does not have the form `[registry/]name[:tag][@digest]`"),
        ("app@", "`` is not a digest"),
        ("app@latest", "`latest` is not a digest"),
        (f"app@sha256:{'a' * 63}", "its sha256 digest has 63 digits instead of 64"),
        (f"app@sha256:{'A' * 64}", "its digest is not in lower case"),
        (f"app@md5:{'a' * 32}", "its digest's algorithm `md5` is none of `sha256`, `sha384`, `sha512`"),
        (HEX * 4, "64 hexadecimal digits are an image id, not a name"),
        (f"gcr.io/{'a' * 256}", "its name is longer than 255 characters"),
    ],
)
def test_why_a_text_is_no_reference(text: str, why: str) -> None:
    with pytest.raises(BadImageError) as caught:
        parse_image(text)
    assert str(caught.value) == why


PINNED: tuple[str, ...] = (
    "1.25.3", "v1.2.3", "1.25.3-alpine", "v1.2.3-rc.1", "jdk-17.0.2_8", "1.5.2_v1", "4.3.2-management-alpine",
    "pg17-0.112.0", "2.10.0-cuda12.8-cudnn9-runtime", "RELEASE.2024-01-31T00-00-00Z", "1-2-3", "1.2.3.4",
    "20240131", "2024-01-31", "2024.01.31", "nightly-20240131", "20240131T1200", "bookworm-20240110-slim",
    "build-1234", "b1234", "v1234", "123", "main-123", "2.319",
    "befacaad", "5c3dda6b", "5c3dda6", "sha-5c3dda6", "v1beta1-45c5727", "main-5c3dda6b", "5C3DDA6B",
    "v1.2-14-g5c3dda6", HEX[:8] * 5, f"sha256-{HEX * 4}", "latest-5c3dda6",
)  # fmt: skip
MOVES: tuple[str, ...] = (
    "latest", "Latest", "LATEST", "stable-latest", "1.2.3-latest", "latest-slim", "latest-py3", "2022-latest",
    "1.2.3-SNAPSHOT", "1.0-snapshot", "SNAPSHOT",
    "develop", "Develop", "main", "master", "nightly", "dev", "edge", "beta", "my-staging", "qa.2", "1.27-dev",
    "develop-amd64", "main-arm64v8", "edge-x86_64", "edge-386", "latest-arm64", "main-py311", "PROD", "17-preview",
)  # fmt: skip
UNKNOWN: tuple[str, ...] = (
    "feature-login", "_x", "facade", "abcdef", "e2e", "k8s", "secure-port", "devops", "mainframe",
)  # fmt: skip
FOLLOWS: tuple[str, ...] = (
    "stable", "stable-slim", "alpine", "lts-alpine", "bookworm-slim", "LTS", "mainline", "management", "nonroot",
    "1", "v3", "1.27", "3-alpine", "22.04", "3.13-bullseye", "15-alpine", "alpine3.20", "17-jdk-slim", "py3",
    "1.27-amd64", "rc1", "v1beta1", "pr-12", "23.05-py3", "3scale2.10",
)  # fmt: skip


PINNED += ("r240131a", "v1-240131x", "acceded", "a" * 40, "a" * 64)
UNKNOWN += ("dev-28", "main-10", "prod.42")
MOVES += ("dev-2", "uat2-dev", "nightly-22", "edge.22", "28-dev")
"""A branch with a number of two digits names a build, unless it is a schedule with a version."""

UNKNOWN += ("r24013a", "a" * 41, "a" * 63, "a" * 65)
FOLLOWS += ("5c3dda", "99", "b12")
"""One digit more or less is another answer: six in a part, three alone, seven to 40 or 64 of a hash."""


@pytest.mark.parametrize(
    ("tag", "wanted"),
    [
        *((tag, "pinned") for tag in PINNED),
        *((tag, "moves") for tag in MOVES),
        *((tag, "follows") for tag in FOLLOWS),
        *((tag, "unknown") for tag in UNKNOWN),
    ],
)
def test_movement(tag: str, wanted: str) -> None:
    assert movement_of_tag(tag) == wanted


def test_a_digest_pins_whatever_the_tag() -> None:
    assert movement(parse_image(f"app:latest@{SHA256}"), mutable=("*",)) == "pinned"
    assert movement(parse_image(f"app@{SHA256}")) == "pinned"


def test_no_tag_means_latest() -> None:
    assert movement(parse_image("host:5000/app")) == "moves"
    assert movement(parse_image("app"), pinned=("latest",)) == "pinned"


@pytest.mark.parametrize(
    ("text", "mutable", "pinned", "wanted"),
    [
        ("app:1.2.3", ("1.2.*",), (), "moves"),
        ("app:1.2.3", ("*",), ("*",), "moves"),
        ("app:rolling", (), ("roll*",), "pinned"),
        ("app:Rolling", (), ("roll*",), "moves"),
        ("nginx:stable", (), ("nginx:*",), "pinned"),
        ("nginx:stable", (), ("docker.io/library/nginx:*",), "pinned"),
        ("team/app:main", (), ("team/*:main",), "pinned"),
        ("quay.io/team/app:main", (), ("quay.io/*",), "pinned"),
        ("quay.io/team/app:main", (), ("team/*",), "moves"),
        ("quay.io/nginx:stable", (), ("nginx:*",), "follows"),
    ],
)
def test_patterns_come_first(text: str, mutable: tuple[str, ...], pinned: tuple[str, ...], wanted: str) -> None:
    assert movement(parse_image(text), mutable, pinned) == wanted


@given(st.text(HEX, min_size=7, max_size=40), st.sampled_from(("", "sha-", "main-", "v1-")))
def test_a_commit_hash_pins(digits: str, before: str) -> None:
    assert movement_of_tag(before + digits) == "pinned"


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99), st.sampled_from(("", "v", "release-", "jdk-")))
def test_a_full_version_pins(major: int, minor: int, patch: int, before: str) -> None:
    assert movement_of_tag(f"{before}{major}.{minor}.{patch}") == "pinned"
    assert movement_of_tag(f"{before}{major}.{minor}.{patch}-SNAPSHOT") == "moves"
    assert movement_of_tag(f"{before}{major}.{minor}") == "follows"


@given(st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", fullmatch=True))
def test_every_tag_of_the_grammar_is_read_back(tag: str) -> None:
    assert parse_image(f"quay.io/team/app:{tag}") == Image("quay.io/team/app", tag, None)


@pytest.mark.parametrize(
    "text",
    [
        "${IMAGE}", "app:${TAG}", "$REGISTRY/app", "app:$TAG", "{IMAGE}", "{{ .Values.image }}:1", "<image_url>",
        "%IMAGE%", "((image))", "__IMAGE__", "@IMAGE@", "auto", "IMAGE_URL", "YOUR_IMAGE_NAME", "DOCKER_USER/app:1.0",
        "app:TAG", "app:IMAGE_TAG", "REGISTRY/app", "app:VERSION", "$(params.image)", "app@DIGEST", "ko://example.com/cmd/app",
        "us-docker.pkg.dev/[PROJECT_ID]/app:1", "[registry]/app", "+IMAGE_NAME+", "ghcr.io/OWNER/app:dev",
        "USERNAME/app:1", "__set-in-commandline__:latest", "ghcr.io/__owner__/app",
        "Enter your image", "your image here", "Insert image",
    ],
)  # fmt: skip
def test_placeholders(text: str) -> None:
    assert is_placeholder_image(text)


@pytest.mark.parametrize(
    "text",
    [
        "nginx",
        "automatic",
        "App:1",
        "app:MAIN",
        "Reg.io/app",
        "app:RC1",
        "a b",
        "your/image :1",
        "enterprise",
        "app:1.0-TAGGED",
        "ghcr.io/ACME/app:1",
        "ghcr.io/org/OWNER:1",
        "my__app:1",
        "[::1]:5000/app",
        "[fe80::1]/app",
    ],
)
def test_no_placeholders(text: str) -> None:
    assert not is_placeholder_image(text)
