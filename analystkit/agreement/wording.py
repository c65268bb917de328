"""Statements in words, for messages that a person understands without the code."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from analystkit.schemas.tables import read_words

SCALES = {3: "thousand", 6: "million", 9: "billion", 12: "trillion"}
BOUNDS = {"more_than": "more than", "at_least": "at least", "less_than": "less than", "at_most": "at most"}
BOUNDS |= {"approximately": "about"}


@functools.cache
def reasons_in_words() -> dict[str, tuple[str, str]]:
    """Return, for each reason of `relation`, what to say of it, and how it excuses figures that are apart."""
    table = read_words("agreement_reasons.csv")
    return {row.reason: (row.note, row.excuse) for row in table.itertuples()}


def amount(value: float, unit: str = "") -> str:
    """Return a figure as a person would write it.

    Examples
    --------
    >>> amount(5.244e10, "USD"), amount(3.0, "percent"), amount(80.0, "USD")
    ('52.44 billion USD', '3 percent', '80 USD')
    """
    power = next((p for p in (12, 9, 6) if abs(value) >= 10.0**p), 0)
    number = np.format_float_positional(float(f"{value / 10.0**power:.4g}"), trim="-")
    return " ".join(word for word in (number, SCALES.get(power, ""), unit) if word)


def span(row: Any) -> str:
    """Return the ends of a statement's interval in words, an open end left out."""
    low, high = (amount(end) if np.isfinite(end) else "" for end in (row.low, row.high))
    return f"{low}{' to ' if low and high else ''}{high} {row.unit}".rstrip()


def shown(row: Any) -> str:
    """Return what a statement says: its quote, or its figure, or its wording, with the hedge it carries."""
    if row.kind == "words":
        return f'"{row.quote or row.statement}"'
    figure = amount(row.value, row.unit) if np.isfinite(row.value) else span(row)
    words = f'"{row.quote}"' if row.quote else figure
    return f"{BOUNDS[row.bound]} {words}" if row.bound in BOUNDS else words


def told(row: Any) -> str:
    """Return who says it, as the messages name it: the document, and the speaker where there is one."""
    if row.speaker_kind in ("narrator", "") or not row.speaker:
        return str(row.document_id)
    return f"{row.document_id} ({row.speaker.replace(';', ' and ')})"


def percent_apart(one: float, other: float) -> str:
    """Return by how much the larger figure exceeds the smaller one.

    Examples
    --------
    >>> percent_apart(7.25, 7.17), percent_apart(1.0, 5.0)
    ('1.1 % apart', '5 times apart')
    """
    small, large = sorted((abs(one), abs(other)))
    if small == 0:
        return "apart"
    if large >= 2 * small:
        return f"{large / small:.3g} times apart"
    return f"{(large / small - 1) * 100:.1f} % apart"


def period_in_words(period: str) -> str:
    """Return a period as a person would say it.

    Examples
    --------
    >>> period_in_words("P3Y"), period_in_words("FY2025"), period_in_words("../2030"), period_in_words("2025/2029")
    ('3 years', 'fiscal year 2025', 'by 2030', '2025 to 2029')
    """
    if period[:1] == "P":
        unit = {"Y": "year", "M": "month", "W": "week", "D": "day"}[period[-1]]
        return f"{period[1:-1]} {unit}" + "s" * (period[1:-1] != "1")
    first, _, last = period.replace("FY", "fiscal year ").strip().partition("/")
    if not last:
        return first
    return f"by {last}" if first == ".." else f"since {first}" if last == ".." else f"{first} to {last}"
