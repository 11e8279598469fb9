"""Where manifests come from: texts, grouped in bundles."""
