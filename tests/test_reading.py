"""Text to documents: where everything stands, what is skipped, and what a broken document costs."""

from __future__ import annotations

import pytest

from cmlint.manifest.documents import cut, read_text
from cmlint.model.facts import Document, FileFacts, Scalar, Span
from cmlint.texts import Text

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\n"


def only(text: str) -> Document:
    """The single document of a text."""
    (document,) = read_text(text).documents
    return document


def keys(document: Document) -> list[tuple[str, str | None]]:
    """The keys of the single provider, with their values."""
    (provider,) = document.providers
    return [(key.name, key.value) for key in provider.keys]


def shown(text: str, where: Span | Scalar) -> str:
    """What stands at a span."""
    return text[where.start : where.end]


@pytest.mark.parametrize("prefix", ["", "\ufeff"], ids=["plain", "byte-order-mark"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_spans_are_exact(prefix: str, ending: str) -> None:
    lines = [
        "# an emoji 😀 before everything",
        "apiVersion: v1",
        "kind: ConfigMap",
        "metadata: {name: app, labels: {a: '😀'}}",
        "data:",
        "  plain: x # comment",
        '  "quoted": "y"',
        "  block: |",
        "    one",
        "    two",
        "",
        "  folded: >-",
        "    one",
        "    two",
        "  é😀: z",
        "",
    ]
    text = prefix + ending.join(lines)
    document = only(text)
    assert document.name
    assert shown(text, document.name) == "app"
    (provider,) = document.providers
    assert [shown(text, key.span) for key in provider.keys] == ["plain", '"quoted"', "block", "folded", "é😀"]
    assert keys(document) == [
        ("plain", "x"),
        ("quoted", "y"),
        ("block", "one\ntwo\n"),
        ("folded", "one two"),
        ("é😀", "z"),
    ]
    start = Text(text).position(provider.keys[1].span.start)
    assert (start.line, start.column) == (7, 3)
    assert text[start.offset :].startswith('"quoted"')


def test_columns_do_not_count_a_byte_order_mark() -> None:
    text = "\ufeffapiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\n"
    assert Text(text).position(1) == Text(text).position(1)
    assert (Text(text).position(1).line, Text(text).position(1).column) == (1, 1)
    assert (Text(text).position(16).line, Text(text).position(16).column) == (2, 1)


def test_an_alias_is_shown_where_it_stands() -> None:
    text = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n"
        "  - name: a\n    image: &image nginx:1.27.0\n    env: &env\n    - {name: X, value: &value 'hello'}\n"
        "  - name: b\n    image: *image\n    env:\n    - {name: Z, value: *value}\n"
        "  - {name: c, image: *image, env: *env}\n"
    )
    first, second, third = only(text).pods[0].containers
    assert first.image
    assert second.image
    assert shown(text, first.image) == "nginx:1.27.0"
    assert (shown(text, second.image), second.image.value) == ("*image", "nginx:1.27.0")
    assert second.env[0].value
    assert (shown(text, second.env[0].value), second.env[0].value.value) == ("*value", "hello")
    assert third.env[0].name == first.env[0].name


def test_a_repeated_anchor_means_its_last_value() -> None:
    document = only(CONFIG + "data:\n  a: &x one\n  b: &x two\n  c: *x\n")
    assert keys(document) == [("a", "one"), ("b", "two"), ("c", "two")]
    assert not document.faults


def test_merge_keys_are_followed() -> None:
    document = only(CONFIG + "data:\n  <<: {a: one, b: one}\n  b: two\n")
    assert keys(document) == [("a", "one"), ("b", "two")]


def test_directives_belong_to_the_document_after_them() -> None:
    assert keys(only(f"%YAML 1.1\n---\n{CONFIG}data: {{a: x}}\n")) == [("a", "x")]
    (fault,) = only(f"%YAML 1.2\n---\n{CONFIG}data: {{a: x}}\n").faults
    assert (fault.code, fault.reason) == ("syntax", "found incompatible YAML document")


def test_a_list_is_its_items() -> None:
    text = (
        '{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": '
        '{"name": "one"}, "data": {"a": "x"}}, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "two"}}]}'
    )
    documents = read_text(text).documents
    assert [document.name.value for document in documents if document.name] == ["one", "two"]
    assert shown(text, documents[1].span) == '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "two"}}'


def test_json_indented_with_tabs_is_read() -> None:
    text = '{\n\t"apiVersion": "v1",\n\t"kind": "ConfigMap",\n\t"metadata": {"name": "app"},\n\t"data": {"a": "x"}\n}\n'
    assert keys(only(text)) == [("a", "x")]


def test_a_broken_document_costs_only_itself() -> None:
    text = f"{CONFIG}---\n{CONFIG}data: {{a: [}}\n---\n{CONFIG.replace('app', 'last')}"
    first, broken, last = read_text(text).documents
    assert (first.broken, broken.broken, last.broken) == (False, True, False)
    assert last.name
    assert last.name.value == "last"
    (fault,) = broken.faults
    assert (fault.code, fault.reason) == ("syntax", "did not find expected node content")
    assert Text(text).position(fault.span.start).line == 8


def test_a_tab_in_the_indentation_is_named() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: special-config\ndata:\n\tSPECIAL_LEVEL: very\n"
    (fault,) = only(text).faults
    assert fault.reason == "the line is indented with a tab, and YAML allows only spaces there"
    assert shown(text, fault.span) == "\t"
    assert Text(text).position(fault.span.start).line == 6


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("image:\n  repository: nginx\n  kind: apiVersion\n", "not a Kubernetes object"),
        ("on: push\njobs:\n  build: {container: {image: x}}\n", "not a Kubernetes object"),
        ("- hosts: all\n  tasks:\n  - image: x\n", "not a Kubernetes object"),
        (CONFIG + "data:\n  a: {{ .Values.a }}\n", "a template, not rendered"),
        (CONFIG + "{{- if .Values.a }}\ndata: {}\n{{- end }}\n", "a template, not rendered"),
        (CONFIG + "{% if a %}\ndata: {}\n{% endif %}\n", "a template, not rendered"),
        (CONFIG + "data:\n  a: **DB_HOST\n  b: **DB_PORT # from the pipeline\n", "a template, not rendered"),
        (
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: secrets.x.y}\n",
            "a CustomResourceDefinition",
        ),
        (
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nimages: [{name: x}]\n",
            "a kustomization that is not built",
        ),
        (
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  template:\n    spec:\n"
            "      containers: [{name: c, env: [{name: A, value: x}]}]\n",
            "a patch",
        ),
        (CONFIG + "data:\n  a: " + "{a: " * 400, "nested too deeply to be a manifest"),
    ],
)
def test_what_is_skipped(text: str, reason: str) -> None:
    facts = read_text(text)
    assert [skip.reason for skip in facts.skipped] == [reason]
    assert not facts.documents


@pytest.mark.parametrize("value", ["**bold", "**NOTE** this", "*NAME: x"])
def test_other_stars_are_no_template(value: str) -> None:
    (document,) = read_text(f"{CONFIG}data:\n  a: {value}\n").documents
    assert [fault.code for fault in document.faults] == ["syntax"]


def test_objects_outside_the_ground_are_known_by_their_kind() -> None:
    facts = read_text("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: n}\n")
    assert facts == FileFacts((), facts.others)
    assert [(other.api_version, other.kind) for other in facts.others] == [("networking.k8s.io/v1", "NetworkPolicy")]


def test_a_separator_cuts_wherever_it_stands() -> None:
    text = "a: |\n  x\n---\nb: y\n--- # note\nc: z\n----\n"
    assert [text[start:end] for start, end in cut(text)] == ["a: |\n  x\n", "---\nb: y\n", "--- # note\nc: z\n----\n"]


@pytest.mark.parametrize("text", ["", "\ufeff", "---\n", "# only a comment\n", "\n\n---\n---\n"])
def test_nothing_is_found_in_nothing(text: str) -> None:
    assert not read_text(text).documents


def test_values_of_a_secret_are_masked_and_never_kept() -> None:
    text = (
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  annotations: {last: 'placeholder-one'}\n"
        "stringData:\n  a: placeholder-two\n  b: |\n    placeholder-three\nstringdata:\n  c: placeholder-four\n"
    )
    document = only(text)
    assert [shown(text, span) for span in document.masked] == [
        "'placeholder-one'",
        "placeholder-two",
        "|\n    placeholder-three",
        "placeholder-four",
    ]
    assert [key.value for key in document.providers[0].keys] == [None, None]


def test_a_broken_secret_is_masked_line_by_line() -> None:
    text = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  a: placeholder: x\n  placeholder\n"
    document = only(text)
    assert document.broken
    assert [shown(text, span) for span in document.masked] == ["  name: s", "  a: placeholder: x", "  placeholder"]


def test_a_copy_of_what_a_controller_has_made_was_accepted_as_it_is() -> None:
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web-x7x2p\n  uid: 1-2\n  ownerReferences:\n"
        "  - {apiVersion: apps/v1, kind: ReplicaSet, name: web, uid: 1-1, controller: true}\n"
        "spec:\n  containers:\n  - {name: web, image: web, volumeMounts: [{name: gone, mountPath: /gone}]}\n"
    )
    assert only(pod).faults == ()
    assert only(pod).pods[0].containers[0].image == Scalar("web", pod.index("web, volume"), pod.index(", volume"))
    for part in ("  uid: 1-2\n", ", controller: true"):
        assert [fault.reason for fault in only(pod.replace(part, "")).faults] == ["names no volume of this pod"]


def faults(text: str) -> list[tuple[str, str, str]]:
    """What is wrong with the single document: code, path and reason."""
    return [(fault.code, fault.path, fault.reason) for fault in only(text).faults]


@pytest.mark.parametrize(("target", "field"), [("ConfigMap", "data"), ("Secret", "stringData")])
def test_an_object_may_hold_exactly_a_mebibyte(target: str, field: str) -> None:
    def written(size: int) -> str:
        half = "x" * (size // 2)
        head = f"apiVersion: v1\nkind: {target}\nmetadata: {{name: a}}\n"
        return f"{head}{field}: {{a: {half}, b: {half}{'x' * (size % 2)}}}\n"

    assert faults(written(1024 * 1024)) == []
    reason = "must hold no more than 1048576 bytes, but it holds 1048577"
    assert faults(written(1024 * 1024 + 1)) == [("size", "data", reason)]


def test_annotations_may_hold_exactly_a_quarter_of_a_mebibyte() -> None:
    def written(size: int) -> str:
        return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a, annotations: {{key: {'x' * (size - 3)}}}}}\n"

    assert faults(written(256 * 1024)) == []
    reason = "must hold no more than 262144 bytes, but they hold 262145"
    assert faults(written(256 * 1024 + 1)) == [("object", "metadata.annotations", reason)]


@pytest.mark.parametrize(
    ("text", "code", "at", "reason"),
    [
        (CONFIG.replace("kind: ", "kind:\u00a0"), "syntax", "\u00a0", "a non-breaking space (U+00A0)"),
        (CONFIG.replace("on: ", "on:\u3000"), "syntax", "\u3000", "an ideographic space (U+3000)"),
        (CONFIG.replace("kind", "\ufeffkind"), "syntax", "\ufeff", "a byte order mark (U+FEFF)"),
        (CONFIG.replace("Config", "\u200bConfig"), "object", "\u200b", "it has a zero-width space (U+200B)"),
        (CONFIG.replace("v1", "\u201cv1\u201d"), "object", "\u201c", "it has a typographic quote (U+201C)"),
        ("{\u201ckind\u201d: ConfigMap, apiVersion: v1}", "object", "\u201c", "it has a typographic quote (U+201C)"),
    ],
)
def test_an_odd_character_in_its_head_hides_no_object(text: str, code: str, at: str, reason: str) -> None:
    document = only(text)
    (fault,) = document.faults
    assert (document.kind, document.api_version) == ("ConfigMap", "v1")
    assert (fault.code, shown(text, fault.span)) == (code, at)
    assert reason in fault.reason


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("data: \u201cA: x\u201d", 6),
        ("data:\n  A: \u2018x\u2019\n  B:\u00a0y\n  C: z", 19),
        ("data:\n  B:\u00a0y\n  C: \u2018z\u2019", 10),
    ],
)
def test_the_odd_character_that_is_at_fault_is_shown_among_several(line: str, at: int) -> None:
    text = f"{CONFIG}{line}\n"
    (fault,) = only(text).faults
    assert fault.reason.endswith("is here, which YAML reads as text")
    assert fault.span.start - text.rindex("data:") == at


def test_an_odd_character_elsewhere_makes_no_object_of_other_texts() -> None:
    for text in (
        f"kind: {{{{ \u201c x }}}}\n# \u00a0{CONFIG[17:]}",
        "# kind: ConfigMap \u2019 apiVersion: v1\nimage: x\n",
    ):
        assert [skip.code for skip in read_text(text).skipped] == ["not-kubernetes"], text


@pytest.mark.parametrize("meta", ["\u00a0\u00a0name: app", "  name:\u00a0app", "  \u200bname: app"])
def test_a_name_behind_an_odd_character_is_reported_at_the_character_alone(meta: str) -> None:
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n{meta}\ndata: {{a: b}}\n"
    (fault,) = only(text).faults
    assert "it has a " in fault.reason
    assert Text(text).position(fault.span.start).line == 4


def test_braces_in_a_block_make_no_template_of_the_line_below() -> None:
    text = f"{CONFIG}data:\n  a: |\n    {{{{ x }}}}\n b: c\n"
    (fault,) = only(text).faults
    assert (fault.reason, shown(text, fault.span)) == ("did not find expected key", "b: c")
    for braces in ("{{ x }}", "  {{ x }}"):
        assert [skip.code for skip in read_text(f"{CONFIG}data:\n  a: b\n{braces}\n b: c\n").skipped] == ["template"]


def test_generated_names_keep_58_characters() -> None:
    def written(name: str) -> str:
        return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{generateName: {name}}}\n"

    kept, cut_off = f"{'a' * 56}.-", f"{'a' * 57}.-"
    assert [(code, path) for code, path, _ in faults(written(kept))] == [("object", "metadata.generateName")]
    assert faults(written(cut_off)) == []


def test_a_pod_template_with_a_spec_is_an_object_and_no_patch() -> None:
    text = "apiVersion: v1\nkind: {}\nmetadata: {{name: a}}\nspec: {{containers: []}}\n"
    init = "template: {spec: {initContainers: [{name: a, image: 'b:1'}]}}\n"
    facts = read_text(text.format("PodTemplate") + init)
    assert ([(document.kind, len(document.pods)) for document in facts.documents], facts.skipped) == (
        [("PodTemplate", 1)],
        (),
    )
    patch = read_text(
        text.format("Deployment").replace("v1", "apps/v1").replace("containers: []", "strategy: {image: a}")
    )
    assert ([skip.code for skip in patch.skipped], patch.documents) == (["patch"], ())


def test_a_merge_key_takes_a_list_only_where_it_is_written() -> None:
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: a\n"
        "      image: a/b:1.0.0\n      env: &common [{name: A, value: b}]\n"
        "    - name: b\n      image: a/b:1.0.0\n      env: [{<<: *common}]\n"
    )
    ((code, _, reason),) = faults(pod)
    assert code == "syntax" and "merge" in reason
    assert faults(pod.replace("[{name: A, value: b}]", "[{name: A, value: b}]").replace("*common", "[{name: A}]")) == []


@pytest.mark.parametrize(
    ("selector", "volume", "is_patch"),
    [("", "other", True), ("", "data", False), ("selector: {}\n  ", "other", False)],
)
def test_a_workload_without_a_selector_whose_volume_is_elsewhere_is_a_patch(
    selector: str, volume: str, is_patch: bool
) -> None:
    facts = read_text(
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: a}}\nspec:\n  {selector}template:\n    spec:\n"
        "      volumes: [{name: data, emptyDir: {}}]\n      containers:\n"
        f"        - {{name: a, image: 'a/b:1.0.0', volumeMounts: [{{name: {volume}, mountPath: /x}}]}}\n"
    )
    assert [skip.code for skip in facts.skipped] == ["patch"] * is_patch


@pytest.mark.parametrize(
    ("line", "skipped"),
    [
        ("[key1]: [value1]", ["template"]),
        ("[your key]: a", ["template"]),
        ("{a: b}: c", []),
        ("[a, b]: c", []),
        ("? [a]\n  : b", []),
    ],
)
def test_a_key_in_brackets_is_for_a_reader_to_write(line: str, skipped: list[str]) -> None:
    facts = read_text(f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: [a-name]}}\ndata:\n  {line}\n")
    assert [skip.code for skip in facts.skipped] == skipped
    assert [fault.code for document in facts.documents for fault in document.faults] == ["syntax"] * (not skipped)
