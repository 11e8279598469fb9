"""What kubectl is told to create: each way of writing it, what stays open, and kubectl's own word for the keys."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import references_of
from cmlint.bundle.material import Material
from cmlint.bundle.resolve import Resolution
from cmlint.manifest.documents import commands_in, read_input, read_text
from cmlint.manifest.shell import PlacedCutter, Quotes
from cmlint.model.facts import Document, FileFacts
from cmlint.report import formatter
from cmlint.report.view import View
from tests.support.run import concise, lint, write


def said(document: Document) -> str:
    """What a command creates, in one line: `Target namespace/name: keys`, and `...` for keys that are not known."""
    (provider,) = document.providers
    namespace = f"{document.namespace.value}/" if document.namespace else ""
    keys = [key.name if key.value is None else f"{key.name}={key.value}" for key in provider.keys]
    return f"{provider.target} {namespace}{provider.name.value}: {' '.join([*keys, *['...'] * provider.open])}".rstrip(
        ": "
    )


def made(text: str) -> list[str]:
    return [said(document) for document in read_text(text).commands or commands_in(text)]


COMMANDS = [
    # the plain forms
    ("kubectl create configmap app --from-literal=A=1 --from-literal=B=2", "ConfigMap app: A=1 B=2"),
    ("kubectl create cm app --from-literal A=1", "ConfigMap app: A=1"),
    ("kubectl create configmap --from-literal=A=1 app", "ConfigMap app: A=1"),
    ("kubectl   create\tconfigmap  app --from-literal=A=x=y", "ConfigMap app: A=x=y"),
    ("kubectl create secret generic db --from-literal=user=me --from-literal=password=x", "Secret db: user password"),
    ("kubectl create secret tls web --cert=a.crt --key=a.key", "Secret web: tls.crt tls.key"),
    ("kubectl create secret tls web --key a.key --cert a.crt", "Secret web: tls.crt tls.key"),
    (
        "kubectl create secret docker-registry reg --docker-server=x --docker-password=y",
        "Secret reg: .dockerconfigjson",
    ),
    ("kubectl create secret docker-registry reg --from-file=path/config.json", "Secret reg: .dockerconfigjson"),
    # files
    ("kubectl create configmap app --from-file=conf/app.properties", "ConfigMap app: app.properties"),
    ("kubectl create configmap app --from-file conf/app.properties", "ConfigMap app: app.properties"),
    ("kubectl create configmap app --from-file=key=conf/app.properties", "ConfigMap app: key"),
    ("kubectl create configmap app --from-file=a.txt,k=b.txt", "ConfigMap app: a.txt k"),
    ("kubectl create secret generic k --from-file=ssh-privatekey=$HOME/.ssh/id_rsa", "Secret k: ssh-privatekey"),
    ("kubectl create configmap app --from-file=conf", "ConfigMap app: conf ..."),
    ("kubectl create configmap app --from-file=conf/", "ConfigMap app: ..."),
    ("kubectl create configmap app --from-file=conf.d", "ConfigMap app: conf.d ..."),
    ("kubectl create configmap app --from-file=v1.2", "ConfigMap app: v1.2 ..."),
    ("kubectl create configmap app --from-file=conf/*.yaml", "ConfigMap app: ..."),
    ("kubectl create configmap app --from-file=.ssh", "ConfigMap app: .ssh ..."),
    ("kubectl create configmap app --from-file=$FILE", "ConfigMap app: ..."),
    ("kubectl create configmap app --from-file=$DIR/app.yaml", "ConfigMap app: app.yaml"),
    ("kubectl create configmap app --from-file=a=b=c", "ConfigMap app: ..."),
    ("kubectl create configmap app --from-env-file=app.env", "ConfigMap app: ..."),
    ("kubectl create configmap app", "ConfigMap app: ..."),
    # who calls, and how
    ("oc create configmap app --from-literal=A=1", "ConfigMap app: A=1"),
    ("k create cm app --from-literal=A=1", "ConfigMap app: A=1"),
    ("sudo k3s kubectl create configmap app --from-literal=A=1", "ConfigMap app: A=1"),
    ("microk8s.kubectl create configmap app --from-literal=A=1", "ConfigMap app: A=1"),
    ("minikube kubectl -- create configmap app --from-literal=A=1", "ConfigMap app: A=1"),
    ("./bin/kubectl create configmap app --from-literal=A=1", "ConfigMap app: A=1"),
    ("kubectl.exe create configmap app --from-literal=A=1", "ConfigMap app: A=1"),
    ("$KUBECTL create configmap app --from-literal=A=1", "ConfigMap app: A=1"),
    ('"$KUBECTL" -n prod create configmap app --from-literal=A=1', "ConfigMap prod/app: A=1"),
    ("$K create configmap app --from-literal=A=1", "ConfigMap app: A=1"),
    ("${KUBECTL} create configmap app --from-literal=A=1", "ConfigMap app: A=1"),
    ("\t@$(KUBECTL) create configmap app --from-literal=A=1", "ConfigMap app: A=1"),
    ("\t-kubectl create configmap app --from-literal=A=1", "ConfigMap app: A=1"),
    ("{{kubectl}} create configmap app --from-literal=A=1", "ConfigMap app: A=1"),
    ("docker run bitnami/kubectl:1.30 create configmap app --from-literal=A=1", "ConfigMap app: A=1"),
    ("$ kubectl create configmap app --from-literal=A=1", "ConfigMap app: A=1"),
    ("kubectl delete cm app; kubectl create cm app --from-literal=A=1 || true", "ConfigMap app: A=1"),
    ("kubectl create cm app --from-literal=A=1 --dry-run=client -o yaml | kubectl apply -f -", "ConfigMap app: A=1"),
    ("kubectl create cm app --from-literal=A=1 -oyaml > app.yaml", "ConfigMap app: A=1"),
    ("kubectl create cm app 2>/dev/null --from-literal=A=1", "ConfigMap app: A=1"),
    ("kubectl create cm app --from-literal=A=1 # --from-literal=B=2", "ConfigMap app: A=1"),
    # namespaces
    ("kubectl -n prod create configmap app --from-literal=A=1", "ConfigMap prod/app: A=1"),
    ("kubectl create -n prod configmap app --from-literal=A=1", "ConfigMap prod/app: A=1"),
    ("kubectl create secret -n prod generic app --from-literal=A=1", "Secret prod/app: A"),
    ("kubectl create configmap app --namespace prod --from-literal=A=1", "ConfigMap prod/app: A=1"),
    ("kubectl create configmap app --namespace=prod --from-literal=A=1", "ConfigMap prod/app: A=1"),
    ("kubectl create configmap app -nprod --from-literal=A=1", "ConfigMap prod/app: A=1"),
    ("kubectl --context east -n prod create cm app --from-literal=A=1", "ConfigMap prod/app: A=1"),
    ("kubectl create configmap app -n $NAMESPACE --from-literal=A=1", "ConfigMap app: A=1"),
    ("kubectl $FLAGS create configmap app --from-literal=A=1", "ConfigMap app: A=1"),
    # variables
    ("kubectl create configmap $NAME --from-literal=A=1", "ConfigMap *: A=1 ..."),
    ("kubectl create configmap ${APP}-config --from-literal=A=1", "ConfigMap *-config: A=1"),
    ("kubectl create configmap $(APP)-config-$(ENV) --from-literal=A=1", "ConfigMap *-config-*: A=1"),
    ("kubectl create configmap $A-$B --from-literal=A=1", "ConfigMap *: A=1"),
    ("kubectl create configmap ${{ env.APP }}-config --from-literal=A=1", "ConfigMap *-config: A=1"),
    ("kubectl create configmap {{ .Release.Name }}-config --from-literal=A=1", "ConfigMap *-config: A=1"),
    ("kubectl create configmap `basename $PWD`-config --from-literal=A=1", "ConfigMap *-config: A=1"),
    ("kubectl create configmap app --append-hash --from-literal=A=1", "ConfigMap app-*: A=1"),
    ("kubectl create configmap app --append-hash=false --from-literal=A=1", "ConfigMap app: A=1"),
    ("kubectl create configmap app --from-literal=A=$VALUE", "ConfigMap app: A"),
    ("kubectl create configmap app --from-literal=A=<your value>", "ConfigMap app: A"),
    ("kubectl create configmap app --from-literal=A=<...> --from-literal=B=2", "ConfigMap app: A B=2"),
    (
        'kubectl create configmap app --from-literal=A="$(cat f | sed "s/(x)/y/")" --from-literal=B=2',
        "ConfigMap app: A B=2",
    ),
    ("kubectl create configmap app --from-literal=$KEY=1 --from-literal=B=2", "ConfigMap app: B=2 ..."),
    ("kubectl create configmap app $ARGS --from-literal=B=2", "ConfigMap app: B=2 ..."),
    ('kubectl create configmap app "${ARGS[@]}"', "ConfigMap app: ..."),
    ("kubectl create configmap ${NS:+-n $NS} app --from-literal=B=2", "ConfigMap app: B=2 ..."),
    ("NAME=app-config\nkubectl create configmap $NAME --from-literal=A=1", "ConfigMap app-config: A=1"),
    ("NAME ?= app-config\n\nx:\n\tkubectl create configmap $(NAME) --from-literal=A=1", "ConfigMap app-config: A=1"),
    ("env:\n  NAME: 'app-config'\nrun: kubectl create cm $NAME --from-literal=A=1", "ConfigMap app-config: A=1"),
    ("export K=B; kubectl create configmap app --from-literal=$K=1", "ConfigMap app: B=1"),
    ("NAME=a1b2\nNAME=c3d4\nkubectl create configmap $NAME --from-literal=A=1", "ConfigMap *: A=1 ..."),
    ('NAME="${APP}-config"\nkubectl create configmap "$NAME" --from-literal=A=1', "ConfigMap *-config: A=1"),
    ("NAME=$1\nkubectl create configmap x-$NAME --from-literal=A=1", "ConfigMap *: A=1"),
    # quotes
    ("kubectl create configmap 'app' --from-literal='A=x y'", "ConfigMap app: A=x y"),
    ('kubectl create configmap "app" --from-literal="A=x \\"y\\""', 'ConfigMap app: A=x "y"'),
    ("kubectl create configmap app --from-literal=A='x\ny' --from-literal=B=2", "ConfigMap app: A=x\ny B=2"),
    ("kubectl create configmap app --from-literal=A=x\\ y", "ConfigMap app: A=x y"),
    ("sh -c 'set -e; kubectl create cm app --from-literal=A=1'; echo", "ConfigMap app: A=1"),
    ('sh -c "kubectl create cm app --from-literal=\\"A=x y\\" --from-literal=B=2" && x', "ConfigMap app: A=x y B=2"),
    ('X="$(kubectl create cm app --from-literal=A="1" --from-literal=B=2)"', "ConfigMap app: A=1 B=2"),
    ('{"run": "kubectl create cm app --from-literal=A=1\\nkubectl get pods -A"}', "ConfigMap app: A=1"),
    ('sh "kubectl create configmap app --from-literal=A=1 " + rest', "ConfigMap app: A=1 ..."),
    ("kubectl create secret generic app --from-literal=A='never closed", "Secret app: A ..."),
    # continued lines
    ("kubectl create configmap app \\\n  --from-literal=A=1 \\\n  --from-literal=B=2\necho", "ConfigMap app: A=1 B=2"),
    ("kubectl create configmap app \\\r\n  --from-literal=A=1\r\necho", "ConfigMap app: A=1"),
    ("kubectl create configmap app `\n  --from-literal=A=1\necho", "ConfigMap app: A=1"),
    ("kubectl create configmap app ^\n  --from-literal=A=1\necho", "ConfigMap app: A=1"),
    ("kubectl \\\n  create secret \\\n  generic app --from-literal=A=1", "Secret app: A"),
    ("# kubectl create cm app \\\n#   --from-literal=A=1 \\\n#   --from-literal=B=2\n", "ConfigMap app: A=1 B=2"),
    ("> kubectl create cm app \\\n> --from-literal=A=1\n", "ConfigMap app: A=1"),
    (
        "run: >\n  kubectl create configmap app\n  --from-literal=A=1\n  --from-literal=B=2\nx: 1",
        "ConfigMap app: A=1 B=2",
    ),
    # other names of kubectl
    ("kl create cm app --from-literal=A=1", "ConfigMap app: A=1"),
    ("$ kl -n shop create cm app --from-literal A=1 -o yaml | kl apply -f -", "ConfigMap shop/app: A=1"),
    ("test -e x && kc --context dev create secret generic app --from-literal=A=1", "Secret app: A"),
    # documents
    ("Run `kubectl create cm app --from-literal=A=1`, don't `wait`.", "ConfigMap app: A=1"),
    ("Don't forget `kubectl create cm app --from-literal=A=1`.", "ConfigMap app: A=1"),
    ("``kubectl create cm app --from-literal=A=1`` in rst", "ConfigMap app: A=1"),
    ("<code>kubectl create cm app --from-literal=A=1</code>", "ConfigMap app: A=1 ..."),
    ("# kubectl create cm app --from-file=a.sql --dry-run -o yaml (copy and add below)", "ConfigMap app: a.sql ..."),
]


@pytest.mark.parametrize(("text", "expected"), COMMANDS, ids=[text for text, _ in COMMANDS])
def test_command_creates(text: str, expected: str) -> None:
    assert made(text) == [expected]
    assert made(f"{text}\n") == [expected]


NOTHING = [
    "kubectl create configmap <name> --from-literal=A=1",
    "kubectl create configmap NAME --from-literal=A=1",
    "kubectl create configmap [NAME] --from-literal=A=1",
    "kubectl create configmap --from-literal=A=1",
    "kubectl create configmap",
    "kubectl create secret generic",
    "kubectl create secret app --from-literal=A=1",
    "kubectl create configmap and kubectl create secret are commands",
    "`kubectl create configmap` creates one",
    "You can use kubectl to create configmap app from a file",
    "kubectl create configmap app with one key",
    "kubectl get configmap app; create configmap app",
    "kubectl delete secret app",
    "kubectl create deployment configmap --image=x",
    "create configmap app --from-literal=A=1",
    "kl create configmap app",
    "to create configmap app",
    "the book create configmap app --from-literal=A=1",
    "my-kubectl-create configmap app --from-literal=A=1",
]


@pytest.mark.parametrize("text", NOTHING)
def test_no_command_creates_nothing(text: str) -> None:
    assert made(text) == []


def test_places_and_secrets() -> None:
    text = "kubectl create secret generic db --from-literal=user='me' \\\n  --from-literal password=x%y -n prod\n"
    (document,) = commands_in(text)
    (provider,) = document.providers
    assert (document.kind, provider.kind, provider.target) == ("command", "command", "Secret")
    assert text[provider.name.start : provider.name.end] == "db" == text[document.head.start : document.head.end]
    assert [text[key.span.start : key.span.end] for key in provider.keys] == ["user", "password"]
    assert [text[span.start : span.end] for span in document.masked] == ["me", "x%y"]
    assert [key.value for key in provider.keys] == [None, None]
    assert document.namespace is not None and text[document.namespace.start : document.namespace.end] == "prod"
    assert text[document.span.start : document.span.end] == text[text.index("create") : -1]


def test_secrets_of_every_kind_are_masked() -> None:
    text = "kubectl create secret docker-registry r --docker-server=s --docker-username=u --docker-password p\n"
    (document,) = commands_in(text)
    assert sorted(text[span.start : span.end] for span in document.masked) == ["p", "u"]
    text = "kubectl create secret generic r --from-literal=a=x y\n"
    (document,) = commands_in(text)
    assert [text[span.start : span.end] for span in document.masked] == ["x", "y"]


MANIFEST = """\
apiVersion: v1
kind: Secret
metadata:
  name: {name}
  namespace: prod
stringData:
  user: me
  password: $PASSWORD
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("cat <<EOF | kubectl apply -f -\n", "EOF\n"),
        ("kubectl apply -f - <<'EOF'\n", "EOF\n"),
        ('kubectl create -f - << "END"\n', "END\n"),
        ("oc apply -f - <<-EOF && echo done\n", "EOF\n"),
        ("cat > secret.yaml <<EOF\n", "EOF\nkubectl apply -f secret.yaml\n"),
    ],
)
@pytest.mark.parametrize("indent", ["", "      ", "\t"])
def test_here_document(before: str, after: str, indent: str) -> None:
    config = MANIFEST.format(name="app").replace("Secret", "ConfigMap").replace("stringData", "data")
    body = f"{MANIFEST.format(name='db')}---\n{config}"
    text = "".join(indent + line for line in ("run: |\n" + before + body + after).splitlines(keepends=True))
    found = commands_in(text)
    value = "=$PASSWORD" if "'" in before or '"' in before else ""
    expected = ["Secret prod/db: user password", f"ConfigMap prod/app: user=me password{value}"]
    assert [said(document) for document in found] == expected
    (provider,) = found[0].providers
    assert text[provider.name.start : provider.name.end] == "db"
    assert [text[key.span.start : key.span.end] for key in provider.keys] == ["user", "password"]
    assert [text[span.start : span.end] for span in found[0].masked] == ["me", "$PASSWORD"]


def test_here_documents_with_variables() -> None:
    def heredoc(name: str, data: str) -> str:
        body = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  namespace: $NS\ndata:\n  {data}\n"
        return f"kubectl apply -f - <<EOF\n{body}EOF\n"

    assert made(heredoc("app", "a: x")) == ["ConfigMap app: a=x"]
    assert made(heredoc("app", "a: $X")) == ["ConfigMap app: a"]
    assert made(heredoc("app", "a: $X").replace("<<EOF", "<<'EOF'")) == ["ConfigMap app: a=$X"]
    assert made(heredoc("${NAME}-config", "a: x")) == ["ConfigMap *-config: a=x"]
    assert made(heredoc("app", "${KEY}: x\n  b: z")) == ["ConfigMap app: b=z ..."]
    assert made("kubectl apply -f - <<EOF\nkind: Pod\nEOF\n") == []
    assert made(heredoc("app", "a: x").replace("EOF\n", "", 1)) == ["ConfigMap app: ..."]


def test_arguments_in_a_list() -> None:
    def job(command: str) -> str:
        return (
            "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n  template:\n    spec:\n      containers:\n"
            f"      - name: c\n        image: bitnami/kubectl:1.30.0\n        {command}\n"
        )

    listed = "args: [-n, prod, create, configmap, app, --from-literal=A=1, '--from-literal=B=2']"
    assert made(job(listed)) == ["ConfigMap prod/app: A=1 B=2"]
    assert made(job("command: [kubectl]\n        " + listed)) == ["ConfigMap prod/app: A=1 B=2"]
    assert made(job('command: [sh, -c, "kubectl create cm app --from-literal=A=1"]')) == ["ConfigMap app: A=1"]
    assert made(job("command:\n        - kubectl\n        - create\n        - cm\n        - app")) == [
        "ConfigMap app: ..."
    ]
    assert made(job("command:\n        - sh\n        - -c\n        - |\n          kubectl create cm app")) == [
        "ConfigMap app: ..."
    ]
    assert made(job("args: [create, deployment, configmap]")) == []
    text = job(listed)
    (document,) = read_text(text).commands
    assert text[document.head.start : document.head.end] == "app"


def test_definitions_of_resources_are_no_place_for_commands() -> None:
    crd = (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\nspec:\n"
        "  description: Create it by `kubectl create secret generic app --from-literal=A=1`.\n"
    )
    secret = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: db}\n"
    assert read_text(crd).commands == read_text(crd + secret).commands == ()
    (document,) = read_text(f"{crd}---\n# kubectl create cm app --from-literal=A=1\nkind: x\n").commands
    assert said(document) == "ConfigMap app: A=1"


def test_nothing_is_kept_of_a_command_inside_a_secret() -> None:
    script = "stringData:\n  run.sh: |\n    kubectl create configmap app --from-literal=TOKEN=hunter2\n"
    secret = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: x}}\n{script}"
    assert read_text(secret).commands == ()
    (document,) = read_text(secret.replace("Secret", "ConfigMap").replace("stringData", "data")).commands
    assert said(document) == "ConfigMap app: TOKEN=hunter2"


# resolution


def pod(reference: str, namespace: str = "") -> str:
    where = f", namespace: {namespace}" if namespace else ""
    return (
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p{where}}}\nspec:\n  containers:\n  - name: c\n"
        f"    image: app:1.0.0\n    env: [{{name: X, valueFrom: {{{reference}}}}}]\n"
    )


READS = pod("configMapKeyRef: {name: app, key: A}")


def resolve(files: dict[str, str]) -> Resolution:
    """What the only reference in the files leads to."""
    read = [(path, read_text(text)) for path, text in files.items() if path.endswith(".yaml")]
    scripts = [
        (path, FileFacts((), commands=commands_in(text))) for path, text in files.items() if path.endswith(".sh")
    ]
    bundle = Bundle(Material(files=read, scripts=scripts))
    ((reference, placed),) = [(r, p) for p in bundle.placed for r in references_of(p)]
    return bundle.resolver.resolve(reference, placed)


def places(resolution: Resolution) -> list[str]:
    return [definition.placed.path for definition in resolution.definitions]


def create(name: str, *keys: str, options: str = "") -> str:
    return f"kubectl create configmap {name} {' '.join(f'--from-literal={key}=x' for key in keys)} {options}\n"


CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {B: x}\n"


def test_a_command_satisfies_a_reference() -> None:
    assert resolve({"a/pod.yaml": READS}).status == "missing"
    resolution = resolve({"a/pod.yaml": READS, "up.sh": create("app", "A")})
    assert (resolution.status, places(resolution), resolution.lacking("A")) == ("found", ["up.sh"], ())
    assert len(resolve({"a/pod.yaml": READS, "up.sh": create("app", "B")}).lacking("A")) == 1
    assert not resolve({"a/pod.yaml": READS, "up.sh": create("app", "B", options="--from-file=c/")}).lacking("A")


def test_commands_that_differ_prove_nothing() -> None:
    files = {"pod.yaml": READS, "dev.sh": create("app", "B"), "prod.sh": create("app", "C")}
    resolution = resolve(files)
    assert (places(resolution), resolution.sure, resolution.lacking("A")) == (["dev.sh", "prod.sh"], False, ())
    assert len(resolve({**files, "prod.sh": create("app", "B")}).lacking("A")) == 2


def test_a_command_for_another_part_of_the_tree_proves_nothing() -> None:
    other = {"b/up.sh": create("app", "B"), "b/config.yaml": CONFIG.replace("app", "other")}
    resolution = resolve({"a/pod.yaml": READS, **other})
    assert (resolution.status, resolution.sure) == ("found", False)
    resolution = resolve({"a/pod.yaml": READS, "scripts/up.sh": create("app", "B")})
    assert (resolution.status, resolution.sure) == ("found", True)


def test_manifests_come_first_unless_a_command_is_nearer() -> None:
    command = {"a/up.sh": create("app", "A")}
    assert places(resolve({"a/pod.yaml": READS, "a/config.yaml": CONFIG, **command})) == ["a/config.yaml"]
    assert places(resolve({"a/pod.yaml": READS, "config.yaml": CONFIG, **command})) == ["config.yaml"]
    assert places(resolve({"a/pod.yaml": READS, "b/config.yaml": CONFIG, **command})) == ["a/up.sh"]
    assert places(resolve({"a/pod.yaml": READS, "b/config.yaml": CONFIG, "up.sh": command["a/up.sh"]})) == [
        "b/config.yaml"
    ]


def test_namespaces_of_commands() -> None:
    reads = pod("configMapKeyRef: {name: app, key: A}", "prod")
    assert resolve({"pod.yaml": reads, "up.sh": create("app", "A", options="-n prod")}).status == "found"
    assert resolve({"pod.yaml": reads, "up.sh": create("app", "A", options="-n $NS")}).status == "found"
    resolution = resolve({"pod.yaml": reads, "up.sh": create("app", "A", options="-n dev")})
    assert (resolution.status, resolution.why) == ("unknown", "a command in up.sh may create it")
    assert resolve({"pod.yaml": reads, "up.sh": create("app", "B", options="-n dev")}).status == "missing"


def test_commands_with_variables_in_the_name() -> None:
    reads = pod("configMapKeyRef: {name: app-config, key: A}")
    resolution = resolve({"pod.yaml": reads, "up.sh": create("$APP-config", "B")})
    assert (resolution.status, resolution.sure, resolution.lacking("A")) == ("found", False, ())
    resolution = resolve({"pod.yaml": reads, "up.sh": create("$NAME", "B")})
    assert (resolution.status, resolution.why) == ("unknown", "a command in up.sh may create it")
    elsewhere = {"b/up.sh": create("$NAME", "B"), "b/config.yaml": CONFIG}
    assert resolve({"a/pod.yaml": reads, **elsewhere}).status == "missing"
    near = {"pod.yaml": reads, "up.sh": create("$APP-config", "A"), "config.yaml": CONFIG.replace("app", "app-confg")}
    assert resolve(near).status == "missing"


def test_a_command_adds_keys_to_an_object_only_if_it_names_a_part_of_it() -> None:
    files = {"pod.yaml": READS, "config.yaml": CONFIG}
    assert resolve({**files, "up.sh": create("app$SUFFIX", "A")}).lacking("A") == ()
    resolution = resolve({**files, "up.sh": create("$NAME", "A")})
    assert [definition.placed.path for definition in resolution.lacking("A")] == ["config.yaml"]


def test_secrets_and_configmaps_are_told_apart() -> None:
    assert (
        resolve({"pod.yaml": READS, "up.sh": "kubectl create secret generic app --from-literal=A=x\n"}).status
        == "missing"
    )
    assert (
        resolve({"pod.yaml": READS, "up.sh": "kubectl create secret generic $NAME --from-literal=A=x\n"}).status
        == "missing"
    )


# files


@pytest.mark.parametrize(
    "name",
    [
        "up.sh",
        "README.md",
        "docs/a.adoc",
        "Makefile",
        "Justfile",
        ".github/workflows/deploy.yml",
        "tool",
        "Jenkinsfile",
    ],
)
def test_texts_that_are_searched(tmp_path: Path, name: str) -> None:
    write(tmp_path, {"pod.yaml": READS})
    assert [line.split(" ")[1] for line in concise(lint(tmp_path))] == ["error[missing-configmap]"]
    write(tmp_path, {name: "#!/bin/sh\n" + create("app", "A")})
    assert concise(lint(tmp_path)) == []


def test_texts_that_are_not_searched(tmp_path: Path) -> None:
    command = create("app", "A")
    texts = {"a.go": command, "tool": command, "ignored.sh": command, "big.sh": command + "x" * 1024 * 1024}
    write(tmp_path, {"pod.yaml": READS, ".gitignore": "ignored.sh\n", ".git/HEAD": "", **texts})
    (tmp_path / "bad.sh").write_bytes(command.encode() + b"\xff")
    (tmp_path / "folder.sh").mkdir()
    (tmp_path / "link.sh").symlink_to(tmp_path / "a.go")
    assert len(concise(lint(tmp_path))) == 1


def test_scripts_count_as_no_files(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": READS, "up.sh": create("app", "A")})
    outcome = lint(tmp_path).outcome
    assert (outcome.files, outcome.documents, outcome.references) == (1, 1, 1)


def test_reports_say_which_line_creates_what(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": READS, "up.sh": "set -e\n" + create("app", "A")})
    result = lint(tmp_path)
    verbose = formatter("text")(result, View(verbose=True))
    assert "\n  pod.yaml:8:57: ConfigMap/app: a command in up.sh creates it (line 2) [command]\n" in verbose
    assert "creates it" not in formatter("text")(result, View())
    (created,) = json.loads(formatter("json")(result, View()))["created"]
    assert (created["name"], created["location"]["path"]) == ("ConfigMap/app", "pod.yaml")
    assert (created["command"]["path"], created["command"]["start"]["line"]) == ("up.sh", 2)


@pytest.mark.parametrize(("manifest", "missing"), [("A: b", False), ("B: b", True), ("", True)])
def test_a_manifest_that_a_build_leaves_out_counts_besides_a_command(
    tmp_path: Path, manifest: str, missing: bool
) -> None:
    reader = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n    - name: c\n"
        "      image: registry.example.com/c:1.2.3\n"
        "      env: [{name: A, valueFrom: {secretKeyRef: {name: web, key: A}}}]\n"
    )
    secret = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: web}}\nstringData: {{{manifest}}}\n"
    write(tmp_path, {"build/kustomization.yaml": "resources: [pod.yaml]\n", "build/pod.yaml": reader})
    write(tmp_path, {"README.md": "```bash\nkubectl create secret generic web --from-literal=C=d\n```\n"})
    write(tmp_path, {"build/secret.yaml": secret} if manifest else {})
    found = "build/pod.yaml:8:66: error[missing-secret-key] the Secret `web` has no key `A`"
    assert concise(lint(tmp_path)) == [found] * missing


@pytest.mark.parametrize(
    ("name", "key", "missing"),
    [
        ("secret.yaml.example", "A", False),
        ("README.md", "A", True),
        ("other.txt", "A", True),
    ],
)
def test_a_copy_of_a_file_may_replace_a_manifest(tmp_path: Path, name: str, key: str, missing: bool) -> None:
    reader = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n    - name: c\n"
        "      image: registry.example.com/c:1.2.3\n"
        "      env: [{name: A, valueFrom: {secretKeyRef: {name: web, key: A}}}]\n"
    )
    secret = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\nstringData:\n  D: e\n\n  # More.\n  {}: change-me\n"
    write(tmp_path, {"pod.yaml": reader, "secret.yaml": secret.format("C"), name: secret.format(key)})
    found = "pod.yaml:8:66: error[missing-secret-key] the Secret `web` has no key `A`"
    assert concise(lint(tmp_path)) == [found] * missing


def test_frames_show_no_secret(tmp_path: Path) -> None:
    reads = pod("secretKeyRef: {name: db, key: user}")
    text = "kubectl create secret generic db --from-literal=password=hunter2 --from-literal token=hunter3\n"
    write(tmp_path, {"pod.yaml": reads, "up.sh": text})
    result = lint(tmp_path)
    assert [finding.rule for finding in result.outcome.findings] == ["missing-secret-key"]
    shown = formatter("text")(result, View())
    assert "kubectl create secret generic db --from-literal=password=" in shown
    assert "hunter" not in shown


# properties

PLAIN = st.text(
    st.characters(codec="ascii", exclude_characters="$`{<>%@\0\1\r", min_codepoint=9), min_size=1, max_size=12
)


@given(st.lists(PLAIN, min_size=1, max_size=5))
def test_words_are_cut_as_a_shell_does(words: list[str]) -> None:
    text = f"kubectl {shlex.join(words)}"
    cutter = PlacedCutter(text, 0, "", lambda _: None)
    found = cutter.cut_with_places()
    assert [word.text for word in found] == ["kubectl", *words]
    assert [len(word.places) for word in found] == [len(word.text) for word in found]
    assert cutter.complete


WORDS = (
    *("kubectl", "create", "configmap", "cm", "secret", "generic", "tls", "app", "--from-literal=A=1", "--from-file="),
    *("-n", "prod", "$X", "${X}", "$(", "(", ")", "`", "'", '"', "\\", "\n", "\r\n", "\t", "#", "|", ";", "<", ">"),
    *("<<EOF", "EOF", "kind:", "ConfigMap", "apiVersion:", "v1", "metadata:", "name:", "{{", "}}", "-", ":", ",", "="),
)
PIECES = st.lists(st.sampled_from(WORDS))


@given(
    st.one_of(
        PIECES.map(" ".join), PIECES.map("".join), PIECES.map(lambda p: "kubectl create configmap app " + " ".join(p))
    )
)
def test_no_text_is_too_strange(text: str) -> None:
    for document in commands_in(text):
        (provider,) = document.providers
        spans = [document.span, document.head, provider.span, provider.name.span, *document.masked]
        for span in [*spans, *(key.span for key in provider.keys)]:
            assert 0 <= span.start < span.end <= len(text)
        for key in provider.keys:
            assert key.name and key.name == key.written
        assert provider.target == "ConfigMap" or not any(key.value for key in provider.keys)


@given(st.text(st.sampled_from("ab'\"`\\$() ")))
def test_quotes_around_a_command(prefix: str) -> None:
    assert Quotes(prefix, 0).around(len(prefix)) in {"", '"', "'", "`"}


KUBECTL = shutil.which("kubectl") or ""
RUN = [
    text
    for text, expected in COMMANDS
    if text.startswith(("kubectl create", "kubectl -n"))
    and not set(text) & set("$`{<|;>\n#^")
    and not any(word in f"{text} {expected}" for word in (" tls ", "docker", "append", "..."))
]


@pytest.mark.skipif(not KUBECTL, reason="kubectl is not installed")
@pytest.mark.parametrize("text", RUN)
def test_kubectl_makes_the_same(text: str, tmp_path: Path) -> None:
    write(
        tmp_path, {"conf/app.properties": "x", "a.txt": "x", "b.txt": "x", "config": "apiVersion: v1\nkind: Config\n"}
    )
    command = [KUBECTL, *shlex.split(text)[1:], "--dry-run=client", "-o", "json"]
    ran = subprocess.run(
        command, cwd=tmp_path, env={"KUBECONFIG": "config"}, capture_output=True, text=True, check=True
    )
    found = json.loads(ran.stdout)
    name = "/".join(filter(None, (found["metadata"].get("namespace"), found["metadata"]["name"])))
    (document,) = commands_in(text)
    assert said(document).split(":")[0] == f"{found['kind']} {name}"
    assert {key.name for key in document.providers[0].keys} == set(found["data"])


# what builds take in

READS_APP = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: 'shop/web:1.0.0'
      env:
        - name: PORT
          valueFrom: {configMapKeyRef: {name: app, key: PORT}}
        - name: HOST
          valueFrom: {configMapKeyRef: {name: app, key: HOST}}
"""
KUSTOMIZED = {
    "base/kustomization.yaml": "resources: [pod.yaml]\n",
    "prod/kustomization.yaml": "namespace: shop\nresources: [../base]\n",
    "base/pod.yaml": READS_APP,
}
CHART = {
    "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
    "chart/values.yaml": "image: shop/web:1.0.0\n",
    "chart/templates/pod.yaml": READS_APP.replace("'shop/web:1.0.0'", "{{ .Values.image | quote }}"),
}
CREATES = "# kubectl create configmap app --from-literal=PORT=8080\n"


@pytest.mark.parametrize(
    ("files", "path", "said"),
    [
        (KUSTOMIZED, "base/pod.yaml", CREATES),
        (KUSTOMIZED, "base/pod.yaml", CREATES.replace(" --from", " -n shop --from")),
        (KUSTOMIZED, "base/pod.yaml", CREATES.replace(" --from", " \\\n#   --from")),
        (KUSTOMIZED, "base/kustomization.yaml", CREATES),
        (KUSTOMIZED, "prod/kustomization.yaml", CREATES),
        (CHART, "chart/templates/pod.yaml", CREATES),
        (CHART, "chart/templates/pod.yaml", f"{{{{- /*\n{CREATES[2:]}*/}}}}\n"),
        (CHART, "chart/values.yaml", CREATES),
    ],
)
def test_a_comment_in_what_a_build_takes_in_creates_an_object(
    tmp_path: Path, files: dict[str, str], path: str, said: str
) -> None:
    pod = next(name for name in files if name.endswith("pod.yaml"))
    write(tmp_path, files)
    before = [line.partition(": ")[2] for line in concise(lint(tmp_path))]
    assert before == ["error[missing-configmap] nothing defines the ConfigMap `app`"]

    write(tmp_path, {path: said + files[path]})
    lines = (tmp_path / pod).read_text().splitlines()
    number = next(number for number, line in enumerate(lines, 1) if "key: HOST" in line)
    result = lint(tmp_path)
    assert [line.partition(": ")[2] for line in concise(result)] == [
        "error[missing-key] the ConfigMap `app` has no key `HOST`"
    ]
    assert concise(result)[0].startswith(f"{pod}:{number}:")
    created = json.loads(formatter("json")(result, View()))["created"]
    assert {each["command"]["path"] for each in created} == {path}


@pytest.mark.parametrize("files", [KUSTOMIZED, CHART])
@pytest.mark.parametrize(
    "said",
    [
        CREATES.replace(" app ", " other "),
        CREATES.replace(" --from-literal=PORT", " -n till --from-literal=NAME"),
        CREATES.replace("configmap", "secret generic"),
    ],
)
def test_a_comment_about_another_object_excuses_nothing(tmp_path: Path, files: dict[str, str], said: str) -> None:
    pod = next(name for name in files if name.endswith("pod.yaml"))
    named = {name: text.replace("{name: web}", "{name: web, namespace: shop}") for name, text in files.items()}
    write(tmp_path, {**named, pod: said + named[pod]})
    assert {line.partition("[")[2].partition("]")[0] for line in concise(lint(tmp_path))} == {"missing-configmap"}


@pytest.mark.parametrize(
    ("text", "made"),
    [
        (f"kind: Secret\nstringData:\n  run: |\n    {CREATES}", []),
        (f"{CREATES}kind: Secret\nstringData: {{a: b}}\n", ["ConfigMap app: PORT=8080"]),
        (f"secretGenerator:\n- name: a\n  literals:\n  - |\n    {CREATES}", []),
        (f"kind: ConfigMap\ndata:\n  run: |\n    {CREATES[2:]}", []),
        (f"kind: Pod\nspec:\n  {CREATES}  containers: []\n", ["ConfigMap app: PORT=8080"]),
        (f"kind: Pod\n---\n{CREATES}kind: Pod\n", ["ConfigMap app: PORT=8080"]),
        (f"\ufeff{CREATES}kind: Pod\n", ["ConfigMap app: PORT=8080"]),
    ],
)
def test_only_comments_count_that_are_surely_no_value_of_a_secret(text: str, made: list[str]) -> None:
    found = read_input(text).commands
    assert [said(each) for each in found] == made
    assert [text[each.head.start : each.head.end] for each in found] == ["app"] * len(made)


FUNCTION = """\
make_config() {
  local name=$1 ns="${2}"
  shift 2
  kubectl create configmap "$name" -n "$ns" "$@"
}
"""


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ("make_config app shop --from-literal=A=1\n", ["ConfigMap shop/app: ..."]),
        ('if true; then\n  make_config "app" $NS\nfi\n', ["ConfigMap app: ..."]),
        ("make_config app a\nmake_config app b\n", ["ConfigMap a/app: ...", "ConfigMap b/app: ..."]),
        ('make_config "$APP" shop\n', ["ConfigMap shop/*: ..."]),
        ("# make_config app shop\necho make_config app\nmake_config_of app shop\nmake_config() app\n", []),
    ],
)
def test_functions_create_what_they_are_called_with(calls: str, expected: list[str]) -> None:
    assert made(FUNCTION + calls) == ["ConfigMap *: ...", *expected]


def test_arguments_are_known_in_their_function_only() -> None:
    anything = "Secret *: token ..."
    create = "kubectl create secret generic $1 --from-literal=token=$2\n"
    assert made(f"a() {{\n  {create}}}\na app x\n") == [anything, "Secret app: token"]
    assert made(f"function a()\n{{\n  {create}}}\na app x\n") == [anything, "Secret app: token"]
    assert made(f"a() {{\n  shift\n  {create}}}\na app x\n") == [anything, anything]
    assert made(f"a() {{\n  true\n}}\n{create}a app x\n") == [anything]
    assert made(f"a() {{\n  true\n}}\nb() {{\n  {create}}}\na app x\n") == [anything]


def test_a_call_of_a_function_makes_its_object_only() -> None:
    reads = pod("configMapKeyRef: {name: app, key: A}", "shop")
    resolution = resolve({"pod.yaml": reads, "up.sh": f"{FUNCTION}make_config app shop\n"})
    assert (resolution.status, resolution.why) == ("found", "a command in up.sh creates it")
    resolution = resolve({"pod.yaml": reads, "up.sh": f"{FUNCTION}make_config other shop\n"})
    assert (resolution.status, resolution.why) == ("unknown", "a command in up.sh may create it")


def test_many_functions_and_calls_are_read_in_a_moment() -> None:
    create = '  kubectl create configmap "$1" --from-literal=A=1\n'
    many = "".join(f"f{number}() {{\n{create}}}\nf{number} app{number}\n" for number in range(1000))
    assert made(many).count("ConfigMap app99: A=1") == 1
    assert len(made(many)) == 1100
