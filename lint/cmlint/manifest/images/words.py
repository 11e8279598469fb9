"""The words of a text, by which a few programs are found in it without a search for each of them."""

from __future__ import annotations

from functools import lru_cache

_MARKS = b"\"'`()[]{}<>|&;,@!=+*/\\%?^~#_$:"
BETWEEN = bytes.maketrans(_MARKS, b" " * len(_MARKS))
"""What is between words in commands; a program may have any of these before it."""


@lru_cache(maxsize=1)
def words_of(text: str) -> frozenset[str]:
    """The words of a text, each once. Bytes are translated several times faster than characters."""
    return frozenset(text.encode(errors="surrogatepass").translate(BETWEEN).decode(errors="surrogatepass").split())
