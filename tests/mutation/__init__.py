"""One mistake at a time, put into bundles that have none, wherever it can be made."""
