"""Manifests of many small shops, so that a graph has as many nodes as a test wants."""

from __future__ import annotations

CONFIG = """\
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: settings-{number}, namespace: team-{space}}}
data: {{LEVEL: info, URL: "http://shop-{number}", page.conf: x}}
---
apiVersion: v1
kind: Secret
metadata: {{name: database-{number}, namespace: team-{space}}}
stringData: {{password: not-a-real-one}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: shop-{number}, namespace: team-{space}}}
spec:
  replicas: 2
  selector: {{matchLabels: {{app: shop-{number}}}}}
  template:
    metadata: {{labels: {{app: shop-{number}}}}}
    spec:
      containers:
      - name: web
        image: registry.example.com/shop:1.2.{number}
        envFrom: [{{configMapRef: {{name: settings-{number}}}}}, {{configMapRef: {{name: settings-{other}}}}}]
        env:
        - {{name: LEVEL, valueFrom: {{configMapKeyRef: {{name: settings-{number}, key: {key}}}}}}}
        - {{name: PASSWORD, valueFrom: {{secretKeyRef: {{name: database-{number}, key: password}}}}}}
        volumeMounts: [{{name: v, mountPath: /etc/shop}}]
      volumes: [{{name: v, configMap: {{name: settings-{number}, items: [{{key: page.conf, path: page.conf}}]}}}}]
"""
EACH = 8
"""The nodes of one shop."""


def shops(nodes: int, spaces: int = 12, wrong: int = 20) -> str:
    """Shops with about so many nodes, in some namespaces; every `wrong`-th one misspells a key."""
    texts: list[str] = []
    number = nodes // EACH
    for i in range(number):
        other = (i + spaces) % number if number > spaces else i
        other = other if other % spaces == i % spaces else i
        key = "LEVLE" if i % wrong == wrong - 1 else "LEVEL"
        texts.append(CONFIG.format(number=i, space=i % spaces, other=other, key=key))
    return "".join(texts)
