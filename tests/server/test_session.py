"""A session over standard input: what is pushed when, addresses, folders, settings, and how it ends."""

from __future__ import annotations

import queue
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from cmlint.cli.server import setup_of
from cmlint.server.project import Project
from cmlint.server.session import Change, Published, Session
from cmlint.server.workspace import Workspace
from tests.support.client import CAPABILITIES, COMMAND, PATIENCE, Client
from tests.support.command import cmlint
from tests.support.desk import CONFIG, POD, SHOP
from tests.support.run import inside, write

WITHOUT = CONFIG.replace("  SPECIAL_LEVEL: very\n", "")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder with the shop."""
    write(tmp_path, SHOP)
    return tmp_path


def settled(client: Client, name: str) -> None:
    """Waits until all that is open is judged."""
    client.open(name)
    client.change(name, (client.folder / name).read_bytes().decode())
    client.settled(name)


def test_what_the_server_offers(shop: Path) -> None:
    with Client(shop) as client:
        offered = client.capable
        assert client.end() == 0
    assert offered["positionEncoding"] == "utf-16"
    assert offered["textDocumentSync"]["change"] == 1
    assert offered["completionProvider"]["triggerCharacters"] == [" ", ":", "(", "[", "."]
    assert offered["renameProvider"] == {"prepareProvider": True}
    assert offered["codeLensProvider"] == {"resolveProvider": True}
    assert offered["codeActionProvider"] == {
        "codeActionKinds": ["quickfix", "source.fixAll.cmlint"],
        "resolveProvider": True,
    }
    assert offered["executeCommandProvider"] == {"commands": ["cmlint.open"]}
    assert offered["workspace"]["workspaceFolders"] == {"supported": True, "changeNotifications": True}
    plain = ("hover", "definition", "references", "documentHighlight", "inlayHint", "workspaceSymbol")
    assert [name for name in plain if not offered[f"{name}Provider"]] == []
    absent = {"diagnosticProvider", "documentSymbolProvider", "documentFormattingProvider", "foldingRangeProvider"}
    assert absent.isdisjoint(offered) and "semanticTokensProvider" not in offered


def test_a_deleted_key_shows_within_a_second_in_a_file_that_is_not_open(shop: Path) -> None:
    with Client(shop) as client:
        settled(client, "config.yaml")
        for text, expected in ((WITHOUT, ["missing-key"]), (CONFIG, [])):
            started = time.monotonic()
            client.change("config.yaml", text)
            assert client.wait(lambda expected=expected: client.rules("pod.yaml") == expected, 5)  # type: ignore[misc]
            assert time.monotonic() - started < 1 + PATIENT


def test_what_is_shown_is_of_the_version_that_it_names(shop: Path) -> None:
    with Client(shop) as client:
        settled(client, "pod.yaml")
        texts = {}
        for number in range(30):
            texts[client.version + 1] = POD.replace("SPECIAL_LEVEL", "NONE" if number % 2 else "SPECIAL_LEVEL")
            client.change("pod.yaml", texts[client.version + 1])
            time.sleep(0.02 * (number % 7))
        client.settled("pod.yaml")
    uri = client.uri("pod.yaml")
    shown = [each["params"] for each in client.messages if each.get("method") == "textDocument/publishDiagnostics"]
    for each in (each for each in shown if each["uri"] == uri and each["version"] in texts):
        assert bool(each["diagnostics"]) is ("NONE" in texts[each["version"]])
    assert len(shown) < 30


def test_a_build_sees_what_is_not_saved(shop: Path) -> None:
    generator = "configMapGenerator:\n  - name: special-config\n    literals: [SPECIAL_LEVEL=1]\n"
    kustomization = f"resources: [pod.yaml]\n{generator}"
    write(shop, {"kustomization.yaml": kustomization})
    (shop / "config.yaml").unlink()
    with Client(shop, {"diagnostics": "workspace"}) as client:
        settled(client, "kustomization.yaml")
        assert client.rules("pod.yaml") == []
        client.change("kustomization.yaml", kustomization.replace("SPECIAL_LEVEL", "OTHER_LEVEL"))
        client.tell("textDocument/didSave", {"textDocument": {"uri": client.uri("kustomization.yaml")}})
        assert client.wait(lambda: client.rules("pod.yaml") == ["missing-key"])
        assert (shop / "kustomization.yaml").read_text() == kustomization


@pytest.mark.parametrize(("quick", "expected"), [(1000.0, ["missing-key"]), (0.0, [])], ids=["quick", "slow"])
def test_only_a_quick_build_is_made_again_while_one_types(
    shop: Path, monkeypatch: pytest.MonkeyPatch, quick: float, expected: list[str]
) -> None:
    monkeypatch.setattr("cmlint.server.project.QUICK", quick)
    generator = "configMapGenerator:\n  - name: special-config\n    literals: [SPECIAL_LEVEL=1]\n"
    kustomization = f"resources: [pod.yaml]\n{generator}"
    write(shop, {"kustomization.yaml": kustomization})
    (shop / "config.yaml").unlink()
    jobs: queue.Queue[Callable[[], None]] = queue.Queue()
    shown: dict[str, list[str]] = {}

    def show(what: Published) -> None:
        shown[what.uri] = [each.rule for each in what.diagnostics]

    session = Session(setup_of, show, pytest.fail, jobs.put)
    uri = (shop / "kustomization.yaml").as_uri()
    session.enter([shop.as_uri()])
    session.configure({"diagnostics": "workspace"})
    session.start()
    session.open_file(uri, kustomization, 1)
    while not session.is_current(uri):
        jobs.get(timeout=PATIENCE)()
    with suppress(queue.Empty):
        while True:  # what was read in between is shown as well
            jobs.get(timeout=1)()
    session.change(uri, [Change(kustomization.replace("SPECIAL_LEVEL", "OTHER_LEVEL"))], 2)
    with suppress(queue.Empty):
        while not shown.get((shop / "pod.yaml").as_uri()):
            jobs.get(timeout=PATIENCE if expected else 3)()
    session.end()
    session.worker.thread.join()
    assert shown.get((shop / "pod.yaml").as_uri(), []) == expected


def test_a_diagnostic_as_it_is_sent(shop: Path) -> None:
    text = POD.replace("SPECIAL_LEVEL", "NONE")
    with Client(shop) as client:
        client.open("pod.yaml", text)
        client.change("pod.yaml", text)
        [found] = client.settled("pod.yaml")
        print_of = found.pop("data")
        assert found == {
            "range": {"start": {"line": 13, "character": 19}, "end": {"line": 13, "character": 23}},
            "severity": 1,
            "code": "missing-key",
            "codeDescription": {"href": found["codeDescription"]["href"]},
            "source": "cmlint",
            "message": "the ConfigMap `special-config` has no key `NONE`\naccepted, but the pod does not start\n"
            "it has the keys `SPECIAL_LEVEL`, `LOG_LEVEL`",
            "relatedInformation": [
                {
                    "location": {
                        "uri": client.uri("config.yaml"),
                        "range": {"start": {"line": 3, "character": 8}, "end": {"line": 3, "character": 22}},
                    },
                    "message": "defined here, without it",
                }
            ],
        }
        assert found["codeDescription"]["href"].endswith("/missing-key") and len(print_of) == 32
        hover = client.at("hover", "pod.yaml", text, "nginx", 1)
        assert hover["range"] == {"start": {"line": 7, "character": 13}, "end": {"line": 7, "character": 25}}


PATIENT = 1.0
"""How many seconds longer than promised a test waits, for a machine that does other things as well."""


def test_faults_show_before_anything_else_is_read(shop: Path) -> None:
    with Client(shop) as client:
        client.open("pod.yaml", POD.replace("containers:", "\tcontainers:"))
        assert client.wait(lambda: client.rules("pod.yaml") == ["yaml-syntax"])


def test_a_closed_file_shows_nothing_and_what_was_not_saved_is_forgotten(shop: Path) -> None:
    with Client(shop) as client:
        settled(client, "config.yaml")
        client.change("config.yaml", WITHOUT)
        assert client.wait(lambda: client.rules("pod.yaml"))
        client.tell("textDocument/didClose", {"textDocument": {"uri": client.uri("config.yaml")}})
        assert client.wait(lambda: not client.rules("pod.yaml"))
        assert client.diagnostics[client.uri("config.yaml")] == []


def test_a_file_that_changes_on_the_disk(shop: Path) -> None:
    capabilities = {**CAPABILITIES, "workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}}
    with Client(shop, capabilities=capabilities) as client:
        settled(client, "pod.yaml")
        assert any(each.get("method") == "client/registerCapability" for each in client.messages)
        (shop / "config.yaml").write_text(WITHOUT)
        event = {"uri": client.uri("config.yaml"), "type": 2}
        client.tell("workspace/didChangeWatchedFiles", {"changes": [event]})
        assert client.wait(lambda: client.rules("pod.yaml") == ["missing-key"])
        (shop / "config.yaml").unlink()
        client.tell("workspace/didChangeWatchedFiles", {"changes": [event]})
        assert client.wait(lambda: client.rules("pod.yaml") == ["missing-configmap"])


@pytest.mark.parametrize("root", ["rootUri", "rootPath", "none"])
def test_without_folders(shop: Path, root: str) -> None:
    given: dict[str, dict[str, Any]] = {
        "rootUri": {"rootUri": shop.as_uri()},
        "rootPath": {"rootUri": None, "rootPath": str(shop)},
        "none": {"rootUri": None},
    }
    with Client(shop, root=given[root]) as client:
        client.open("pod.yaml", POD.replace("SPECIAL_LEVEL", "NONE"))
        expected = ["missing-configmap" if root == "none" else "missing-key"]
        client.change("pod.yaml", POD.replace("SPECIAL_LEVEL", "NONE"))
        client.settled("pod.yaml")
        assert client.rules("pod.yaml") == expected


def test_folders_come_and_go(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    write(other, {"config.yaml": WITHOUT, "pod.yaml": POD})
    with Client(shop, {"diagnostics": "workspace"}) as client:
        settled(client, "config.yaml")
        folder = {"uri": other.as_uri(), "name": "other"}
        client.tell("workspace/didChangeWorkspaceFolders", {"event": {"added": [folder], "removed": []}})
        uri = (other / "pod.yaml").as_uri()
        assert client.wait(lambda: client.diagnostics.get(uri))
        client.tell("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": [folder]}})
        assert client.wait(lambda: not client.diagnostics[uri])


def folders_of(*paths: Path) -> dict[str, Any]:
    """What a client says that has opened several folders."""
    folders = [{"uri": path.as_uri(), "name": path.name} for path in paths]
    return {"rootUri": folders[0]["uri"], "workspaceFolders": folders}


@pytest.mark.parametrize("place", ["deleted", "empty"])
def test_nothing_of_a_project_is_looked_for_in_the_working_directory(tmp_path: Path, place: str) -> None:
    """Relative paths start in the folder of the project, of which there may be several at a time."""
    here = tmp_path / place
    settings = {
        ".cmlint.yaml": "severity: {missing-key: warning}\nexclude: [left-out.yaml]\n",
        ".gitignore": "unused/\n",
    }
    kustomization = "resources: [pod.yaml, ../base]\nconfigMapGenerator:\n  - name: made\n    files: [config.ini]\n"
    overlay = {"kustomization.yaml": kustomization, "pod.yaml": POD.replace("SPECIAL_LEVEL", "NONE"), "config.ini": ""}
    base = {"kustomization.yaml": "resources: [config.yaml]\n", "config.yaml": CONFIG}
    left_out = {name: POD.replace("special-config", "absent") for name in ("left-out.yaml", "unused/pod.yaml")}
    expected = {"apps/pod.yaml": [("missing-key", "warning")]}
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        files = {f"apps/{name}": text for name, text in overlay.items()}
        write(folder, files | {f"base/{name}": text for name, text in base.items()} | settings | left_out)
    here.mkdir()
    with inside(here):
        if place == "deleted":
            here.rmdir()
        workspace = Workspace(setup_of)
        for folder in folders:
            workspace.add_folder(folder.as_uri())
        for project in workspace.everything():
            found = {finding.location.path: (finding.rule, finding.severity) for finding in project.read({}).findings}
            assert {path: [each] for path, each in found.items()} == expected
            texts = {f"{project.folder}/apps/pod.yaml": POD.replace("NONE", "SPECIAL_LEVEL")}
            assert project.read(texts).findings == []


def test_a_folder_inside_of_another_one_speaks_for_its_files(tmp_path: Path) -> None:
    write(tmp_path, {**SHOP, "inner/pod.yaml": POD.replace("SPECIAL_LEVEL", "NONE")})
    inner = tmp_path / "inner"
    with Client(tmp_path, {"diagnostics": "workspace"}, root=folders_of(tmp_path, inner)) as client:
        for name in ("pod.yaml", "inner/pod.yaml", "pod.yaml"):
            text = POD.replace("SPECIAL_LEVEL", "NONE")
            client.open(name, text)
            client.change(name, f"# longer\n{text}")
            expected = "missing-key" if name == "pod.yaml" else "missing-configmap"
            assert [each["code"] for each in client.settled(name)] == [expected]
            assert client.wait(lambda: client.rules("inner/pod.yaml") == ["missing-configmap"])
        removed = {"uri": inner.as_uri(), "name": "inner"}
        client.tell("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": [removed]}})
        assert client.wait(lambda: client.rules("inner/pod.yaml") == ["missing-key"])
        client.tell("workspace/didChangeWorkspaceFolders", {"event": {"added": [removed], "removed": []}})
        assert client.wait(lambda: client.rules("inner/pod.yaml") == ["missing-configmap"])
        said = [each["params"] for each in client.messages if each.get("method") == "textDocument/publishDiagnostics"]
        told = [each["diagnostics"][0]["code"] for each in said if "/inner/" in each["uri"] and each["diagnostics"]]
        assert [code for number, code in enumerate(told) if told[number - 1 : number] != [code]] == [
            "missing-configmap",
            "missing-key",
            "missing-configmap",
        ]


def test_a_file_of_an_inner_folder_that_changes_on_the_disk_counts_in_the_outer_one(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": POD, "inner/pod.yaml": POD, "inner/config.yaml": WITHOUT})
    with Client(tmp_path, {"diagnostics": "workspace"}, root=folders_of(tmp_path, tmp_path / "inner")) as client:
        assert client.wait(lambda: client.rules("pod.yaml") == client.rules("inner/pod.yaml") == ["missing-key"])
        write(tmp_path, {"inner/config.yaml": CONFIG})
        event = {"uri": client.uri("inner/config.yaml"), "type": 2}
        client.tell("workspace/didChangeWatchedFiles", {"changes": [event]})
        assert client.wait(lambda: client.rules("pod.yaml") == client.rules("inner/pod.yaml") == [], 10)


def test_what_two_folders_say_of_one_file_is_shown_together(tmp_path: Path) -> None:
    generator = "configMapGenerator:\n  - name: special-config\n    literals: [OTHER=1]\n"
    base = {"kustomization.yaml": "resources: [pod.yaml]\n", "pod.yaml": POD.replace("nginx:1.25.3", "Nginx:1.25.3")}
    write(tmp_path / "base", base)
    write(tmp_path / "live", {"kustomization.yaml": f"resources: [../base]\n{generator}"})
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    both = ["invalid-image", "missing-configmap", "missing-key"]
    with Client(
        tmp_path, {"diagnostics": "workspace"}, root=folders_of(tmp_path / "base", tmp_path / "live")
    ) as client:
        client.open("base/pod.yaml")
        assert client.wait(lambda: sorted(client.rules("base/pod.yaml")) == both, 20)
        for _ in range(2):
            client.tell("textDocument/didSave", {"textDocument": {"uri": client.uri("base/pod.yaml")}})
            client.wait(lambda: False, 1)
            assert sorted(client.rules("base/pod.yaml")) == both


def test_a_folder_that_is_deleted_and_made_again(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    write(other, {"pod.yaml": POD})
    uri = (other / "pod.yaml").as_uri()
    place = {"textDocument": {"uri": uri}, "position": {"line": 3, "character": 4}}
    folder = {"uri": other.as_uri(), "name": "other"}
    with Client(shop, {"diagnostics": "workspace"}) as client:
        client.tell("workspace/didChangeWorkspaceFolders", {"event": {"added": [folder], "removed": []}})
        opened = {"uri": uri, "languageId": "yaml", "version": 1, "text": POD}
        client.tell("textDocument/didOpen", {"textDocument": opened})
        assert client.wait(lambda: client.diagnostics.get(uri))
        shutil.rmtree(other)
        assert client.ask("textDocument/hover", place) is None
        client.tell("workspace/didChangeWatchedFiles", {"changes": [{"uri": uri, "type": 3}]})
        assert client.wait(lambda: not client.diagnostics[uri])
        client.ask("workspace/symbol", {"query": "special"})
        write(other, {"pod.yaml": POD})
        client.tell("workspace/didChangeWatchedFiles", {"changes": [{"uri": uri, "type": 1}]})
        assert client.wait(lambda: client.diagnostics[uri])
        assert client.end() == 0
    said = [each["params"]["message"] for each in client.messages if each.get("method") == "window/showMessage"]
    assert said == [f"{other}: no such folder"] and "Traceback" not in client.log


@pytest.mark.parametrize(
    ("goes", "said"), [(True, "FOLDER: no such folder"), (False, "cmlint cannot read the folder; its log says why")]
)
def test_a_folder_that_goes_while_it_is_read_is_no_mistake(
    shop: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, goes: bool, said: str
) -> None:
    def read(project: Project, _: object) -> None:
        if goes:
            shutil.rmtree(project.folder)
        raise OSError("gone")

    monkeypatch.setattr(Project, "read", read)
    jobs: queue.Queue[Callable[[], None]] = queue.Queue()
    told: list[str] = []
    session = Session(setup_of, lambda _: None, told.append, jobs.put)
    session.enter([shop.as_uri()])
    session.work(session.workspace.project_of(str(shop)), "read")
    jobs.get_nowait()()
    assert told == [said.replace("FOLDER", str(shop))]
    assert bool(caplog.records) != goes


def test_a_link_and_a_quoted_address_are_answered_as_they_are_asked(tmp_path: Path) -> None:
    write(tmp_path / "the shop", SHOP)
    (tmp_path / "link").symlink_to(tmp_path / "the shop")
    folder = tmp_path / "link"
    with Client(folder, {"diagnostics": "workspace"}) as client:
        settled(client, "config.yaml")
        client.change("config.yaml", WITHOUT)
        assert client.wait(lambda: client.diagnostics.get((folder / "pod.yaml").as_uri()))
        client.change("config.yaml", CONFIG)
        client.settled("config.yaml")
        found = client.at(
            "references", "config.yaml", CONFIG, "SPECIAL_LEVEL", 1, context={"includeDeclaration": False}
        )
    assert [each["uri"] for each in found] == [(folder / "pod.yaml").as_uri()]


def test_untitled(shop: Path) -> None:
    uri = "untitled:Untitled-1"
    with Client(shop) as client:
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": POD.replace("value", "valu")}
        client.tell("textDocument/didOpen", {"textDocument": document})
        assert client.wait(lambda: client.diagnostics.get(uri))
        assert [each["code"] for each in client.diagnostics[uri]] == ["malformed-reference"]


def test_unknown_settings_are_told_once(shop: Path) -> None:
    capabilities = {**CAPABILITIES, "workspace": {"configuration": True}}
    with Client(shop, {"diagnostcs": "open"}, capabilities) as client:
        settled(client, "pod.yaml")
        client.tell("workspace/didChangeConfiguration", {"settings": None})
        settled(client, "config.yaml")
    assert client.told == ["`cmlint.diagnostcs` is not a setting; did you mean `cmlint.diagnostics`?"]


def test_a_client_that_answers_null_to_everything(shop: Path) -> None:
    capabilities = {**CAPABILITIES, "workspace": {"configuration": True}}
    with Client(shop, capabilities=capabilities) as client:
        client.reply = lambda _: None
        settled(client, "config.yaml")
        client.change("config.yaml", WITHOUT)
        assert client.wait(lambda: client.rules("pod.yaml") == ["missing-key"])


def test_a_wrong_configuration_is_told_and_the_server_goes_on(shop: Path) -> None:
    (shop / ".cmlint.yaml").write_text("selct: [all]\n")
    with Client(shop) as client:
        client.open("pod.yaml")
        assert client.wait(lambda: client.told)
        assert "selct" in client.told[0]
        assert client.ask("workspace/symbol", {"query": ""}) == []


def test_a_baseline_and_suppressions_count(shop: Path) -> None:
    broken = POD.replace("SPECIAL_LEVEL", "NONE")
    write(shop, {"pod.yaml": broken, ".cmlint.yaml": "baseline: known.json\n"})
    assert cmlint(shop, "check", "--write-baseline", "known.json").returncode == 0
    with Client(shop, {"diagnostics": "workspace"}) as client:
        settled(client, "pod.yaml")
        assert client.rules("pod.yaml") == []
        client.change("pod.yaml", broken.replace("NONE", "NOTHING  # cmlint: ignore[missing-key] later"))
        assert client.settled("pod.yaml") == []


def test_a_large_file_is_left_alone_and_told(shop: Path) -> None:
    with Client(shop) as client:
        client.open("large.yaml", "a: 1\n" * 1_100_000)
        assert client.wait(lambda: client.told)
        assert client.told == ["large.yaml is larger than 5 MB: cmlint does not look at it"]


def test_related_places_are_in_words_where_the_client_shows_none(shop: Path) -> None:
    with Client(shop, capabilities={}) as client:
        settled(client, "config.yaml")
        client.change("config.yaml", WITHOUT)
        assert client.wait(lambda: client.rules("pod.yaml"))
        [found] = client.diagnostics[client.uri("pod.yaml")]
    assert found["message"].splitlines()[-1] == "config.yaml:4: defined here, without it"
    assert "relatedInformation" not in found


def test_the_end_without_shutdown_is_an_error(shop: Path) -> None:
    with Client(shop) as client:
        client.tell("exit", None)
        assert client.process.wait(20) == 1


def test_the_server_ends_with_its_client(shop: Path) -> None:
    with Client(shop) as client:
        settled(client, "pod.yaml")
        assert client.process.stdin
        client.process.stdin.close()
        assert client.process.wait(20) == 1


def test_what_is_asked_at_once_is_answered_from_what_is_typed(shop: Path) -> None:
    with Client(shop) as client:
        client.open("pod.yaml")
        settled(client, "config.yaml")
        client.change("config.yaml", CONFIG.replace("very", "much"))
        text = client.open("pod.yaml")
        told = client.at("hover", "pod.yaml", text, "key: SPECIAL_LEVEL", 6)
        assert "value: `much`" in told["contents"]["value"]


def test_code_actions_keep_their_diagnostics_and_kinds(shop: Path) -> None:
    text = POD[: POD.index("          valueFrom")] + "          value: 8080\n"
    with Client(shop) as client:
        client.open("pod.yaml", text)
        client.change("pod.yaml", text)
        [shown] = client.settled("pod.yaml")
        about = {"textDocument": {"uri": client.uri("pod.yaml")}, "range": shown["range"]}
        context = {"diagnostics": [shown]}
        found = client.ask("textDocument/codeAction", {**about, "context": context})
        assert [(each["kind"], each.get("isPreferred", False)) for each in found] == [
            ("quickfix", True),
            ("quickfix", False),
            ("quickfix", False),
            ("source.fixAll.cmlint", False),
        ]
        assert all(each["diagnostics"] == [shown] for each in found)
        only = {**context, "only": ["source.fixAll"]}
        [together] = client.ask("textDocument/codeAction", {**about, "context": only})
        [changed] = together["edit"]["documentChanges"]
        assert changed["textDocument"] == {"uri": client.uri("pod.yaml"), "version": 2}


@pytest.mark.parametrize(
    ("support", "makes"),
    [
        ({"resourceOperations": ["create"]}, True),
        ({"documentChanges": True, "resourceOperations": ["create"]}, True),
        ({"documentChanges": True, "resourceOperations": ["rename"]}, False),
        ({}, False),
    ],
)
def test_an_action_that_makes_a_file_is_offered_where_the_client_makes_files(
    shop: Path, support: dict[str, Any], *, makes: bool
) -> None:
    text = POD.replace("name: special-config", "name: elsewhere")
    with Client(shop, capabilities={"workspace": {"workspaceEdit": support}}) as client:
        client.open("pod.yaml", text)
        client.change("pod.yaml", text)
        [shown] = client.settled("pod.yaml")
        about = {"textDocument": {"uri": client.uri("pod.yaml")}, "range": shown["range"]}
        found = client.ask("textDocument/codeAction", {**about, "context": {"diagnostics": [shown]}})
        assert [each["title"] for each in found if "ignore" in each["title"]] == [
            "ignore `missing-configmap` here",
            "ignore `missing-configmap` in this object",
        ]
        external = [each for each in found if each["title"].startswith("`external`")]
        assert len(external) == makes
        for each in external:
            made, written = each["edit"]["documentChanges"]
            assert (made["kind"], made["uri"]) == ("create", client.uri(".cmlint.yaml"))
            assert written["textDocument"] == {"uri": made["uri"], "version": None}


RESOLVING = {"codeAction": {"dataSupport": True, "resolveSupport": {"properties": ["edit"]}}}


def test_the_changes_of_an_action_are_those_of_the_text_when_it_is_chosen(shop: Path) -> None:
    text = POD[: POD.index("          valueFrom")] + "          value: 8080\n"
    capabilities = {**CAPABILITIES, "textDocument": {**CAPABILITIES["textDocument"], **RESOLVING}}
    with Client(shop, capabilities=capabilities) as client:
        client.open("pod.yaml", text)
        client.change("pod.yaml", text)
        [shown] = client.settled("pod.yaml")
        about = {"textDocument": {"uri": client.uri("pod.yaml")}, "range": shown["range"]}
        found = client.ask("textDocument/codeAction", {**about, "context": {"diagnostics": [shown]}})
        assert [each["kind"] for each in found] == ["quickfix"] * 3 + ["source.fixAll.cmlint"]
        assert not any("edit" in each for each in found)
        client.change("pod.yaml", f"# longer\n{text}")
        client.settled("pod.yaml")
        for action in (found[0], found[-1]):
            resolved = client.ask("codeAction/resolve", action)
            [changed] = resolved["edit"]["documentChanges"]
            assert changed["textDocument"]["version"] == 3
            line = shown["range"]["start"]["line"] + 1
            assert [(each["newText"], each["range"]["start"]["line"]) for each in changed["edits"]] == [('"', line)] * 2
            assert {**resolved, "edit": None} == {**action, "edit": None}
        client.change("pod.yaml", POD)
        client.settled("pod.yaml")
        for action in found:
            assert client.ask("codeAction/resolve", action)["message"] == "the text has changed since"


def test_a_rename_names_versions_and_asks_for_confirmation(shop: Path) -> None:
    reader = POD.replace("name: web\nspec", "name: all\nspec")[: POD.index("      env:")]
    reader += "      envFrom:\n        - configMapRef:\n            name: special-config\n"
    write(shop, {"all.yaml": reader})
    confirming = {"documentChanges": True, "changeAnnotationSupport": {"groupsOnLabel": False}}
    for support, confirms in (({"documentChanges": True}, False), (confirming, True)):
        with Client(shop, capabilities={**CAPABILITIES, "workspace": {"workspaceEdit": support}}) as client:
            settled(client, "config.yaml")
            renamed = client.at("rename", "config.yaml", CONFIG, "LOG_LEVEL", 1, newName="LEVEL")
            why = "`LOG_LEVEL` is also the name of a variable in Pod `all`"
            if not confirms:
                assert renamed["message"] == why
                continue
            assert renamed["changeAnnotations"] == {"confirm": {"label": why, "needsConfirmation": True}}
            [changed] = renamed["documentChanges"]
            assert changed["textDocument"] == {"uri": client.uri("config.yaml"), "version": 2}
            assert [each["annotationId"] for each in changed["edits"]] == ["confirm"]


def test_a_lens_opens_what_it_counts(shop: Path) -> None:
    with Client(shop) as client:
        settled(client, "config.yaml")
        [found] = client.ask("textDocument/codeLens", {"textDocument": {"uri": client.uri("config.yaml")}})
        assert "command" not in found
        command = client.ask("codeLens/resolve", found)["command"]
        assert (command["title"], command["command"]) == ("1 reader, 1 needs a restart", "cmlint.open")
        client.ask("workspace/executeCommand", {"command": command["command"], "arguments": command["arguments"]})
        [shown] = [each["params"] for each in client.messages if each.get("method") == "window/showDocument"]
        assert shown["uri"] == client.uri("pod.yaml")


def test_versions(shop: Path) -> None:
    done = cmlint(shop, "server", "--check")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["cmlint", "python", "pygls", "kustomize", "helm"]


def test_a_log(shop: Path) -> None:
    log = shop / "server.log"
    with Client(shop, command=(*COMMAND, "--log", str(log), "--verbose")) as client:
        settled(client, "pod.yaml")
        assert client.end() == 0
    assert "textDocument/didOpen" in log.read_text() and client.log == ""


def test_without_pygls_it_says_how_to_install_it(shop: Path) -> None:
    done = cmlint(shop, "server", before="import sys; sys.modules['pygls'] = None")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "cmlint: error: the editor server needs pygls, which is not installed",
        "help: install it with `pip install 'cmlint[server]'`",
    ]


@pytest.mark.parametrize("settings", [{"live": True}, {"against": ["none.snapshot"]}], ids=["cluster", "snapshot"])
def test_a_cluster_that_cannot_be_asked_is_told_once(shop: Path, settings: dict[str, Any]) -> None:
    with Client(shop, settings, env={"KUBECONFIG": str(shop / "none")}) as client:
        settled(client, "config.yaml")
        assert client.wait(lambda: client.told)
        client.change("config.yaml", WITHOUT)
        assert client.wait(lambda: client.rules("pod.yaml") == ["missing-key"])
        client.tell("textDocument/didSave", {"textDocument": {"uri": client.uri("config.yaml")}})
        client.change("config.yaml", CONFIG)
        assert client.wait(lambda: client.rules("pod.yaml") == [])
    [told] = client.told
    assert ("KUBECONFIG" if "live" in settings else "none.snapshot") in told
