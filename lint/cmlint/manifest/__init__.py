"""Text to documents to facts: the only room that sees YAML."""
