"""How a cluster is reached: kubeconfig, context, account, proxies and plugins as the Kubernetes client has them.

cmlint uses that client only for the connection. Its typed lists cost three to ten times as much as the bytes
they are made from, and its ways to get at bytes differ from version to version; the pool of connections does not.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import msgspec

from cmlint.kube.near import nearest
from cmlint.kube.versions import parse_version
from cmlint.sources.cluster.manners import AGAIN, BROKEN, LATE, TOO_LARGE, BadAnswerError, Pace, shortened
from cmlint.system.files import CREDENTIALS, MANIFEST, MB, read

CONNECT_TIMEOUT = 10
"""Seconds."""

ONCE = {"retries": False, "redirect": False, "preload_content": False, "enforce_content_length": True}
"""How a request is made: as it is, to nobody else, and its answer is read piece by piece."""

PIECE = 65_536
LARGEST = MANIFEST
"""Bytes; what is packed may become a thousand times as large."""

JSON = "application/json"

Headers = tuple[tuple[str, str], ...]


class VersionInfo(msgspec.Struct, rename="camel"):
    """What the API server says of itself (`staging/src/k8s.io/apimachinery/pkg/version/types.go`)."""

    git_version: str


class NoClusterError(Exception):
    """No cluster can be reached; `help` says what to do about it."""

    def __init__(self, message: str, help: str) -> None:  # noqa: A002
        super().__init__(message)
        self.help = help


class Wish(NamedTuple):
    """Which cluster is meant, by whom, how fast it may be asked (requests a second), and how long each answer may take.

    `user` and `groups` are whom to impersonate.
    """

    context: str | None = None
    kubeconfig: str | None = None
    namespace: str | None = None
    qps: float = 100.0
    timeout: float = 30.0
    user: str | None = None
    groups: tuple[str, ...] = ()


class Connection:
    """A connection to one cluster; it can be used by several threads, and reads only.

    `name` is the context's, `namespace` the one in which objects without one are. `options` are those by which kubectl
    reaches the same cluster. `acting` are the headers that say whom to impersonate.
    """

    def __init__(self, client: Any, name: str, namespace: str, wish: Wish, acting: Headers = ()) -> None:
        self.name, self.namespace = name, namespace
        self.configuration = client.configuration
        self.pool = client.rest_client.pool_manager
        self.pace, self.timeout, self.acting = Pace(wish.qps), wish.timeout, acting
        self.options: tuple[str, ...] = ()
        if not self.configuration.verify_ssl:
            be_silent_about_certificates()

    def version(self) -> str:
        """The version of Kubernetes, like `1.31.4`; the first request, so that a wrong address is reported at once.

        It is empty where the answer is not understood. Raises BadAnswerError.
        """
        body = self.get("/version", again=AGAIN - {BROKEN})
        try:
            version = msgspec.json.decode(body, type=VersionInfo).git_version
            parse_version(version)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return ""
        return version.removeprefix("v")

    def get(
        self,
        path: str,
        query: dict[str, str] | None = None,
        accept: str = JSON,
        *,
        most: int = LARGEST,
        again: frozenset[int] = AGAIN,
    ) -> bytes:
        """The body of an answer, of `most` bytes; asks `again` where that may help. Raises BadAnswerError."""
        url = f"{self.configuration.host}{path}" + (f"?{urlencode(query)}" if query else "")
        return self.pace.ask(lambda: in_time(lambda: self.once(url, accept, most), self.timeout), again=again)

    def once(self, url: str, accept: str, most: int) -> bytes:
        """The body of one answer."""
        from urllib3 import HTTPHeaderDict, Timeout
        from urllib3.exceptions import HTTPError

        timeout = Timeout(connect=min(CONNECT_TIMEOUT, self.timeout), read=self.timeout)
        headers = HTTPHeaderDict({"Accept": accept, "Accept-Encoding": "gzip", "User-Agent": "cmlint"})
        headers.update(self.credentials())
        for name, value in self.acting:
            headers.add(name, value)
        try:
            answer = self.pool.request("GET", url, headers=headers, timeout=timeout, **ONCE)
            body = body_of(answer, most)
        except HTTPError as error:
            raise BadAnswerError(BROKEN, why_unreachable(error)) from None
        if answer.status != 200:
            raise BadAnswerError.of(answer.status, body, answer.headers.get("Retry-After"))
        if JSON not in (kind := answer.headers.get("Content-Type") or JSON):
            raise BadAnswerError(answer.status, f"not the API server but something before it answers, in {kind}")
        return body

    def credentials(self) -> dict[str, str]:
        """The headers that say who asks; a token that a plugin or the cluster renews is read again each time."""
        found = self.configuration.auth_settings().values()
        return {each["key"]: each["value"] for each in found if each["in"] == "header" and each["value"]}


def in_time(ask: Callable[[], bytes], seconds: float) -> bytes:
    """What a request gives within some seconds, however slowly its bytes drip; raises BadAnswerError after that.

    No timeout of a socket does this, because each byte that arrives begins it again. Nobody waits for a thread that
    hangs, so it is not kept from ending with the program.
    """
    answers: SimpleQueue[bytes | Exception] = SimpleQueue()

    def run() -> None:
        try:
            answers.put(ask())
        except Exception as error:
            answers.put(error)

    Thread(target=run, daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise BadAnswerError(LATE, f"no complete answer within {seconds:g} s (see `--timeout`)") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def body_of(answer: Any, most: int) -> bytes:
    """The body of an answer, unpacked; raises BadAnswerError where it is larger than `most` bytes.

    An answer that is packed twice is not read: the library may unpack one piece of it to a million times its size.
    """
    packed = answer.headers.get("Content-Encoding", "").strip().lower()
    if packed not in ("", "identity", "gzip"):
        answer.close()
        raise BadAnswerError(
            answer.status, f"the answer is packed in a way that was not asked for: {shortened(packed)}"
        )
    pieces: list[bytes] = []
    size = 0
    for piece in answer.stream(PIECE, decode_content=True):
        pieces.append(piece)
        size += len(piece)
        if size > most:
            answer.close()
            raise BadAnswerError(TOO_LARGE, f"the answer is larger than {most // MB} MB")
    return b"".join(pieces)


def be_silent_about_certificates() -> None:
    """Keeps urllib3 from a warning at each request where the kubeconfig says that no certificate is checked."""
    from urllib3 import disable_warnings
    from urllib3.exceptions import InsecureRequestWarning

    disable_warnings(InsecureRequestWarning)


def connect(wish: Wish) -> Connection:
    """A connection as kubeconfig or the account of the pod describe it; raises NoClusterError."""
    try:
        from kubernetes import client
        from kubernetes import config as its
        from urllib3.exceptions import HTTPError

        config: Any = its
    except ImportError as error:
        raise NoClusterError(f"the Kubernetes client cannot be loaded: {error}", "`pip install kubernetes`") from None
    where = wish.kubeconfig or config.KUBE_CONFIG_DEFAULT_LOCATION
    try:
        if wish.kubeconfig is None and wish.context is None and in_cluster(where):
            return by_account(wish, client, config)
        return by_kubeconfig(wish, where, config)
    except ImportError as error:
        why = f"the Kubernetes client needs a package for this connection that is missing: {error}"
        raise NoClusterError(why, "install it where cmlint is installed") from None
    except HTTPError as error:
        raise NoClusterError(f"the proxy cannot be used: {in_one_line(error)}", PROXY) from None


def by_account(wish: Wish, client: Any, config: Any) -> Connection:
    """A connection with the account of the pod that cmlint runs in."""
    settings = client.Configuration()
    try:
        config.load_incluster_config(client_configuration=settings)
    except config.ConfigException as error:
        why = f"the account of this pod cannot be used: {error}"
        raise NoClusterError(why, "mount its token and `ca.crt`") from None
    namespace = wish.namespace or own_namespace(config.incluster_config.SERVICE_TOKEN_FILENAME)
    acting = impersonation(wish, {}, "the account of this pod")
    return Connection(client.ApiClient(settings), "in-cluster", namespace, wish, acting)


def by_kubeconfig(wish: Wish, where: str, config: Any) -> Connection:
    """A connection as files of kubeconfig describe it, which are listed in `where`."""
    from urllib3.exceptions import HTTPError

    if not any(map(os.path.lexists, where.split(os.pathsep))):
        raise NoClusterError(f"{where}: not found", help_for(wish))
    try:
        merger = config.kube_config.KubeConfigMerger(where)
        if merger.config is None:
            raise NoClusterError(f"{where}: not found", help_for(wish))
        if wish.context:
            require_context(wish.context, merger.config["contexts"].value, where)
        name = wish.context or first_context(merger.config_files.values())
        with complaints() as said:
            made = config.new_client_from_config(wish.kubeconfig, name, persist_config=False)
        name = name or merger.config["current-context"]
        contexts = merger.config["contexts"]
        context = contexts.get_with_name(name)["context"]
        namespace = wish.namespace or context.safe_get("namespace")
        user = merger.config["users"].get_with_name(context["user"])["user"].value if context.safe_get("user") else {}
        several = len(contexts.value) > 1
    except config.ConfigException as error:
        raise NoClusterError(f"{where}: {in_one_line(error)}", help_for(wish)) from None
    except (ImportError, HTTPError, NoClusterError):
        raise
    except Exception as error:  # what a broken file makes the client raise is its own affair: YAML, types, base64
        raise NoClusterError(f"{where}: cannot be read: {type(error).__name__}{line_of(error)}", MEND) from None
    if said:
        absent = "No such file or directory" in said[0]
        help_ = "install the credential plugin that the kubeconfig names" if absent else "log in to the cluster again"
        raise NoClusterError(f"{where}: no credentials: {said[0]}", help_)
    connection = Connection(made, name, namespace or "default", wish, impersonation(wish, user, where))
    by_context = ("--context", name) if wish.context or several else ()
    connection.options = (*by_context, *(("--kubeconfig", wish.kubeconfig) if wish.kubeconfig else ()))
    return connection


SAFE = "!#$&'*+-.^_`|~"
"""What may be in the name of a header besides letters and digits; the rest is escaped as client-go does it."""


def impersonation(wish: Wish, user: dict[str, Any], where: str) -> Headers:
    """The headers that say whom to impersonate: what the line says comes before what the kubeconfig's user has.

    `impersonatingRoundTripper` in `staging/src/k8s.io/client-go/transport/round_trippers.go`; raises NoClusterError.
    """
    name = wish.user or user.get("as") or ""
    groups, uid, extra = wish.groups or user.get("as-groups") or (), user.get("as-uid"), user.get("as-user-extra") or {}
    if not name:
        if groups or uid or extra:
            raise NoClusterError(f"{where}: a group or uid is impersonated without a user", "name one with `--as`")
        return ()
    return (
        ("Impersonate-User", str(name)),
        *((("Impersonate-Uid", str(uid)),) if uid else ()),
        *(("Impersonate-Group", str(group)) for group in groups),
        *((f"Impersonate-Extra-{quote(key, safe=SAFE)}", str(v)) for key, values in extra.items() for v in values),
    )


@contextmanager
def complaints() -> Iterator[list[str]]:
    """What the client only logs: that a plugin gives no credentials. It would go on as nobody, who may do nothing."""
    import logging

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(" ".join(record.getMessage().split()))

    said: list[str] = []
    handler = Handler(logging.ERROR)
    logging.getLogger().addHandler(handler)
    try:
        yield said
    finally:
        logging.getLogger().removeHandler(handler)


def first_context(files: Iterable[Any]) -> str | None:
    """The current context of several files of kubeconfig: the first counts, as for kubectl; for the client the last."""
    return next((name for file in files if (name := file.get("current-context"))), None)


MEND = "fix the file; `kubectl config view` shows how it is read"
PROXY = "see HTTPS_PROXY and the kubeconfig's `proxy-url`: they begin with `http://` or `https://`"


def require_context(wanted: str, contexts: list[dict[str, Any]], where: str) -> None:
    """Raises NoClusterError for a context that no kubeconfig has, with a near name."""
    names = [context["name"] for context in contexts]
    if wanted not in names:
        near = nearest(wanted, names)
        help_ = f"did you mean `{near}`?" if near else "`kubectl config get-contexts` lists the contexts"
        raise NoClusterError(f"{where}: there is no context `{wanted}`", help_)


def help_for(wish: Wish) -> str:
    """What to do about a kubeconfig that does not lead to a cluster."""
    if wish.context:
        return "`kubectl config get-contexts` lists the contexts"
    return "name a kubeconfig with `--kubeconfig` or KUBECONFIG, and a context with `--context`"


def in_cluster(locations: str) -> bool:
    """Whether there is no kubeconfig, but a pod's account."""
    found = any(os.path.exists(os.path.expanduser(path)) for path in locations.split(os.pathsep))
    return not found and "KUBERNETES_SERVICE_HOST" in os.environ


def own_namespace(token: str) -> str:
    """The namespace of the pod that cmlint runs in, which is beside its token."""
    try:
        return read(os.path.join(os.path.dirname(token), "namespace"), CREDENTIALS).decode("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return "default"


def in_one_line(error: Exception) -> str:
    """An error's message without its line breaks."""
    return " ".join(str(error).split())


def line_of(error: Exception) -> str:
    """Where a YAML error is, and nothing of the text there, which may be a token."""
    mark = getattr(error, "problem_mark", None)
    return f", line {mark.line + 1}" if mark else ""


def why_unreachable(error: Exception) -> str:
    """What urllib3 says of a connection that does not come about, or that breaks, without its wrapping."""
    from urllib3.exceptions import ProtocolError, ProxyError

    inner = getattr(error, "reason", None) or error
    if isinstance(inner, ProxyError):
        return f"at its proxy: {why_unreachable(inner.original_error)}"
    if isinstance(inner, ProtocolError) and len(inner.args) > 1:
        what, cause = map(str, inner.args)
        return what if cause in what else f"{what.rstrip('.')}: {cause}"
    said = re.sub(r"^(None|<?(\w+\.)*HTTPS?Connection\w*\W.*?[)>]): ", "", in_one_line(inner))
    return said.removeprefix("Failed to establish a new connection: ") or type(inner).__name__
