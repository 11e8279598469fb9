"""What helm and kustomize say when they fail, in words that hold no value of the input.

Both quote what they read: a line of an environment file, a patch, a value that a schema refuses. So nothing that they
say is shown unless it has a known form. Of a known form, the fixed words are shown, and the parts that a `Showable`
knows: files, names, fields. Each form is a pattern and the words for it; a named group in the pattern is a part of that
kind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple, Protocol

from cmlint.sources.secret_names import HIDDEN

LONGEST = 10_000
"""How many characters are looked at of what a program says, so that no pattern takes long."""

LONGEST_ADDRESS = 1000
"""How many characters an address has that is shown."""

YAML = "|".join(
    (
        r"did not find expected (?:<document start>|<stream-start>|key|node content|'-' indicator|',' or '[\]}]'"
        r"|alphabetic or numeric character|comment or line break|digit or '\.' character|hexdecimal number|tag URI"
        r"|version number|whitespace(?: or line break)?|'!')",
        r"did not find (?:URI escaped octet|the expected '>')",
        r"could not find expected (?:':'|directive name)",
        r"(?:mapping values|mapping keys|block sequence entries) are not allowed in this context",
        r"found (?:character that cannot start any token|unexpected (?:end of stream|document indicator)"
        r"|unknown (?:escape character|directive name)|undefined tag handle|incompatible YAML document"
        r"|duplicate %(?:TAG|YAML) directive|invalid Unicode character escape code|extremely long version number"
        r"|unexpected non-alphabetical character|an indentation indicator equal to 0"
        r"|a tab character (?:that violates indentation|where an indentation space is expected)"
        r"|an incorrect (?:leading|trailing) UTF-8 octet)",
        r"(?:incomplete|invalid)(?: leading| trailing| length of a)? (?:UTF-8|UTF-16|Unicode)"
        r"(?: octet| character| sequence| octet sequence| surrogate pair)?",
        r"control characters are not allowed",
        r"document contains excessive aliasing",
        r"exceeded max depth of 10000",
        r"unknown anchor(?= '.*' referenced)",
        r"cannot decode(?= !!)",
        r"invalid map key(?=: )",
        r"map merge requires map or sequence of maps as the value",
        r"!!binary value contains invalid base64 data",
        r"explicitly tagged !!binary data must be base64-encoded",
    )
)
"""What is wrong in a YAML text, as go-yaml says it (`scannerc.go`, `parserc.go`, `readerc.go`, `decode.go`)."""

GO = (
    r"(?:\[\]|\*|map\[string\])*(?:interface \{\}|any|bool|string|error|u?int(?:8|16|32|64)?|float(?:32|64)|\[\]byte"
    r"|nil|time\.(?:Time|Duration)|(?:accumulator|chart|chartutil|common|engine|jsonpatch|releaseutil|types)\.[A-Za-z]+)"
)
"""A type of Go."""

ID = r"\w+\.[\w.\[\]-]*/[\w.-]+\.(?:\[noNs\]|[\w-]+)"
"""How kustomize writes which object it means: `Deployment.v1.apps/web.[noNs]`."""

MERGED = (
    r'id resid\.ResId\{Gvk:resid\.Gvk\{[^{}]*Kind:"(?P<fixed>Secret|ConfigMap)"[^{}]*\}, '
    r'Name:"(?P<name>[^"{}]*)"[^{}]*\}'
)
"""How kustomize writes which object a generator merges into."""

JSON = {
    rf"yaml: (?P<line>line \d{{1,6}}: )?(?:while [a-zA-Z %]+: )?(?P<fixed>{YAML})": "yaml: {line}{fixed}",
    r"(?:yaml: unmarshal errors: )?line (?P<number>\d{1,6}): mapping key .* already defined at line "
    r"(?P<number2>\d{1,6})": "line {number}: the same key is in the mapping already, on line {number2}",
    rf"json: cannot unmarshal (?P<fixed>string|number|array|object|bool)(?: \S+)? into Go struct field "
    rf"(?P<fixed2>[A-Za-z][A-Za-z0-9.]*) of type (?P<fixed3>{GO})\Z": "json: cannot unmarshal {fixed} into Go struct "
    "field {fixed2} of type {fixed3}",
    rf"json: cannot unmarshal (?P<fixed>string|number|array|object|bool)(?: \S+)? into Go value of type "
    rf"(?P<fixed2>{GO})\Z": "json: cannot unmarshal {fixed} into Go value of type {fixed2}",
    r"yaml: unmarshal errors:": "a value does not have the type of its field",
    r"invalid character .* (?P<fixed>looking for beginning of (?:value|object key string)"
    r"|after (?:object key(?::value pair)?|array element|top-level value)"
    r"|in (?:string literal|literal (?:true|false|null)))": ("invalid character {fixed}"),
    r"unexpected end of JSON input": "unexpected end of JSON input",
}
"""What go-yaml and Go's JSON say of a text that they cannot read."""

PATH = r"[^'\n]*"

VERSION = r"kustomize\.config\.k8s\.io/v1(?:alpha1|beta1)"
"""The versions of kustomizations."""

KUSTOMIZE = {
    rf"security; file '(?P<local>{PATH})' is not in or below '(?P<local2>{PATH})'": "the file `{local}` is not in or "
    "below `{local2}`, and kustomize reads no other by default",
    rf"cycle detected: candidate root '{PATH}' contains visited root '(?P<local>{PATH})'": "cycle detected: it comes "
    "back to `{local}`",
    r"external plugins disabled; unable to load external plugin '(?P<name>[^']*)'": "cmlint never runs plugins such as "
    "`{name}`",
    r"lstat (?P<path>.+?): (?P<fixed>no such file or directory|permission denied|not a directory"
    r"|file name too long|too many levels of symbolic links)": "{fixed}: `{path}`",
    r"evalsymlink failure on ": "a file that it names is not there, or a patch in it is not valid",
    rf"unable to find one of 'kustomization\.yaml', 'kustomization\.yml' or 'Kustomization' in directory "
    rf"'(?P<path>{PATH})'": "unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in "
    "directory '{path}'",
    r"Found multiple kustomization files under: (?P<path>\S+)": "multiple kustomization files under `{path}`",
    rf"expected kind 'Component' for path '(?P<path>{PATH})' but got": "`{path}` is not a component",
    rf"expected kind != 'Component' for path '(?P<path>{PATH})'": "`{path}` is a component, so it belongs in "
    "`components`",
    r"kustomization\.yaml is empty": "kustomization.yaml is empty",
    rf"apiVersion for (?P<fixed>Kustomization|Component) should be (?P<fixed2>{VERSION})": "apiVersion for {fixed} "
    "should be {fixed2}",
    r"kind should be Kustomization or Component": "kind should be Kustomization or Component",
    r'json: unknown field "(?P<field>[^"]*)"': 'json: unknown field "{field}"',
    rf"no matches for Id (?P<id>{ID}); failed to find unique target for patch {ID}\Z": "no matches for Id {id}; failed "
    "to find unique target for patch",
    rf"multiple matches for Id (?P<id>{ID}); failed to find unique target for patch {ID}\Z": "multiple matches for Id "
    "{id}; failed to find unique target for patch",
    rf"may not add resource with an already registered id: (?P<id>{ID})": "may not add resource with an already "
    "registered id: {id}",
    rf"{MERGED} does not exist; cannot merge or replace": "{fixed} `{name}` does not exist; cannot merge or replace",
    rf"{MERGED} exists; (?:can not use behavior|behavior must)": "{fixed} `{name}` exists; behavior must be merge or "
    "replace",
    r"missing metadata\.name in object \{\{\S* (?P<name>\w+)\}": "missing metadata.name in an object of kind {name}",
    r"(?P<fixed>missing kind|missing metadata\.name) in object": "{fixed} in an object",
    r"missing Resource metadata": "a document is not a Kubernetes object",
    r"configmap (?P<name>\S+) illegally repeats the key `(?P<field>[^`]*)`": "the generator `{name}` repeats the key "
    "`{field}`",
    r"invalid literal source ": "an entry of `literals` is not of the form `key=value`",
    r"key name or file path contains '='": "an entry of `files` has more than one `=`",
    r"missing file path for key name ": "an entry of `files` has no path behind `=`",
    r"missing key name for file path ": "an entry of `files` has no key before `=`",
    r"has invalid utf8 bytes : ": "a line of an environment file is not UTF-8",
    r"is not a valid (?:key name|env)": "a line of an environment file has an invalid name",
    r"a configmap must have a name": "a generator has no name",
    r"namespace transformation produces ID conflict": "namespace transformation produces ID conflict: two objects of "
    "one kind and name",
    r"(?P<fixed>add|remove|replace|move|copy|test) operation does not apply: doc is missing (?:path|key|value): "
    r'"?(?P<pointer>/[^\s"]*?)"?: missing value\Z': "{fixed} operation does not apply: doc is missing path: {pointer}",
    r"(?P<fixed>add|remove|replace|move|copy|test) operation does not apply": "{fixed} operation does not apply",
    r'testing value "?(?P<pointer>/[^\s"]*?)"? failed: test failed\Z': "testing value {pointer} failed",
    r"must specify a target for JSON patch": "a JSON patch has no target",
    r"unable to parse SM or JSON patch from": "unable to parse a patch, neither as strategic merge nor as JSON",
    r"illegally qualifies as both an SM and JSON patch": "a patch is both a strategic merge and a JSON patch",
    r"must specify one of patch and path in": "an entry of `patches` has neither `patch` nor `path`",
    r"patch and path can't be set at the same time": "an entry of `patches` has both `patch` and `path`",
    r"unknown patch strategy ": "unknown patch strategy",
    r"patch appears to be empty": "a patch is empty",
    r"Multiple Strategic-Merge Patches in one `patches` entry is not allowed": "several patches in one "
    "file must not have a `target`",
    r"fieldPath `(?P<word>[^`]*)` is missing for replacement source (?P<id>\S+)\Z": "fieldPath `{word}` is missing for "
    "replacement source {id}",
    r"nothing selected by (?P<id>\S+)\Z": "nothing selected by {id}",
    r"multiple matches for selector (?P<id>\S+)\Z": "multiple matches for selector {id}",
    r"options\.index (?P<number>\d{1,6}) is out of bounds for value": "options.index {number} is out of bounds",
    r'unable to find field "(?P<word>[^"]*)" in replacement target': 'unable to find field "{word}" in replacement '
    "target",
    r"field specified in var '.*' not found in corresponding resource": "the field of a `var` is not in its object",
    r"resource with name (?P<name>\S+) does not match a config with the following GVK": "no workload is called "
    "`{name}`, which `replicas` names",
    r"wrong node kind: expected (?P<fixed>\w+Node) but (?:got|was) (?P<fixed2>\w+Node)": "wrong node kind: expected "
    "{fixed} but got {fixed2}",
    r"error parsing regexp": "a name or label of a target is not a valid regular expression",
    r"unable to parse open API definition": "unable to parse an OpenAPI definition",
    r"unable to run: '.*' with env=": "helm cannot render a chart of it",
    r"must specify --enable-helm": "a Helm chart is rendered only with `--enable-helm`",
    r"(?P<fixed>no such host|connection refused|i/o timeout|certificate signed by unknown authority)": "what it "
    "fetches cannot be reached: {fixed}",
    r"HTTP Error: status code (?P<number>\d{3})": "what it fetches cannot be reached: HTTP status {number}",
    r"failed to run '\S*git ": "git cannot fetch what it names",
    r"\Apanic: ": "the program crashed",
    **JSON,
}
"""What kustomize says (`api/` and `kyaml/` in kubernetes-sigs/kustomize)."""

KUSTOMIZE_REST = "the program fails; `kustomize build` says why, in words that may hold a value"

HELM_REST = "`helm template` says why, in words that may hold a value"

PLACE = r"(?P<template>[^\s:()\"]+?:\d{1,6}(?::\d{1,6})?)"
INNER = PLACE.replace("template", "inner")
MISSING = r"found in Chart\.yaml, but missing in charts/ directory: (?P<charts>.*)\Z"

HELM_AROUND = {
    r"An error occurred while checking for chart dependencies\. You may need to run `[^`]*` [^:]*: ": "",
    r"cannot load (?P<fixed>Chart\.yaml|Chart\.lock|values\.yaml|requirements\.yaml|requirements\.lock): ": "cannot "
    "load {fixed}: ",
    r"failed to parse (?P<file>[^:]+): ": "failed to parse {file}: ",
    r"error unpacking subchart (?P<file>\S+) in (?P<name>\S+): ": "error unpacking subchart {file} in {name}: ",
    r"(?P<fixed>error converting YAML to JSON|error unmarshaling JSON: while decoding JSON): ": "{fixed}: ",
    r"YAML parse error on (?P<template>[^\s:]+): ": "YAML parse error on {template}: ",
    rf"parse error at \({PLACE}\): ": "parse error at ({template}): ",
    rf'template: {PLACE}: executing "[^"]*" at <.*?>: error calling (?:include|tpl): '
    rf"(?=template: {INNER}: )": "{inner}",
    rf'template: {PLACE}: executing "[^"]*" at <(?P<written>.*?)>: ': "template: {template}: at <{written}>: ",
    rf'template: {PLACE}: executing "[^"]*" at <.*?>: ': "template: {template}: ",
    rf"template: {PLACE}: ": "template: {template}: ",
    rf'{PLACE} executing "[^"]*" at <(?P<written>.*?)>: ': "template: {template}: at <{written}>: ",
    rf'{PLACE} executing "[^"]*" at <.*?>: ': "template: {template}: ",
    r"failed parsing (?P<fixed>--set(?:-file|-json|-literal|-string)? data): ": "failed parsing {fixed}: ",
    r"error calling (?P<written>\w+): ": "error calling {written}: ",
    r"values don't meet the specifications of the schema\(s\) in the following chart\(s\): ": "values don't meet the "
    "specifications of the schema: ",
    r"validation: ": "validation: ",
}
"""What helm says of where something is wrong, before it says what."""

HELM = {
    MISSING: "found in Chart.yaml, but missing in charts/ directory: {charts}; `helm dependency build` fetches them",
    rf"execution error at \({PLACE}\): (?P<said>.+)": "execution error at ({template}): {said}",
    rf"execution error at \({PLACE}\): ": f"execution error at ({{template}}): {HELM_REST}",
    r"error calling (?P<fixed>fail|required): (?P<said>.+)": "error calling {fixed}: {said}",
    rf"nil pointer evaluating (?P<fixed>{GO})\.(?P<written>\w+)\Z": "nil pointer evaluating {fixed}.{written}",
    rf"can't evaluate field (?P<written>\w+) in type (?P<fixed>{GO})\Z": "can't evaluate field {written} in type "
    "{fixed}",
    rf"wrong type for value; expected (?P<fixed>{GO}); got (?P<fixed2>{GO})\Z": "wrong type for value; "
    "expected {fixed}; got {fixed2}",
    rf"invalid value; expected (?P<fixed>{GO})\Z": "invalid value; expected {fixed}",
    r"range can't iterate over .*": "range can't iterate over a value that is neither a list nor a map",
    r'map has no entry for key "(?P<written>[^"]*)"\Z': 'map has no entry for key "{written}"',
    r'(?:template: )?no template "(?P<written>[^"]*)" associated with template "gotpl"\Z': 'no template "{written}"',
    r'template "(?P<written>[^"]*)" not defined\Z': 'template "{written}" not defined',
    rf"cannot index slice/array with type (?P<fixed>{GO})\Z": "cannot index slice/array with type {fixed}",
    rf"incompatible types for comparison(?:: (?P<fixed>{GO}) and (?P<fixed2>{GO}))?\Z": "incompatible types for "
    "comparison",
    r"(?P<fixed>index of nil pointer|index of untyped nil|slice of nil pointer|len of nil pointer"
    r"|runtime error: integer divide by zero|exceeded maximum template depth)": "{fixed}",
    r"index out of range: \d+\Z": "index out of range",
    r"illegal base64 data at input byte \d+\Z": "a value is not base64",
    r"wrong number of args for (?P<written>\w+): want (?P<fixed>at least )?(?P<number>\d+) got (?P<number2>\d+)\Z": (
        "wrong number of args for {written}: want {fixed}{number} got {number2}"
    ),
    r'function "(?P<written>\w+)" not defined\Z': 'function "{written}" not defined',
    r"(?P<fixed>missing value for (?:command|if|range|with|template|block clause|parenthesized pipeline|define clause)"
    r"|unexpected EOF|unclosed (?:action|comment|left paren)|unexpected right paren|unterminated (?:raw )?quoted string"
    r"|unterminated character constant|comment ends before closing delimiter|undefined variable|empty command"
    r"|bad character|bad number syntax|unrecognized character in action|unexpected \{\{(?:end|else)\}\}"
    r"|multiple definition of template)": "{fixed}",
    r"unexpected .* in (?P<fixed>command|operand|if|range|with|template clause|block clause|define clause"
    r"|parenthesized pipeline|input)\Z": "unexpected text in {fixed}",
    r"chart requires kubeVersion: (?P<version>.*) which is incompatible with Kubernetes (?P<fixed>v[\d.]+)\Z": "chart "
    "requires kubeVersion: {version} which is incompatible with Kubernetes {fixed}",
    r'chart\.metadata\.(?P<fixed>name|version) ".*" is (?P<fixed2>invalid|not allowed)\Z': "chart.metadata.{fixed} is "
    "{fixed2}",
    r"(?P<fixed>chart\.metadata(?:\.(?:apiVersion|name|version))? is required|chart\.metadata\.type must be "
    r"application or library|dependencies must not contain empty or null nodes"
    r"|maintainers must not contain empty or null nodes|library charts are not installable"
    r"|Chart\.yaml file is missing|chart metadata is missing"
    r"|rendering template has a nested reference name|no files in chart archive|gzip: invalid header"
    r"|chart yaml not in base directory|chart illegally (?:contains|references) )": "{fixed}",
    r'dependency "(?P<name>[^"]*)" has disallowed characters in the alias\Z': 'dependency "{name}" has disallowed '
    "characters in the alias",
    r'more than one dependency with name or alias "(?P<name>[^"]*)"\Z': "more than one dependency with name or alias "
    '"{name}"',
    r".*does not appear to be a gzipped archive": "it does not appear to be a gzipped archive",
    r"(?P<fixed>chart file|decompressed chart(?: file)?) .*is larger than the maximum file size": "{fixed} is larger "
    "than the maximum file size",
    r"(?P<schema>\S+: - (?:at '|[\w.()-]+: ).*)\Z": "{schema}",
    r'[\w.-]+: (?:"file:\S+ is not valid against metaschema|invalid character |json-pointer in |failing loading )': (
        "the schema is not valid"
    ),
    r'function "\w+" not defined\Z': "a function is not defined",
    **JSON,
}
"""What helm says is wrong (`pkg/` in helm/helm, `text/template` in Go)."""

TYPES = "(?:array|boolean|integer|null|number|object|string)"

VIOLATION = r"- (?:at '((?:/[^\s']*)?)'|(\(root\)|[\w.-]+)): (.*?)(?=\s+- (?:at '|[\w.()-]+: )|\s+\S+: - |\Z)"
"""Where values violate a schema, and how; before helm 3.18 without `at` and quotes."""

SCHEMA = {
    rf"got (?P<fixed>{TYPES}), want (?P<fixed2>{TYPES}(?:(?:, | or ){TYPES})*)\Z": "got {fixed}, want {fixed2}",
    r"missing propert(?:y|ies) (?P<properties>'.*')\Z": "missing {properties}",
    r"additional propert(?:y|ies) (?P<properties>'.*') not allowed\Z": "{properties} not allowed",
    r"(?P<fixed>minLength|maxLength|minItems|maxItems|minProperties|maxProperties|minimum|maximum|exclusiveMinimum"
    r"|exclusiveMaximum): got .*": "{fixed} is not met",
    r".* does not match pattern ": "it does not match the pattern",
    r"value must be one of ": "it is none of the values allowed",
    r"value must be ": "it is not the value allowed",
    r"(?P<fixed>'(?:not|allOf|anyOf|oneOf|enum|const)' failed|false schema)": "{fixed}",
    r".* is not valid (?P<fixed>[a-z-]+): ": "it is not a valid {fixed}",
    r"items at \d+ and \d+ are equal": "items are equal",
    rf"Invalid type\. Expected: (?P<fixed>{TYPES}), given: (?P<fixed2>{TYPES})\Z": "got {fixed2}, want {fixed}",
    r"(?P<name>[\w.-]+) is required\Z": "missing '{name}'",
    r"Additional property (?P<name>[\w.-]+) is not allowed\Z": "'{name}' not allowed",
    r"Does not match pattern ": "it does not match the pattern",
    r".* must be one of the following: ": "it is none of the values allowed",
    r".* does not match: ": "it is not the value allowed",
}
"""What a schema says of a value (`kind/kind.go` in santhosh-tekuri/jsonschema)."""


class Showable(Protocol):
    """What may be shown of an input."""

    def part(self, kind: str, text: str) -> str | None:
        """A part of a message as it may be shown; None where it may not, and the form does not hold without it."""
        ...


class Said(NamedTuple):
    """The words for something that was said, and where they end in it."""

    words: str
    end: int


def problem_in(said: str, forms: Mapping[str, str], shown: Showable, *, start: bool = False) -> Said | None:
    """The words of the first form that holds, anywhere or at the start; None where none does."""
    for pattern, words in forms.items():
        found = re.match(pattern, said) if start else re.search(pattern, said)
        if found is None:
            continue
        parts = {name: part_of(name, text, shown) for name, text in found.groupdict().items()}
        if None not in parts.values():
            return Said(words.format(**parts), found.end())
    return None


def part_of(name: str, text: str | None, shown: Showable) -> str | None:
    """A part of a message; what a pattern allows in a few forms only is shown as it is."""
    kind = name.rstrip("0123456789")
    if text is None or kind in ("fixed", "number", "line"):
        return text or ""
    return shown.part(kind, text)


def of_kustomize(said: str, shown: Showable) -> str:
    """What kustomize says in one line, as far as it may be shown."""
    found = problem_in(said[-LONGEST:], KUSTOMIZE, shown)
    return found.words if found else KUSTOMIZE_REST


def address(text: str) -> str:
    """An address without what may be a credential in it: a user with a password, a token, options, except for a few."""
    if len(text) > LONGEST_ADDRESS:
        return HIDDEN
    text = re.sub(r"://(?!git@)(?:[^/?#@]*@|[^/?#]*:[^?#]*@)", "://...@", text)
    text = re.sub(r"^(\w+::)?[^/@:]+:[^/@]+@", r"\1...@", text)
    return re.sub(r"([?&])(?!(?:ref|version|timeout|submodules|depth)=)([^=&#]+=)?[^&#]+", r"\1\2...", text)


def of_helm(said: str, shown: Showable) -> str:
    """What helm says in one line, as far as it may be shown."""
    around, said = "", said[:LONGEST]
    while found := problem_in(said, HELM_AROUND, shown, start=True):
        around, said = around + found.words, said[found.end :]
    inner = problem_in(said, HELM, shown, start=True)
    return around + (inner.words if inner else HELM_REST)


def of_dependencies(said: str) -> str:
    """Why helm cannot fetch the dependencies of a chart; addresses, which may hold a password, are left out."""
    found = (words for pattern, words in DEPENDENCIES.items() if re.search(pattern, said[:LONGEST]))
    return next(found, "its dependencies cannot be fetched; `helm dependency build` says why")


DEPENDENCIES = {
    r"\Ano repository definition for ": "helm does not know the repository of a dependency; `helm repo add` adds it",
    r"\Athe lock file \((?:Chart|requirements)\.lock\) is out of sync ": "the lock file is out of sync with the "
    "dependencies; `helm dependency update` renews it",
}
"""What `helm dependency build` says (`pkg/downloader/manager.go` in helm/helm)."""


def of_schema(said: str, shown: Showable) -> str:
    """What a schema says of values: each place and what is wrong there, once."""
    lines: dict[str, None] = {}
    for pointer, field, problem in re.findall(VIOLATION, said):
        found = problem_in(problem, SCHEMA, shown, start=True)
        place = "" if field == "(root)" else pointer or f"/{field}".rstrip("/").replace(".", "/")
        words = found.words if found else "it is not as the schema wants it"
        lines[f"at '{shown.part('pointer', place)}': {words}"] = None
    return "; ".join(lines)
