"""Image references, the pull policy that follows from them, and which tags move.

The grammar is that of `github.com/distribution/reference` (ParseNormalizedNamed), which the kubelet uses by way of
`pkg/util/parsers/parsers.go`, ParseImageName; the defaults are those of `pkg/apis/core/v1/defaults.go`.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Literal, NamedTuple

from cmlint.kube import names

Movement = Literal["pinned", "floats", "named", "moves"]
"""Whether a reference names one build for good, follows a version, has a name that says neither, or surely moves."""

HOST = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
REGISTRY = rf"(?:{HOST}(?:\.{HOST})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
PART = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
TAG = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
DIGEST = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"
REFERENCE = rf"(?:({REGISTRY})/)?({PART}(?:/{PART})*)(?::({TAG}))?(?:@({DIGEST}))?\Z"
DIGEST_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}
LONGEST_NAME = 255

PLACEHOLDER = (
    r"^ko://|[${}]|<[^<>]+>|\[[^\[\]:]+\]|%[A-Za-z_]+%|\(\(|(?:^|[/:@])[A-Z]+(?:_[A-Z]+)+(?=[/:@.]|\Z)"
    r"|(?:^|[/:@._-])(?:YOUR|REPLACE|CHANGEME|REGISTRY|REPOSITORY|IMAGE|TAG|VERSION|DIGEST)(?=[/:@._-]|\Z)"
)
ARCHITECTURE = (
    r"(?:^|(?<=[-_.]))"
    r"(?:x86[-_]64|x86|x64|i?386|amd64|aarch64|armhf|arm(?:32|64)?(?:v\d)?|ppc64le|s390x|riscv64)(?=[-_.]|\Z)"
)
FULL_VERSION = r"\d+[-_.]\d+[-_.]\d+"
BUILD = r"(?:v|b|r|build)?\d{3,}\Z"
HASH = r"g?(?:[0-9a-f]{7,40}|[0-9a-f]{64})\Z"
VERSION = r"\d|.*\d\Z"

MOVING = frozenset((
    *("latest", "current", "rolling", "snapshot", "nightly", "daily", "weekly", "canary", "edge", "next", "preview"),
    *("stable", "unstable", "mainline", "lts", "release", "alpha", "beta", "rc", "experimental", "bleeding"),
    *("main", "master", "trunk", "head", "tip", "develop", "development", "dev", "feature", "hotfix", "bugfix"),
    *("staging", "stage", "prod", "production", "preprod", "qa", "uat", "integration", "ci"),
))  # fmt: skip
"""Parts of a tag by which it follows a channel, a branch or a stage, as they are in public manifests."""

VARIANTS = frozenset((
    *("alpine", "slim", "distroless", "scratch", "debian", "ubuntu", "fedora", "centos", "rocky", "ubi", "windows"),
    *("bullseye", "bookworm", "trixie", "buster", "stretch", "jessie", "noble", "jammy", "focal", "bionic", "xenial"),
    *("windowsservercore", "nanoserver", "dind", "rootless", "fpm", "apache", "cli", "perl", "jre", "jdk"),
))  # fmt: skip
"""Parts of a tag that tell only what an image stands on: a tag of nothing else follows every version of the image."""

RELEASES = ("docker.io/library/ubuntu", "docker.io/library/debian", "docker.io/library/buildpack-deps")
"""Images whose versions have names (`ubuntu:jammy`)."""

PUBLISHED = frozenset((
    "adminer", "aerospike", "almalinux", "alpine", "alt", "amazoncorretto", "amazonlinux", "api-firewall",
    "arangodb", "archlinux", "azul-zulu", "backdrop", "bash", "bonita", "buildpack-deps", "busybox", "caddy",
    "cassandra", "centos", "chronograf", "cirros", "clearlinux", "clefos", "clickhouse", "clojure", "composer",
    "consul", "convertigo", "couchbase", "couchdb", "crate", "crux", "dart", "debian", "django", "docker", "drupal",
    "eclipse-mosquitto", "eclipse-temurin", "eggdrop", "elasticsearch", "elixir", "emqx", "erlang", "euleros",
    "express-gateway", "fedora", "flink", "fluentd", "friendica", "fsharp", "gazebo", "gcc", "geonetwork", "ghost",
    "golang", "gradle", "groovy", "haproxy", "haskell", "haxe", "hello-seattle", "hello-world", "hipache", "hitch",
    "hola-mundo", "httpd", "hylang", "ibm-semeru-runtimes", "ibmjava", "influxdb", "iojs", "irssi", "java",
    "jenkins", "jetty", "jobber", "joomla", "jruby", "julia", "kaazing-gateway", "kapacitor", "kibana", "known",
    "kong", "krakend", "lightstreamer", "liquibase", "logstash", "mageia", "mariadb", "matomo", "maven",
    "mediawiki", "memcached", "mongo", "mongo-express", "monica", "mono", "mysql", "nats", "nats-streaming",
    "neo4j", "neurodebian", "nextcloud", "nginx", "node", "notary", "nuxeo", "odoo", "open-liberty", "openjdk",
    "opensuse", "oraclelinux", "orientdb", "owncloud", "percona", "perl", "photon", "php", "php-zendserver",
    "phpmyadmin", "piwik", "plone", "postfixadmin", "postgres", "pypy", "python", "r-base", "rabbitmq", "rails",
    "rakudo-star", "rapidoid", "redis", "redmine", "registry", "rethinkdb", "rocket.chat", "rockylinux", "ros",
    "ruby", "rust", "sapmachine", "satosa", "scratch", "sentry", "silverpeas", "sl", "solr", "sonarqube",
    "sourcemage", "spark", "spiped", "storm", "swarm", "swift", "swipl", "teamspeak", "telegraf", "thrift",
    "tomcat", "tomee", "traefik", "ubuntu", "ubuntu-debootstrap", "ubuntu-upstart", "unit", "varnish", "vault",
    "websphere-liberty", "wordpress", "xwiki", "yourls", "znc", "zookeeper",
))  # fmt: skip
"""The images that Docker publishes or has published without an owner (`github.com/docker-library/official-images`)."""


class Image(NamedTuple):
    """A valid reference: `repository` with its registry, `tag` and `digest` or None."""

    repository: str
    tag: str | None
    digest: str | None

    @property
    def registry(self) -> str:
        """The registry's host, with its port; `docker.io` where none is written."""
        return self.repository.partition("/")[0]

    @property
    def short(self) -> str:
        """The repository without what Docker's short names leave out."""
        return self.repository.removeprefix("docker.io/").removeprefix("library/")

    @property
    def published(self) -> bool:
        """Whether a registry can have it: under a name without an owner nobody but Docker can push anything there."""
        owner, _, name = self.repository.rpartition("/")
        return owner != "docker.io/library" or name in PUBLISHED


class BadImageError(ValueError):
    """Not a valid reference; the message says why, in words that follow "because"."""


@lru_cache(maxsize=1024)
def parse_image(text: str) -> Image:
    """Reads a reference as the kubelet does; raises BadImageError."""
    if re.fullmatch("[a-f0-9]{64}", text):
        raise BadImageError("64 hexadecimal digits are an image's id and no name")
    normal = normalize(text)
    found = re.match(REFERENCE, normal)
    if not found:
        raise BadImageError(why_not(text))
    registry, path, tag, digest = found.groups()
    if len(path) > LONGEST_NAME:
        raise BadImageError(f"its name is longer than {LONGEST_NAME} characters")
    if digest and (reason := why_not_digest(digest)):
        raise BadImageError(reason)
    return Image(f"{registry}/{path}" if registry else path, tag, digest)


def normalize(text: str) -> str:
    """A reference with the registry and the `library/` that Docker's short names leave out (splitDockerDomain)."""
    first, slash, rest = text.partition("/")
    named = slash and (first == "localhost" or "." in first or ":" in first or first.lower() != first)
    registry, name = (first, rest) if named else ("docker.io", text)
    if registry == "index.docker.io":
        registry = "docker.io"
    if registry == "docker.io" and "/" not in name:
        name = f"library/{name}"
    return f"{registry}/{name}"


def why_not(text: str) -> str:
    """What is wrong with a reference that does not fit the grammar."""
    if found := re.match(r"[a-z]+://", text):
        return f"it begins with `{found[0]}`"
    if re.search(r"\s", text):
        return "it contains a space"
    name, _, digest = text.partition("@")
    head, colon, tag = name.rpartition(":")
    if colon and "/" not in tag:
        name = head
        if not re.fullmatch(TAG, tag):
            return why_not_tag(tag)
    if name != name.lower():
        return f"its name `{name}` is not in lower case"
    if digest or text.endswith("@"):
        return f"`{digest}` is no digest"
    if "//" in name:
        return "it contains `//`"
    return "it does not have the form `[registry/]name[:tag][@digest]`"


def why_not_tag(tag: str) -> str:
    """What is wrong with a tag."""
    if not tag:
        return "nothing stands behind its `:`"
    if len(tag) > 128:
        return "its tag is longer than 128 characters"
    odd = next((character for character in tag if not re.match("[A-Za-z0-9_.-]", character)), None)
    return f"its tag `{tag}` contains `{odd}`" if odd else f"its tag `{tag}` begins with `{tag[0]}`"


def why_not_digest(digest: str) -> str | None:
    """Why a text of a digest's form is none: its algorithm, length and case (`github.com/opencontainers/go-digest`)."""
    algorithm, _, encoded = digest.partition(":")
    length = DIGEST_LENGTHS.get(algorithm)
    if length is None:
        return f"its digest's algorithm `{algorithm}` is none of {', '.join(f'`{name}`' for name in DIGEST_LENGTHS)}"
    if len(encoded) != length:
        return f"its {algorithm} digest has {len(encoded)} digits instead of {length}"
    return None if encoded == encoded.lower() else "its digest is not in lower case"


def default_pull_policy(image: Image) -> str:
    """The policy that the API server sets when none is given (SetDefaults_Container, SetDefaults_Volume)."""
    return "Always" if (image.tag or image.digest or "latest") == "latest" else "IfNotPresent"


def is_placeholder(text: str) -> bool:
    """Whether something has still to be put into an image (`${TAG}`, `{IMAGE}`, `YOUR_IMAGE`, Istio's `auto`)."""
    return text == "auto" or names.is_placeholder(text) or re.search(PLACEHOLDER, text) is not None


def movement(image: Image, mutable: tuple[str, ...] = (), pinned: tuple[str, ...] = ()) -> Movement:
    """Whether a reference moves; patterns that the configuration calls mutable or pinned come first."""
    if image.digest:
        return "pinned"
    tag = image.tag or "latest"
    if any(matches(pattern, image, tag) for pattern in mutable):
        return "moves"
    if any(matches(pattern, image, tag) for pattern in pinned):
        return "pinned"
    if image.repository in RELEASES and VARIANTS.intersection(re.split("[-_.]", tag)):
        return "floats"
    return movement_of_tag(tag)


def matches(pattern: str, image: Image, tag: str) -> bool:
    """Whether a pattern fits a tag, or `repository:tag` where it has a `:` or `/`."""
    if ":" not in pattern and "/" not in pattern:
        return fnmatchcase(tag, pattern)
    return any(fnmatchcase(f"{name}:{tag}", pattern) for name in (image.repository, image.short))


def movement_of_tag(tag: str) -> Movement:
    """Whether a tag moves.

    It is pinned by a full version (three numeric parts), a build number or a date (three digits or more alone, six or
    more inside a part) or a commit hash (7 to 40 hexadecimal digits as a whole part); it floats with less of a version
    than that. Without any it moves where it says so, as `latest`, a snapshot, a branch or a channel, or where it tells
    only what the image stands on; what any other word means (`blue`) its author knows. The name of an architecture is
    no version.
    """
    lowered = tag.lower()
    if lowered.endswith(("latest", "snapshot")):
        return "moves"
    bare = re.sub(ARCHITECTURE, "", lowered)
    parts = [part for part in re.split("[-_.]", bare) if part]
    if re.search(FULL_VERSION, bare) or re.search(r"\d{6}", bare):
        return "pinned"
    if any(re.match(BUILD, part) or re.match(HASH, part) for part in parts):
        return "pinned"
    if "latest" in parts:
        return "moves"
    if any(re.match(VERSION, part) for part in parts):
        return "floats"
    return "moves" if MOVING.intersection(parts) or VARIANTS.issuperset(parts) else "named"
