"""Digits or words -> the number that they spell."""

from __future__ import annotations

import functools
import re
from decimal import Decimal

_SMALL = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_SMALL += ["eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"]
_SMALL += ["eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORTH = {
    **{word: Decimal(n) for n, word in enumerate(_SMALL, 1)},
    **{word: Decimal(10 * n) for n, word in enumerate(_TENS, 2)},
    "half": Decimal("0.5"),
    "quarter": Decimal("0.25"),
    "½": Decimal("0.5"),
    "¼": Decimal("0.25"),
    "¾": Decimal("0.75"),
}
NUMBER_WORDS = (
    rf"(?:(?:{'|'.join(_TENS)})(?:[-\s](?:{'|'.join(_SMALL[:9])})\b)?|"
    rf"{'|'.join(sorted(_SMALL, key=len, reverse=True))})"
)
_SPACES = re.compile("[ \u00a0\u202f\u2009'’]")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?")
_CONTINENTAL = re.compile(r"\d{1,3}(?:\.\d{3})*,\d{1,2}|\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}")


@functools.lru_cache(maxsize=4096)
def read_digits(printed: str) -> tuple[Decimal, str] | None:
    """Return the value of a number in digits and a flag, or None where it is no number.

    Examples
    --------
    >>> read_digits("1,00,000.5"), read_digits("3.350"), read_digits("3.5.1")
    ((Decimal('100000.5'), ''), (Decimal('3.350'), ''), None)
    >>> read_digits("3,5")
    (Decimal('3.5'), 'decimal_comma')
    """
    plain, flag = _SPACES.sub("", printed.rstrip("½¼¾")), ""
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    elif _CONTINENTAL.fullmatch(plain):
        plain, flag = plain.replace(".", "").replace(",", "."), "decimal_comma"
    # More digits than any amount has, and a leading nought, are telephone numbers and codes.
    if "," in plain or plain.count(".") > 1 or len(plain) > 24 or re.match(r"0\d", plain):
        return None
    return Decimal(plain) + _WORTH.get(printed[-1], 0), flag


@functools.lru_cache(maxsize=1024)
def read_words(words: str) -> Decimal:
    """Return the value of a number in words; an article counts as one.

    Examples
    --------
    >>> [float(read_words(w)) for w in ("two hundred and fifty", "half a", "one and a half", "a")]
    [250.0, 0.5, 1.5, 1.0]
    """
    total = Decimal(0)
    for word in re.split(r"[\s-]+", words):
        if word in ("hundred", "dozen"):
            total = (total or Decimal(1)) * (100 if word == "hundred" else 12)
        else:
            total += _WORTH.get(word, 0)
    return total or Decimal(1)


@functools.lru_cache(maxsize=4096)
def scaled(number: Decimal, power: int, factor: str) -> float:
    """Return number times ten to a power times a factor.

    Examples
    --------
    >>> scaled(Decimal("402.3"), 6, "1")
    402300000.0
    """
    # In decimals, because 402.3 * 1e6 in binary is not always the float nearest to 402,300,000.
    return float(number.scaleb(power) * Decimal(factor))
