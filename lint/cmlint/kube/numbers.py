"""Numbers of values as helm writes them: as floating point, whatever they are in the file."""

from __future__ import annotations

import re

NUMBER = r"\d{1,100}(?:\.\d{1,100})?"
EXPONENT = r"\d(?:\.\d{1,100})?e\+\d\d"


def exponents_in(text: str) -> list[str]:
    """The numbers in a text that have an exponent, as Go writes large ones."""
    return re.findall(rf"(?<![\w.+-]){EXPONENT}(?![\w.])", text)


def numbers_in(text: str) -> list[str]:
    """All numbers in a text, those with an exponent included."""
    return re.findall(rf"(?<![\w.+-])(?:{EXPONENT}|{NUMBER})(?![\w.])", text)


def is_rewritten(written: str, text: str) -> bool:
    """Whether a text is another form of a number that is written in values.

    Helm reads numbers as floating point: `1.10` becomes `1.1`, and 1000000 becomes `1e+06` (helm/helm#3246, #12195).
    """
    numbers = re.fullmatch(NUMBER, written) and re.fullmatch(rf"{NUMBER}|{EXPONENT}", text)
    return bool(numbers) and written != text and float(written) == float(text)
