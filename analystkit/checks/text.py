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


def texts(evidence: Evidence) -> Iterator[Finding]:
    """R16 and R11: what a reader of the raw text should know before trusting it, and totals that do not add up."""
    # The user's own copy where there is one, else the digest.
    for name, text in (evidence.dossier.texts | evidence.dossier.originals).items():
        for what, found, place in _faults(text):
            yield finding("text", document_id=name, what=what, found=found, place=place)
        for parts, whole in _totals(text):
            added = sum(part.value for part in parts)
            slack = half_units(pd.DataFrame([*parts, whole])).sum() + 1e-9
            if abs(added - whole.value) > slack:
                listed = " + ".join(f'"{part.quote}"' for part in parts)
                total = amount(added, whole.unit if isinstance(whole.unit, str) else "")
                more = {"document_id": name, "quote": whole.quote, "ratio": added / whole.value}
                yield finding("total", parts=listed, total=total, **more)


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


def _totals(text: str) -> Iterator[tuple[list[Any], Any]]:
    """Yield the parts and the total of each sentence that prints a total after its parts."""
    money = [f for f in figures_of(text) if f.kind == "money" and pd.notna(f.value) and pd.isna(f.converts)]
    for sentence in sentences(text).itertuples():
        inside = [f for f in money if sentence.start <= f.start and f.end <= sentence.end]
        for place in range(2, len(inside)):
            parts, whole = inside[:place], inside[place]
            led = _TOTAL.search(text[parts[-1].end : whole.start])
            partial = _PARTIAL.search(text[parts[0].start : whole.start])
            if led and not partial and {str(part.unit) for part in parts} == {str(whole.unit)}:
                yield parts, whole
