"""Statements in words, for messages that a person understands without the code."""

from __future__ import annotations

from typing import Any

import numpy as np

SCALES = {3: "thousand", 6: "million", 9: "billion", 12: "trillion"}


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
    hedge = {"approximately": "about", "exact": "", "range": ""}.get(row.bound, row.bound.replace("_", " "))
    return f"{hedge} {words}".lstrip()


def told(row: Any) -> str:
    """Return who says it, as the messages name it: the document, and the speaker where there is one."""
    if row.speaker_kind in ("narrator", "") or not row.speaker:
        return str(row.document_id)
    return f"{row.document_id} ({row.speaker.replace(';', ' and ')})"


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
