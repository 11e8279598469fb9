"""A running cluster: reached as the Kubernetes client does it, listed page by page, kept as facts without values."""
