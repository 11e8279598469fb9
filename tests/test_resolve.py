"""From references to providers: nearest first, namespaces, evidence, and what stays open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import Definition, Frame, Placed, references_of
from cmlint.bundle.evidence.question import LookupOptions
from cmlint.bundle.material import Material, Neighbours
from cmlint.bundle.nearest import Meeting, Spaces, meets, nearest_definitions
from cmlint.bundle.resolve import Resolution
from cmlint.kube.near import FEW, Nearby, is_slip, nearest
from cmlint.manifest.documents import read_kustomization, read_text
from cmlint.model.facts import Document, FileFacts, Packed, Provider, Scalar, Span


def config(name: str, namespace: str | None = None, data: str = "{a: x}") -> str:
    where = f", namespace: '{namespace}'" if namespace else ""
    return f"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}{where}}}\ndata: {data}\n"


def pod(name: str, namespace: str | None = None) -> str:
    where = f", namespace: '{namespace}'" if namespace else ""
    return (
        f"---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p{where}}}\nspec:\n  containers:\n  - name: c\n"
        f"    image: app:1.0.0\n    envFrom: [{{configMapRef: {{name: {name}}}}}]\n"
    )


def resolve(
    files: dict[str, str], *, external: tuple[str, ...] = (), strict: bool = False, loose: tuple[str, ...] = ()
) -> Resolution:
    """What the first reference in the files leads to."""
    facts = [
        (path, read_kustomization(text) if path.endswith("kustomization.yaml") else read_text(text))
        for path, text in files.items()
    ]
    neighbours = Neighbours(ways=lambda _: LookupOptions(external, strict))
    bundle = Bundle(Material(files=facts, loose_files=loose), neighbours)
    (reference, placed), *_ = [(r, p) for p in bundle.placed for r in references_of(p) if p.document.kind == "Pod"]
    return bundle.resolver.resolve(reference, placed)


def places(resolution: Resolution) -> list[str]:
    return [definition.placed.path for definition in resolution.definitions]


def test_the_nearest_definition_counts() -> None:
    far = {"a/pod.yaml": pod("app"), "b/config.yaml": config("app"), "config.yaml": config("app")}
    assert places(resolve(far)) == ["config.yaml"]
    assert places(resolve({**far, "a/config.yaml": config("app")})) == ["a/config.yaml"]
    assert places(resolve({**far, "a/pod.yaml": pod("app") + config("app")})) == ["a/pod.yaml"]


@pytest.mark.parametrize(
    ("path", "place"),
    [("a.yaml", "shop/web/a.yaml"), ("../b.yaml", "shop/b.yaml"), ("../../c/d.yaml", "c/d.yaml"), ("../..", "")],
)
def test_paths_that_lead_out_of_the_working_directory_are_compared_from_above(path: str, place: str) -> None:
    assert Frame("/srv/shop/web", "/srv").place(path) == place


def test_documents_that_are_packed_are_decoded_when_they_are_asked_for() -> None:
    facts = read_text(pod("app") + config("app"))
    packed = Packed()
    for document in facts.documents:
        packed.append(document)
    loose, bundle = (
        Bundle(Material(files=[("a.yaml", replace(facts, documents=d))])) for d in (facts.documents, packed)
    )
    assert [placed.document for placed in bundle.placed] == [placed.document for placed in loose.placed]
    (reader, _), (definition,) = bundle.placed, bundle.index.named("ConfigMap", "app")
    (reference,) = references_of(reader)
    assert bundle.resolver.resolve(reference, reader).definitions == (definition,)
    assert definition.provider == facts.documents[1].providers[0]
    decoded = reader.document
    packed.held.clear()
    assert reader.document == decoded
    assert reader.document is not decoded
    for each in (reader, definition):
        assert not hasattr(each, "none")


def test_equally_near_definitions_all_count() -> None:
    files = {
        "base/pod.yaml": pod("app"),
        "dev/config.yaml": config("app"),
        "prod/config.yaml": config("app", data="{}"),
    }
    resolution = resolve(files)
    assert places(resolution) == ["dev/config.yaml", "prod/config.yaml"]
    assert resolution.lacking("a") == (), "only one of the two is applied"
    assert len(resolution.lacking("b")) == 2


def test_a_definition_in_another_branch_is_not_sure_where_others_may_be_made() -> None:
    files = {"a/pod.yaml": pod("app"), "b/config.yaml": config("app")}
    assert [d.placed.path for d in resolve(files).lacking("other")] == ["b/config.yaml"]
    resolution = resolve({**files, "a/kustomization.yaml": "resources: [pod.yaml]"})
    assert (resolution.status, resolution.sure, resolution.lacking("other")) == ("found", False, ())


def test_in_one_file_the_last_definition_counts() -> None:
    resolution = resolve({"all.yaml": config("app", data="{old: x}") + pod("app") + config("app", data="{new: x}")})
    assert [key.name for key in resolution.definitions[0].provider.keys] == ["new"]


@pytest.mark.parametrize(
    ("wanted", "offered", "status"),
    [
        (None, None, "found"),
        ("shop", "shop", "found"),
        (None, "shop", "found"),
        ("shop", None, "found"),
        ("shop", "web", "wrong-namespace"),
        ("${NS}", "web", "found"),
    ],
)
def test_namespaces(wanted: str | None, offered: str | None, status: str) -> None:
    assert resolve({"all.yaml": pod("app", wanted) + config("app", offered)}).status == status


def test_another_namespace_in_another_branch_proves_nothing_where_the_object_may_be_copied() -> None:
    maker = {"a/maker.yaml": "apiVersion: a.b/v1\nkind: Maker\nmetadata: {name: m}\n"}
    for reader in ("a/pod.yaml", "a/b/pod.yaml"):
        for place, status in (
            ("a/config.yaml", "wrong-namespace"),
            ("a/b/config.yaml", "wrong-namespace"),
            ("config.yaml", "wrong-namespace"),
            ("b/config.yaml", "unknown"),
        ):
            files = {reader: pod("app", "shop"), place: config("app", "web")}
            assert resolve(files).status == "wrong-namespace"
            assert resolve({**files, **maker}).status == status
            assert resolve({**files, **maker}, strict=True).status == "wrong-namespace"


@pytest.mark.parametrize(
    ("name", "namespace", "key", "lacking"),
    [
        ("coredns", "kube-system", "NodeHosts", 0),
        ("coredns", "kube-system", "Corefile", 1),
        ("coredns", "dns", "NodeHosts", 1),
        ("dns", "kube-system", "NodeHosts", 1),
    ],
)
def test_a_key_that_the_platform_adds_is_not_missing(name: str, namespace: str, key: str, lacking: int) -> None:
    resolution = resolve({"all.yaml": config(name, namespace) + pod(name, namespace)})
    assert len(resolution.lacking(key)) == lacking


def test_the_written_namespace_is_preferred() -> None:
    text = pod("app", "shop") + config("app", data="{open: x}") + config("app", "shop", data="{shop: x}")
    assert [k.name for k in resolve({"all.yaml": text}).definitions[0].provider.keys] == ["shop"]


def test_the_written_namespace_is_preferred_in_files_that_are_equally_near() -> None:
    own, open_ = config("app", "shop", data="{shop: x}"), config("app", data="{open: x}")
    for pods in ("pod.yaml", "a/pod.yaml", "b/pod.yaml"):
        files = {pods: pod("app", "shop"), "b/open.yaml": open_, "b/shop.yaml": own}
        assert places(resolve(files)) == ["b/shop.yaml"]
        assert places(resolve({**files, pods: pod("app")})) == ["b/open.yaml"]


def test_documents_of_other_namespaces_have_other_nearest_definitions() -> None:
    known = Meeting([placed("d/1.yaml", "shop"), placed("d/2.yaml", "till")])
    for namespace, path in (("shop", "d/1.yaml"), ("till", "d/2.yaml")):
        (found,) = known.nearest(placed(f"{namespace}/0.yaml", namespace).placed)
        assert found.placed.path == path


def test_a_name_that_nothing_defines_is_missing() -> None:
    assert resolve({"pod.yaml": pod("app")}).status == "missing"


def test_a_near_name_is_evidence() -> None:
    resolution = resolve({"pod.yaml": pod("app-confg"), "config.yaml": config("app-config"), "kustomization.yaml": ""})
    assert resolution.status == "missing"
    assert [definition.provider.name.value for definition in resolution.near] == ["app-config"]


@pytest.mark.parametrize(
    ("path", "text", "why"),
    [
        (
            "kustomization.yaml",
            "resources: [pod.yaml]",
            "a kustomization in kustomization.yaml is not built, and may create it",
        ),
        (
            "x.yaml",
            "apiVersion: a.b/v1\nkind: Maker\nmetadata: {name: m}\n",
            "the custom resource Maker in x.yaml may create it",
        ),
        (
            "x.yaml",
            "apiVersion: v1\nkind: ConfigMap\ndata: [\n",
            "a ConfigMap in x.yaml cannot be parsed, and may define it",
        ),
        (
            "x.yaml",
            "apiVersion: v1\nkind: Secret\nx: {{ y }}\n",
            "a template in x.yaml is not rendered, and may define it",
        ),
    ],
)
def test_what_may_make_an_object_leaves_it_unknown(path: str, text: str, why: str) -> None:
    resolution = resolve({"pod.yaml": pod("app"), path: text})
    assert (resolution.status, resolution.why) == ("unknown", why)
    assert resolve({"pod.yaml": pod("app"), path: text}, strict=True).status == "missing"


def test_what_stands_in_another_branch_of_the_tree_proves_nothing() -> None:
    maker = "apiVersion: a.b/v1\nkind: Maker\nmetadata: {name: m}\n"
    assert resolve({"a/pod.yaml": pod("app"), "b/maker.yaml": maker}).status == "missing"
    assert resolve({"a/pod.yaml": pod("app"), "a/below/maker.yaml": maker}).status == "unknown"
    assert resolve({"a/b/pod.yaml": pod("app"), "a/maker.yaml": maker}).status == "unknown"
    assert resolve({"a/b/pod.yaml": pod("app"), "maker.yaml": maker}).status == "unknown"
    assert resolve({"pod.yaml": pod("app"), "a/maker.yaml": maker}).status == "missing"


def test_a_custom_resource_in_the_same_namespace_leaves_a_name_unknown() -> None:
    def answered(pods: str | None, makers: str | None) -> tuple[str, str]:
        where = f", namespace: {makers}" if makers else ""
        maker = f"apiVersion: a.b/v1\nkind: Maker\nmetadata: {{name: m{where}}}\nspec: {{image: a}}\n"
        resolution = resolve({"a/pod.yaml": pod("app", pods), "b/maker.yaml": maker})
        return resolution.status, resolution.why

    assert answered("shop", "shop") == ("unknown", "the custom resource Maker in b/maker.yaml may create it")
    assert answered("shop", "till") == ("missing", "")
    assert answered("shop", None) == ("missing", "")
    assert answered(None, "shop") == ("missing", "")
    assert answered(None, None) == ("missing", "")


def test_a_tool_s_own_file_is_no_custom_resource() -> None:
    assert (
        resolve({"pod.yaml": pod("app"), "skaffold.yaml": "apiVersion: skaffold/v4\nkind: Config\n"}).status
        == "missing"
    )


def test_files_that_describe_one_object_are_applied_one_by_one() -> None:
    steps = {"course/one.yaml": pod("app"), "course/two.yaml": pod("app")}
    resolution = resolve(steps)
    why = "course/two.yaml also describes the Pod `p`: a step between the two may create it"
    assert (resolution.status, resolution.why) == ("unknown", why)
    assert resolve(steps, strict=True).status == "missing"
    assert resolve({**steps, "course/config.yaml": config("ap")}).status == "unknown"
    assert resolve({**steps, "course/config.yaml": config("appp")}).status == "unknown"
    assert resolve({"one/pod.yaml": pod("app"), "two/pod.yaml": pod("app")}).status == "missing"
    assert resolve({"all.yaml": pod("app") * 2}).status == "missing"
    assert resolve({"one.yaml": pod("app"), "two.yaml": pod("app", "shop")}).status == "missing"
    others = {"pod.yaml": pod("app"), "one.yaml": config("other"), "two.yaml": config("other", data="{b: x}")}
    assert resolve(others).status == "missing", "only what is described twice is applied in steps"


def test_an_object_may_be_made_anew_of_files_that_are_called_like_its_keys() -> None:
    reading = (
        pod("app")
        .replace("envFrom", "env")
        .replace("{configMapRef: {name: app}}", "{name: A, valueFrom: {configMapKeyRef: {name: app, key: shop.conf}}}")
    )
    files = {"a/pod.yaml": reading, "a/config.yaml": config("app")}
    for loose in ("a/shop.conf", "a/files/shop.conf"):
        resolution = resolve(files, loose=(loose,))
        assert (resolution.why, resolution.lacking("shop.conf")) == (
            f"it may be created again from files like {loose}",
            (),
        )
        assert places(resolution) == ["a/config.yaml"]
        assert len(resolve(files, loose=(loose,), strict=True).lacking("shop.conf")) == 1
    near = {**files, "a/config.yaml": config("app", data="{shop.cnf: x}")}
    assert len(resolve(near, loose=("a/shop.conf",)).lacking("shop.conf")) == 1
    for loose in ("shop.conf", "b/shop.conf", "ab/shop.conf", "a/shop.config"):
        assert len(resolve(files, loose=(loose,)).lacking("shop.conf")) == 1


@pytest.mark.parametrize(
    ("path", "made"),
    [
        ("a/test-config.yaml", True),
        ("a/config.json", True),
        ("a/config.test.yaml", True),
        ("a/shop.yml", True),
        ("a/values.yaml", False),
        ("a/test.config.yaml", True),
        ("a/con.yaml", False),
        ("a/confi.yaml", False),
        ("config.yaml", False),
        ("b/config.yaml", False),
        ("a/b/config.yaml", False),
    ],
)
def test_an_object_may_be_made_of_a_file_whose_name_is_in_its_own(path: str, made: bool) -> None:
    resolution = resolve({"a/pod.yaml": pod("shop-test-config"), path: "key: value\n"})
    expected = ("unknown", f"it may be created from files like {path}") if made else ("missing", "")
    assert (resolution.status, resolution.why) == expected
    manifest = {"a/pod.yaml": pod("shop-test-config"), path: config("other")}
    assert resolve(manifest).status == "missing"


@pytest.mark.parametrize(
    ("text", "status"),
    [("key: value\n", "unknown"), (f"key: value\n---\n{config('other')}", "missing"), ("", "missing")],
    ids=["a plain file", "a file with a ConfigMap", "an empty file"],
)
def test_only_a_file_without_any_object_may_become_a_key(text: str, status: str) -> None:
    files = {"a/pod.yaml": pod("shop-apis-config"), "a/apis.yaml": text}
    assert resolve(files).status == status


@pytest.mark.parametrize(("stem", "status"), [("api", "missing"), ("apis", "unknown")])
def test_a_file_with_a_short_name_is_no_evidence(stem: str, status: str) -> None:
    assert resolve({"a/pod.yaml": pod(f"shop-{stem}-config"), f"a/{stem}.yaml": "key: value\n"}).status == status


OPERATORS = (
    "---\napiVersion: postgres-operator.crunchydata.com/v1\nkind: PostgresCluster\nmetadata: {name: db}\n",
    "---\napiVersion: stackgres.io/v1\nkind: SGCluster\nmetadata: {name: db}\n",
)
SECRET = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: db-app}\nstringData: {a: x}\n"


@pytest.mark.parametrize(
    ("definitions", "sure"),
    [(OPERATORS[:1], True), (OPERATORS, True), ((SECRET,), True), ((*OPERATORS, SECRET), False)],
    ids=["one operator", "two operators", "a Secret", "a Secret that operators may fill"],
)
def test_a_secret_is_shared_where_an_operator_may_fill_a_written_one(definitions: tuple[str, ...], sure: bool) -> None:
    reader = pod("db-app").replace("configMapRef", "secretRef")
    resolution = resolve({"all.yaml": reader + "".join(definitions)})
    assert (resolution.status, resolution.sure) == ("found", sure)


@pytest.mark.parametrize(
    ("pattern", "status"),
    [("app", "external"), ("ap*", "external"), ("ConfigMap/app", "external"), ("Secret/app", "missing")],
)
def test_external_names(pattern: str, status: str) -> None:
    assert resolve({"pod.yaml": pod("app")}, external=(pattern,)).status == status


def test_names_of_the_platform_and_placeholders() -> None:
    assert resolve({"pod.yaml": pod("kube-root-ca.crt")}).status == "external"
    assert resolve({"pod.yaml": pod('"${NAME}"')}).status == "placeholder"


@pytest.mark.parametrize(
    ("name", "unfilled"),
    [
        ("REPLACE_ME", True),
        ("web-CHANGEME", True),
        ("YOUR-SETTINGS", True),
        ("TODO", True),
        ("[[settings]]", True),
        ("placeholder-settings", True),
        ("web-placeholder", True),
        ("ref+vault://shop/settings#/name", True),
        ("placeholders", False),
        ("YOURS", False),
        ("WEB_SETTINGS", False),
        ("todo", False),
        ("replace-me", False),
        ("[settings]", False),
    ],
)
def test_words_that_ask_a_reader_for_a_name(name: str, unfilled: bool) -> None:
    assert resolve({"pod.yaml": pod(f'"{name}"')}).status == ("placeholder" if unfilled else "missing")


@pytest.mark.parametrize(
    ("name", "candidates", "near"),
    [
        ("app-confg", ["app-config"], "app-config"),
        ("appconfig", ["app-config"], "app-config"),
        ("App_Config", ["app-config"], "app-config"),
        ("app-config-1", ["app-config-2"], None),
        ("db", ["dc"], None),
        ("redis", ["redus", "redis-two"], "redus"),
        ("DB_HOTS", ["DB_HOST", "DB_PORT"], "DB_HOST"),
        ("frontend-config", ["backend-config"], None),
        ("same", ["same"], None),
        ("web-ca-certs", ["web-certs"], None),
        ("web-certs", ["web-ca-certs"], None),
        ("web-cert", ["web-certs"], "web-certs"),
        ("grafana-dashboard-slo", ["grafana-dashboards"], None),
        ("grafana-dashbordlist", ["grafana-dashboard-list"], "grafana-dashboard-list"),
        ("grafana-dashbord-lst", ["grafana-dashboard-list"], "grafana-dashboard-list"),
    ],
)
def test_near_names(name: str, candidates: list[str], near: str | None) -> None:
    assert nearest(name, candidates) == near
    assert nearest(name, reversed(candidates)) == near


@pytest.mark.parametrize(
    ("name", "other", "slip"),
    [
        ("EMAIL_PAI_KEY", "EMAIL_API_KEY", True),
        ("EMAIL_APP_KEY", "EMAIL_API_KEY", False),
        ("settings-dev", "settings-dve", True),
        ("settings-dev", "settings-den", False),
        ("PASSWROD", "PASSWORD", True),
        ("user-config", "users-config", True),
        ("a-dev", "a-dev-b", False),
    ],
)
def test_slips_of_the_keys(name: str, other: str, slip: bool) -> None:
    assert is_slip(name, other) is slip


NAMES = st.text("abz-A.1", min_size=1, max_size=12)


@given(st.lists(NAMES, min_size=1, max_size=12), NAMES, st.integers(0, 2), st.data())
def test_a_near_name_is_found_without_comparing_all(
    names: list[str], other: str, edits: int, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(names))
    for _ in range(edits):
        at = data.draw(st.integers(0, len(name)))
        name = name[:at] + data.draw(st.sampled_from(["", "q", name[at + 1 : at + 2]])) + name[at + 1 :]
    many = [*names, other, *(f"filler-{number:c}{number:c}" for number in range(200, 200 + FEW))]
    nearby = Nearby(many)
    assert nearby.by_part
    assert nearest(name, nearby.around(name)) == nearest(name, many)


FOLDERS = st.lists(st.sampled_from("ab"), max_size=3).map("/".join)
PLACES = st.tuples(FOLDERS, st.sampled_from((None, "x", "y", "$(NS)")))


@given(st.lists(PLACES, min_size=1, max_size=8), PLACES)
def test_the_nearest_are_found_without_looking_at_all(
    found: list[tuple[str, str | None]], place: tuple[str, str | None]
) -> None:
    definitions = [placed(f"{folder}/{n}.yaml".lstrip("/"), space) for n, (folder, space) in enumerate(found)]
    here = placed(f"{place[0]}/0.yaml".lstrip("/"), place[1]).placed
    meeting = Spaces(definitions).meeting(place[1])
    assert meeting == [definition for definition in definitions if meets(place[1], definition.namespace)]
    if meeting:
        known = Meeting(meeting)
        for _ in range(2):
            assert known.nearest(here) == nearest_definitions(meeting, here)


def placed(path: str, namespace: str | None) -> Definition:
    """A ConfigMap in a file."""
    name, span = Scalar("app", 0, 3), Span(0, 3)
    provider = Provider("ConfigMap", "ConfigMap", name, (), False, False, span)
    space = Scalar(namespace, 0, 1) if namespace else None
    document = Document(span, span, "v1", "ConfigMap", name, space, providers=(provider,))
    return Definition(Placed(path, document, FileFacts((document,)), 0), provider)
