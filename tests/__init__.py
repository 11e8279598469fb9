"""The tests of cmlint."""
