"""cmlint's own rules: one module and one page each, in a folder for each family."""
