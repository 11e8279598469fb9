"""The shop in `fixtures/demo` has one of each common mistake, and cmlint finds exactly those."""

from __future__ import annotations

import re

from tests.support import picture
from tests.support.command import cmlint
from tests.support.run import ROOT

FOUND = """\
cart.yaml:16:18: warning[mutable-tag] the tag `develop` moves by its name, but nodes pull it only once \
(`IfNotPresent`, the default): a newer push does not arrive
cart.yaml:19:23: error[missing-configmap] nothing defines the ConfigMap `shop-configs`
cart.yaml:25:21: warning[duplicate-env] `SESSION_MINUTES` is set twice
cart.yaml:29:28: error[invalid-pull-policy] `imagePullPolicy` must be `Always`, `IfNotPresent` or `Never`, \
not `ifNotPresent`
catalog.yaml:24:22: error[non-string-env] the value of `PORT` must be a string, but it is a number
catalog.yaml:29:24: error[missing-key] the ConfigMap `catalog-settings` has no key `sortby`
checkout.yaml:19:17: error[malformed-reference] `env[0].valueFrom.configMapKeyref` is not a field that \
Kubernetes knows
checkout.yaml:32:25: error[wrong-namespace] the ConfigMap `payment-gateway` is defined in the namespace \
`payments`, but not in `shop`
checkout.yaml:37:17: error[value-and-value-from] `valueFrom` of `DEBUG` must not be set together with `value`
config.yaml:21:3: warning[renamed-key] YAML reads the key `NO` as a boolean: Kubernetes stores it as `false`
config.yaml:30:14: error[non-string-data] the value of `page_size` must be a string, but it is a number
orders.yaml:27:24: error[missing-secret-key] the Secret `orders-database` has no key `pasword`
orders.yaml:31:21: error[malformed-reference] `volumeMounts[1].name: warehouse` names no volume of this pod
report.yaml:15:22: error[invalid-image] `ghcr.io/example-shop/Report:1.3.0` is not a valid image reference: its \
name `ghcr.io/example-shop/Report` is not in lower case
report.yaml:16:41: warning[undefined-expansion] nothing defines `REPORT_NAME`, so `$(REPORT_NAME)` stays as \
it is written
report.yaml:22:28: warning[optional-missing] the ConfigMap `shop-config` has no optional key `CURENCY`
report.yaml:32:1: error[yaml-syntax] not valid YAML: the line is indented with a tab, and YAML allows only \
spaces there
secrets.yaml:16:14: error[invalid-base64] the value of `api-token` is not valid base64: it is plain text
"""


def test_the_demo_finds_exactly_its_mistakes() -> None:
    done = cmlint(ROOT / "fixtures" / "demo", "check", ".", "--format", "concise", "--quiet")
    assert (done.stdout, done.stderr, done.returncode) == (FOUND, "", 1)


def test_the_readme_shows_what_is_printed() -> None:
    shown = picture.FILE.read_text(encoding="utf-8")
    assert shown == picture.render(), "`make docs` writes it again"
    assert "sort_by" in shown and "http://" not in re.sub('xmlns="[^"]*"', "", shown) and "url(http" not in shown
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert picture.FILE.relative_to(ROOT).as_posix() in readme


def test_the_readme_links_to_pages_that_pypi_can_show() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [link for link in re.findall(r"\]\(([^)]*)\)", readme) if not link.startswith("https://")] == []
