"""Keys that custom resources select, found by the form and the name of the field."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cmlint.config.config import Config
from tests.support.run import concise, lint, write

SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: example}\n"
SETTINGS = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {LEVEL: info}\n"
KEDA, ISSUER = "keda.sh/v1alpha1 TriggerAuthentication", "cert-manager.io/v1 Issuer"
MONITOR, STORE = "monitoring.coreos.com/v1 ServiceMonitor", "external-secrets.io/v1 SecretStore"
ALERTS, SCRAPE = "monitoring.coreos.com/v1alpha1 AlertmanagerConfig", "operator.victoriametrics.com/v1beta1 VMPodScrape"


def found(folder: Path, kind: str, spec: str) -> list[str]:
    """The findings about references in a custom resource beside a Secret and a ConfigMap."""
    api, _, name = kind.partition(" ")
    text = f"apiVersion: {api}\nkind: {name}\nmetadata: {{name: x}}\nspec: {{{spec}}}\n"
    write(folder, {"x.yaml": text, "db.yaml": SECRET, "settings.yaml": SETTINGS})
    return concise(lint(folder, config=Config(select=("references",))))


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        (KEDA, "secretTargetRef: [{parameter: a, name: db, key: KEY}]"),
        (ISSUER, "acme: {solvers: [{dns01: {cloudflare: {apiTokenSecretRef: {name: db, key: KEY}}}}]}"),
        (STORE, "provider: {aws: {auth: {secretRef: {accessKeyIDSecretRef: {name: db, key: KEY}}}}}"),
        (MONITOR, "endpoints: [{bearerTokenSecret: {name: db, key: KEY}}]"),
        (MONITOR, "endpoints: [{tlsConfig: {ca: {secret: {name: db, key: KEY, optional: false}}}}]"),
        (MONITOR, "endpoints: [{basicAuth: {username: {name: db, key: KEY}}}]"),
        (ALERTS, "receivers: [{slackConfigs: [{apiURL: {name: db, key: KEY}}]}]"),
        (SCRAPE, "podMetricsEndpoints: [{basicAuth: {username: {name: db, key: KEY}}}]"),
        (KEDA, "configMapTargetRef: [{parameter: a, name: settings, key: KEY}]"),
        (MONITOR, "endpoints: [{tlsConfig: {ca: {configMap: {name: settings, key: KEY}}}}]"),
    ],
)
def test_a_selected_key_must_be_there(tmp_path: Path, kind: str, spec: str) -> None:
    in_secret = "name: db" in spec
    there, lacking = ("password", "user") if in_secret else ("LEVEL", "HOST")
    rule, of = ("missing-secret-key", "Secret `db`") if in_secret else ("missing-key", "ConfigMap `settings`")
    column = len("spec: {") + spec.index("KEY") + 1
    missing = spec.replace("KEY", lacking)
    assert found(tmp_path, kind, missing) == [f"x.yaml:4:{column}: error[{rule}] the {of} has no key `{lacking}`"]
    assert found(tmp_path, kind, spec.replace("KEY", there)) == []
    assert found(tmp_path, kind, re.sub("name: (db|settings)", "name: other", missing)) == []


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        (ISSUER, "acme: {privateKeySecretRef: {name: db, key: user}}"),
        ("example.com/v1 Database", "outputSecret: {name: db, key: user}"),
        ("example.com/v1 Database", "connectionSecretRef: {name: db, key: user}"),
        ("example.com/v1 Database", "auth: {username: {name: db, key: user}}"),
        ("example.com/v1 Database", "secret: {name: db, key: user, value: x}"),
        (KEDA, "secretTargetRef: [{parameter: a, name: db, key: user, optional: true}]"),
        (MONITOR, "selector: {matchLabels: {name: db, key: user}}"),
        ("monitoring.coreos.com/v1 PrometheusRule", "groups: [{rules: [{labels: {name: db, key: user}}]}]"),
    ],
)
def test_what_is_written_or_something_else_is_no_reference(tmp_path: Path, kind: str, spec: str) -> None:
    assert found(tmp_path, kind, spec) == []
