"""Amounts in several currencies -> which one restates which, and which country's money is meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analystkit.figures.lexicon import lexicon

if TYPE_CHECKING:
    from analystkit.figures.assembly import Figure

_OPENING = re.compile(
    r"[^.;!?()\[\]\n]{0,60}?\s?[(\[]((?:[a-z.~]+\s){0,4})~?|"
    r",?\s((?:or|(?:the )?equivalent (?:to|of)|worth)\s(?:[a-z]+\s){0,3})|\s?[—–/]\s?(or\s(?:[a-z]+\s){0,2})"
)
_AGAIN = re.compile(r"(?:\s?[,;/]\s?|\sor\s|,\sor\s)(?:(?:about|around|roughly)\s)?")
_CLOSING = re.compile(r"\s?[),;/\]—–]|\s(?:at|or|and|equivalent|per|a|each|apiece)\b|\.?$|\.\s")
_LIST = re.compile(r",?\s(?:and|or)\s")


def pair_conversions(figures: list[Figure], low: str) -> None:
    """Point every restatement in another currency to the amount that it restates.

    Parameters
    ----------
    figures
        All figures of the text in order; `converts` and `flags` are filled in.
    low
        The text in lower case.
    """
    money = [n for n, figure in enumerate(figures) if figure.kind == "money"]
    for place, n in enumerate(money[1:], 1):
        figure, original = figures[n], figures[money[place - 1]]
        gap = low[original.end : figure.start]
        if "=" in gap and len(gap) <= 4:
            original.converts = None
            original.flags.append("exchange_rate")
            figure.flags.append("exchange_rate")
        elif len(gap) > 100 or figure.unit == original.unit:
            continue
        elif original.converts is not None and _AGAIN.fullmatch(gap):
            figure.converts = original.converts
        elif _restates(gap, low, figure.end):
            figure.converts = money[place - 1]
            _pair_list(figures, money, place, low)


def _restates(gap: str, low: str, end: int) -> bool:
    opening = _OPENING.fullmatch(gap)
    if opening is None or not _CLOSING.match(low, end):
        return False
    words = " ".join(group for group in opening.groups() if group).split()
    return lexicon().roles["converting"].issuperset(words)


def _pair_list(figures: list[Figure], money: list[int], place: int, low: str) -> None:
    """In "10 and 20 billion yuan ($1.4 billion and $2.8 billion)" the first restates the first."""
    if place < 2 or place + 1 >= len(money):
        return
    older, old, new, newer = (figures[money[place + step]] for step in (-2, -1, 0, 1))
    joined = all(_LIST.fullmatch(low[one.end : other.start]) for one, other in ((older, old), (new, newer)))
    if joined and older.unit == old.unit and new.unit == newer.unit:
        new.converts, newer.converts = money[place - 2], money[place - 1]


def settle_currencies(figures: list[Figure], low: str) -> None:
    """Settle signs and names of several currencies by the country that the text speaks of."""
    settled: dict[str, str | None] = {}
    table = lexicon().ambiguous
    for figure in figures:
        if "currency_ambiguous" not in figure.flags:
            continue
        quote = low[figure.start : figure.end]
        form = next((form for form in table if form in quote), "")
        if form and form not in settled:
            codes = {code for word, code in table[form].items() if word in low}
            settled[form] = codes.pop() if len(codes) == 1 else None
        if settled.get(form):
            figure.unit = settled[form]
            figure.flags[figure.flags.index("currency_ambiguous")] = "currency_assumed"
