"""The texts themselves: stray letters, advertisements, weekdays that do not fit, totals that do not add up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from analystkit.agreement.wording import amount
from analystkit.checks.figures import figures_of
from analystkit.checks.findings import Evidence, Finding, finding
from analystkit.documents import sentences
from analystkit.intervals import half_units

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATED = re.compile(
    rf"\b((?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day),? (?:(?P<d1>\d{{1,2}}) (?P<m1>{_MONTHS})|(?P<m2>{_MONTHS})"
    r" (?P<d2>\d{1,2})),? (?P<y>\d{4})\b"
)
# A replacement mark, bytes read in the wrong coding, or one Greek or Cyrillic letter alone among Latin words.
_STRAY = re.compile(
    "\ufffd|\u00e2\u20ac.|\u00c3[\u0080-\u00bf]|(?<=[a-zA-Z,)] )[\u0370-\u04ff](?= [a-zA-Z(])"
)
_TOTAL = re.compile(
    r"(?i)\b(?:(?:combined )?total(?:l?ing|s|led)?(?: of)?|combined|sum of|altogether|all told|in all|adds? up to)"
    r"(?: (?:about|around|roughly|nearly|some|to|of))*,?\s*$"
)
_PARTIAL = re.compile(r"(?i)\b(?:includ|among|such as|of which|part of)")


def lint(evidence: Evidence) -> Iterator[Finding]:
    """R16: what a reader of the raw text should know before trusting it."""
    for name, text in evidence.documents_text.items():
        for what, found, place in _faults(text):
            yield finding("text", document_id=name, what=what, found=found, place=place)


def _faults(text: str) -> Iterator[tuple[str, str, int]]:
    if text[:1].isspace():
        yield "the text begins with white space", text[: len(text) - len(text.lstrip())], 0
    for match in _STRAY.finditer(text):
        yield "a letter that does not belong there", match[0], match.start()
    lines = sentences(text)
    advertising = lines[lines["is_boilerplate"]]
    if len(advertising):
        first = advertising.iloc[0]
        yield "advertising or navigation begins", " ".join(first["text"].split()[:8]), int(first["start"])
    for match in _DATED.finditer(text):
        written = f"{match['d1'] or match['d2']} {match['m1'] or match['m2']} {match['y']}"
        day = pd.to_datetime(written, format="%d %B %Y", errors="coerce")
        if pd.isna(day) or day.day_name() != match[1]:
            yield "a weekday that does not fit its date", match[0], match.start()


def sums(evidence: Evidence) -> Iterator[Finding]:
    """R11: a total in a sentence against the parts printed before it in that sentence."""
    for name, text in evidence.documents_text.items():
        money = [
            f for f in figures_of(text) if f.kind == "money" and pd.notna(f.value) and pd.isna(f.converts)
        ]
        for sentence in sentences(text).itertuples() if len(money) > 2 else ():
            inside = [f for f in money if sentence.start <= f.start and f.end <= sentence.end]
            for place in range(2, len(inside)):
                yield from _total(name, text, inside[:place], inside[place])


def _total(name: str, text: str, parts: list[Any], whole: Any) -> Iterator[Finding]:
    led = _TOTAL.search(text[parts[-1].end : whole.start])
    partial = _PARTIAL.search(text[parts[0].start : whole.start])
    if not led or partial or {str(part.unit) for part in parts} != {str(whole.unit)}:
        return
    unit = whole.unit if isinstance(whole.unit, str) else ""
    added = sum(part.value for part in parts)
    slack = half_units(pd.DataFrame([*parts, whole])).sum() + 1e-9
    if abs(added - whole.value) > slack:
        listed = " + ".join(f'"{part.quote}"' for part in parts)
        more = {"document_id": name, "quote": whole.quote, "ratio": added / whole.value}
        yield finding("total", parts=listed, total=amount(added, unit), **more)
