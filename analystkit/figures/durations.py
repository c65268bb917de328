"""Text -> lengths of time: "next three years", "18 months", "past decade"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analystkit.figures.hedges import words_before
from analystkit.figures.lexicon import lexicon
from analystkit.figures.numbers import NUMBER_WORDS, read_words

_SPANS = {  # letter of ISO 8601, how many of it, UCUM
    "decade": ("Y", 10, "a"),
    "year": ("Y", 1, "a"),
    "quarter": ("M", 3, "mo"),
    "month": ("M", 1, "mo"),
    "week": ("W", 1, "wk"),
    "day": ("D", 1, "d"),
    "hour": ("H", 1, "h"),
    "minute": ("M", 1, "min"),
}
AMOUNT = rf"\d{{1,3}}(?:\.\d)?|{NUMBER_WORDS}(?:[\s-]and[\s-]a[\s-]half)?"

_LENGTH = re.compile(
    rf"(?:(?:next|past|last|coming|following|previous|prior|first|final|initial)\s+)?"
    rf"(?:({AMOUNT}|half(?:\san?)?|an?)(?:(?:\s?[-–]\s?(?:to[-\s])?|\s(?:to|or)\s)({AMOUNT}))?"
    rf"[\s-]{{1,2}}(?:(?:full|whole|more|fiscal|financial|calendar|straight|consecutive)\s)?)?"
    rf"({'|'.join(_SPANS)})s?\b(?!-end)(\sand\sa\shalf\b)?"
    rf"(['’]?[\s-](?:ago|earlier|later|olds?|older|before)\b|\sa\s(?:day|week)\b)?"
)
_TENOR = re.compile(r"\s(?:u\.?s\.?\s|government\s)?(?:treasur|gilt|bund|yield|bond|note|jgb)")


@dataclass(slots=True)
class Period:
    """One stretch or point of time; without a code it only keeps its words from being counted."""

    start: int
    end: int
    code: str | None = None
    flags: tuple[str, ...] = ()
    sizes: tuple[float, ...] = ()  # of a length: one, or two for a range
    unit: str | None = None
    bare: bool = False  # four digits and no other word

    @property
    def dated(self) -> bool:
        """Whether it has a place in time, so that "by" and "to" can make an interval of it."""
        return self.code is not None and self.code[0] != "P" and "/" not in self.code


def read_length(low: str, at: int, published: object = None) -> Period | None:
    """Read a duration: "next three years", "18 months", "a year and a half", "past decade"."""
    match = _LENGTH.match(low, at)
    if match is None:
        return None
    first, second, span, half, past = match.groups()
    if first is None and (span != "decade" or match[0].endswith("s")):
        return None
    if past or (first == "one" and span in ("day", "minute")):
        return Period(at, match.end())
    if first in ("a", "an") and not half and span != "decade":
        words = words_before(low, at, 1)
        if span not in ("year", "month", "week") or not lexicon().roles["length"].issuperset(words or "-"):
            return None  # "$5 billion a year" is a rate
    amounts = [read_amount(number) for number in (first or "a", second) if number]
    if half:
        amounts[-1] += 0.5
    flags = ("tenor",) if _TENOR.match(low, match.end()) else ()
    return lasting(at, match.end(), amounts, span, flags)


def read_amount(number: str) -> float:
    return float(number) if number[0].isdigit() else float(read_words(number))


def lasting(at: int, end: int, amounts: list[float], span: str, flags: tuple[str, ...] = ()) -> Period:
    letter, times, unit = _SPANS[span]
    sizes = tuple(amount * times for amount in amounts)
    if len(sizes) > 1 and sizes[0] >= sizes[1]:
        return Period(at, end)
    codes = []
    for size in sizes:
        whole = size == int(size) or letter != "Y"
        codes.append(
            f"P{'T' * (unit in ('h', 'min'))}{size if whole else size * 12:g}{letter if whole else 'M'}"
        )
    return Period(at, end, "/".join(codes), flags, sizes, unit)
