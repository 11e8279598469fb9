"""A running cluster: connected to as the Kubernetes client does it, listed page by page, kept as facts without values."""
