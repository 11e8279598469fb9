"""Finds the ConfigMap, Secret and environment mistakes that Kubernetes only reveals when a pod starts."""

__version__ = "0.1.0"
