"""Text -> periods: lengths of time, years, quarters and dates as ISO 8601 or EDTF codes."""

import datetime as dt
import functools
import re
from dataclasses import dataclass, field

import pandas as pd

from analystkit.figures.atoms import NUMBER_WORDS, read_number_words
from analystkit.figures.hedges import words_before
from analystkit.figures.lexicon import listed

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR = r"(?:19|20)\d\d(?!\d|[.,]\d|\s?%)"
_FISCAL = r"(?:fiscal|financial)"
_AMOUNT = rf"\d{{1,3}}(?:\.\d)?|{NUMBER_WORDS}(?:[\s-]and[\s-]a[\s-]half)?"
_NTH = {"first": 1, "1st": 1, "opening": 1, "second": 2, "2nd": 2, "latter": 2, "third": 3, "3rd": 3}
_NTH |= {"fourth": 4, "4th": 4, "final": 4, "last": 4}
_SHIFTS = {"this": 0, "current": 0, "next": 1, "coming": 1, "following": 1}
_SHIFTS |= dict.fromkeys(("last", "past", "previous", "prior", "preceding"), -1)
_SPANS = {  # ISO 8601, how many of it, UCUM
    "decade": ("P{:g}Y", 10, "a"),
    "year": ("P{:g}Y", 1, "a"),
    "quarter": ("P{:g}M", 3, "mo"),
    "month": ("P{:g}M", 1, "mo"),
    "week": ("P{:g}W", 1, "wk"),
    "day": ("P{:g}D", 1, "d"),
    "hour": ("PT{:g}H", 1, "h"),
}
# "2025", "fiscal 2025-26", "the 2010s"; "next year", "this fiscal year"; "year-end".
_YEARLY = (
    # "2024-09" is a month, "2009-12" may be four years.
    r"(?:(?P<iso>\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)|"
    r"20(?:1[2-9]|[2-9]\d)-(?:0[1-9]|1[0-2])(?![\d-]))|"
    rf"(?P<kind>{_FISCAL}\s(?:years?\s)?|fy[\s-]?['’]?|cy['’]?|calendar\s(?:year\s)?)?"
    rf"(?P<year>{_YEAR}|(?:(?<=\b[fc]y)|(?<=\b[fc]y['’\s-])|(?<=\bfy\s['’]))\d\d\b)"
    rf"(?:(?P<plural>s\b)|(?P<gap>\s?[-–—/]\s?)(?:fy)?(?P<later>{_YEAR}|\d\d\b(?![.,]\d|\s?%)))?"
    rf"(?P<late>\s{_FISCAL}\syear)?|"
    rf"(?=fi|{'|'.join(_SHIFTS)})(?:(?P<shift>{'|'.join(_SHIFTS)})\s+)?(?P<own>{_FISCAL}\s)?(?:full\s|calendar\s)?"
    rf"(?P<span>(?(shift)(?:year|quarter|month|decade)|year))\b(?!-end|[’']s\send|\s(?:end\b|ago|earlier))|"
    rf"(?:end\sof\sth(?:e|is)\s(?P<close>year|decade)|(?P<short>year)(?:[-\s]|['’]s\s)end)\b(?!\s{_YEAR}))"
)
_YEARS = re.compile(_YEARLY)
_PART = re.compile(
    rf"(?P<part>(?P<fy>{_FISCAL}\s)?(?:(?P<sign>q[1-4]|[1-4]q|h[12]|[12]h)"
    rf"(?:['’]?(?P<two>\d\d)\b|(?=\s?(?:{_YEAR}|fy))|\b)|"
    rf"(?P<nth>{'|'.join(_NTH)})[\s-](?P<fy2>{_FISCAL}[\s-])?(?P<unit>quarter|half)\b|"
    rf"first\s(?P<months>three|six|nine)\smonths\b|"
    rf"(?:{_MONTH}(?:-|–|\sto\s))?(?P<month>march|june|sept(?:ember)?|dec(?:ember)?)\squarter\b))"
    rf"(?:(?:,?\s+(?:of|in|for)\s+|,?\s+)?(?:(?:the|its|their)\s+)?{_YEARLY})?"
)
_DAY = re.compile(
    rf"(?:(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?({_MONTH})(?:\s+(\d{{1,2}})(?:st|nd|rd|th)?\b"
    rf"(?![.,]\d|\s?%|\s(?:per|pct|[mb]illion|bn)))?(?:,?\s+(?:of\s+)?({_YEAR}|['’]\d\d\b))?"
)
_POINT = r"(?:(?:the\s)?(?:end|middle|start)\sof\s|early\s|late\s|mid-|end-)?"
_UNTIL = rf",?\s(?:period\s)?(?:that\s)?(?:to|through|until|ended|ending|ends)\s(?:in\s|on\s)?{_POINT}"
_LENGTH = re.compile(
    rf"(?:(?:next|past|last|coming|following|previous|prior|first|final|initial)\s+)?"
    rf"(?:({_AMOUNT}|half(?:\san?)?|an?)(?:(?:\s?[-–]\s?(?:to[-\s])?|\s(?:to|or)\s)({_AMOUNT}))?"
    rf"[\s-]{{1,2}}(?:(?:full|whole|more|fiscal|financial|calendar|straight|consecutive)\s)?|full[\s-])?"
    rf"({'|'.join(_SPANS)})s?\b(?!-end)(\sand\sa\shalf\b)?"
    rf"(['’]?[\s-](?:ago|earlier|later|olds?|older|before)\b|\sa\s(?:day|week)\b)?"
    rf"(?={_UNTIL}(?:\d{{1,2}}\s)?({_MONTH}))?"
)
_START = re.compile(
    rf"(?<![\w$£€¥₹.,:/#])(?:\d|(?:{'|'.join({*_SHIFTS, *_NTH} - {'1st', '2nd', '3rd', '4th'})}|initial|"
    rf"q[1-4]|h[12]|{_FISCAL}|calendar|year|quarter|full|half|decade|{NUMBER_WORDS})\b|"
    rf"[fc]y(?=['’\s\d-])|an?\s(?=[fwdymh])|end\sof\sth|({_MONTH}))"
)
_JOINED = re.compile(rf"\s?[-–]\s?|\s(?:to|through|until|till|and)\s{_POINT}")
_ENDED = re.compile(_UNTIL)
# Which side of the day of publication a month without a year lies on
_AHEAD = re.compile(
    r"\b(?:will|would|shall|to be|due|plan\w*|expect\w*|aim\w*|intend\w*|schedul\w*|set to|slated"
    r"|target\w*|forecast\w*)\b"
)
_BACK = re.compile(r"\b(?:was|were|had|rose|fell|grew|sank|slid|cut|lost|sold|bought|made|said|\w{3,}ed)\b")
_ONWARDS = re.compile(r"\s(?:onwards?|and beyond|or later|and after|forward)\b")


@dataclass(slots=True)
class Period:
    """One stretch or point of time; without a code it only keeps its words from being counted."""

    start: int
    end: int
    code: str | None = None
    flags: list[str] = field(default_factory=list)
    sizes: tuple[float, ...] = ()  # of a length: one, or two for a range
    unit: str | None = None
    bare: bool = False  # four digits and no other word


def find_periods(text: str, low: str, published: dt.date | None) -> list[Period]:
    """Return every period of the text in order; those without a code are only set aside.

    Parameters
    ----------
    text, low
        The text, and the same in lower case, character by character.
    published
        Day of publication, by which "this year" is resolved.
    """
    found: list[Period] = []
    last = 0
    for match in _START.finditer(low):
        at = match.start()
        if at < last or (match[1] and not text[at].isupper()):  # "it may", "to march"
            continue
        for pattern, read in _READERS:
            if (words := pattern.match(low, at)) and (period := read(words, low, published)):
                last = period.end
                if not (found and _join(found[-1], period, low)):
                    found.append(period)
                break
    for period in found:
        if _dated(period):
            _open(period, low)
    return found


def _dated(period: Period) -> bool:
    """Whether a period has a place in time, so that "by" and "to" can make an interval of it."""
    return period.code is not None and period.code[0] != "P" and "/" not in period.code


def _join(first: Period, second: Period, low: str) -> bool:
    """Make one period of two: "from January 2022 to June 2023", "three months to December"."""
    gap = low[first.end : second.start]
    if second.bare and first.code and first.code[0] == "F" and gap in (" and ", ", ", " to "):
        second.code = f"FY{second.code}"  # "fiscal 2025 and 2026"
    start, end = first.code or "", second.code or ""
    months = len(first.sizes) == 1 and first.sizes[0] * {"a": 12, "mo": 1}.get(first.unit or "", 0)
    if _ENDED.fullmatch(gap) and end[4:5] == "-" and (months or start[:2] == "FY"):
        if not months:
            first.code, first.flags = "FY" + end[:4].replace("XXXX", ""), []
        elif end[0] != "X":
            last = pd.Period(end[:7], "M")
            first.code = f"{last - int(months) + 1}/{last}"
    elif not (_dated(first) and _dated(second)) or start[0] != end[0] or start >= end > "0" != start[0]:
        return False
    elif _JOINED.fullmatch(gap) and ("and" not in gap or words_before(low, first.start, 1) == ["between"]):
        first.code = f"{start}/{end}"
    else:
        return False
    first.end, first.bare, first.sizes = second.end, False, ()
    first.flags = [*first.flags, *second.flags]
    return True


@functools.cache
def _edges() -> re.Pattern[str]:
    """Return what before a point of time leaves an end open, to be searched up to that point."""
    roles = ("until", "since", "running", "edge")
    until, since, running, edge = ("|".join(map(re.escape, listed("context", role))) for role in roles)
    return re.compile(
        rf"(?<![\w-])(?:(no later than|(?:{until})\b|to(?=\s(?:the\s)?end\b))|(?:{running})\s(to)|({since}))"
        rf"(?:[\s-]+(?:{edge}))*[\s-]+\Z|(?:^|(?<=[.,;:!?)\]]\s)|(?<=[(“\"]))(from)\s\Z"
    )


def _open(period: Period, low: str) -> None:
    """Turn a period behind "by" or "since" into an interval with an open end."""
    onwards = _ONWARDS.match(low, period.end)
    lead = _edges().search(low, max(0, period.start - 60), period.start)
    if lead and lead.lastindex in (1, 2):
        period.code = f"../{period.code}"
    elif lead or onwards:
        period.code = f"{period.code}/.."
        period.end = onwards.end() if onwards else period.end
    if lead:
        period.start = lead.start(lead.lastindex or 0)


def _part(match: re.Match[str], low: str, published: dt.date | None) -> Period | None:
    """Read a quarter, a half or the first months of a year, with the year behind it."""
    sign, nth = match["sign"], match["nth"]
    if sign:
        letter, number = ("Q" if "q" in sign else "H"), int(sign.strip("qh"))
    elif nth:
        letter, number = match["unit"][0].upper(), min(_NTH[nth], 4 if match["unit"] == "quarter" else 2)
    elif match["month"]:
        letter, number = "Q", (_MONTHS.index(match["month"][:3]) + 1) // 3
    else:
        letter, number = {"three": ("Q", 1), "six": ("H", 1), "nine": ("M", 9)}[match["months"]]
    fiscal = "FY" * bool(match["fy"] or match["fy2"])
    year, flags, end = _year_of(match, published, fiscal)
    if match["two"]:
        year, flags, end = f"{fiscal}20{match['two']}", [], match.end("two")
    elif end < 0 or "-" in year or "/" in year:
        end, lead = match.end("part"), set(words_before(low, match.start(), 1))
        if nth == "last":
            return None
        if sign and not lead & {*listed("context", "monthly"), "the"}:
            return Period(match.start(), end)
        month = number * {"Q": 3, "H": 6, "M": 1}[letter]
        year, flags = (
            _now("year", 0, fiscal, published)
            if fiscal
            else _nearest("", month, 15, published, low, match.start())
        )
    code = f"{year}-01/{year}-09" if letter == "M" else f"{year}-{letter}{number}"
    return Period(match.start(), end, code, flags)


def _day(match: re.Match[str], low: str, published: dt.date | None) -> Period | None:
    """Read a day or a month: "24 February 2025", "Feb. 24", "March 2026", "in May"."""
    day, year = match[1] or match[3], re.sub("['’]", "20", match[4] or "")
    lead = words_before(low, match.start(), 1)
    if not (day or year or listed("context", "monthly").keys() & lead) or int(day or 1) not in range(1, 32):
        return None
    month = _MONTHS.index(match[2][:3]) + 1
    year, flags = _nearest(year, month, int(day or 15), published, low, match.start())
    code = f"{year}-{month:02}" + (f"-{int(day):02}" if day else "")
    return Period(match.start(), match.end() - match[0].endswith("."), code, flags)


def _nearest(
    year: str, month: int, day: int, published: dt.date | None, low: str, at: int
) -> tuple[str, list[str]]:
    """Return the printed year, else the one nearest to publication on the side that the words tell of."""
    if year or published is None:
        return year or "XXXX", [] if year else ["year_missing"]
    now = published.year * 12 + published.month + (published.day - day) / 31
    apart = {str(published.year + shift): (published.year + shift) * 12 + month - now for shift in (-1, 0, 1)}
    lead = words_before(low, at, 1)
    clause = re.split(r"[.;]\s", low[max(0, at - 100) : at])[-1] + re.split(r"[.;,]\s", low[at : at + 60])[0]
    ahead = lead in (["by"], ["until"], ["till"], ["next"]) or bool(_AHEAD.search(clause))
    back = lead in (["since"], ["last"]) or (not ahead and bool(_BACK.search(clause)))
    # A month is open to both sides of the day of publication.
    least, most = (-99, 1) if back else (-1, 99) if ahead else (-99, 99)
    fitting = [y for y, months in apart.items() if least <= months <= most]
    return min(fitting, key=lambda y: abs(apart[y])), ["year_assumed"]


def _now(span: str, shift: int, fiscal: str, published: dt.date | None) -> tuple[str, list[str]]:
    """Return this, the next or the last span by the day of publication, and what was guessed."""
    if fiscal:
        flag = "fiscal_year_assumed" if published else "fiscal_year_unresolved"
        return f"FY{published.year + shift if published else ''}", [flag]
    if published is None:
        return {"quarter": "XXXX-QX", "month": "XXXX-XX"}.get(span, "XXXX"), ["year_missing"]
    if span == "decade":
        return f"{published.year // 10}X", []
    return str(pd.Period(published, span[0].upper()) + shift).replace("Q", "-Q"), []


def _year_of(match: re.Match[str], published: dt.date | None, fiscal: str = "") -> tuple[str, list[str], int]:
    """Return code and flags of the year, or years, that a match names, and where they end."""
    if match["iso"]:
        return match["iso"], [], match.end("iso")
    fiscal = fiscal or "FY" * bool(match["own"] or match["late"] or (match["kind"] or "")[:1] == "f")
    if span := match["span"]:
        shift = _SHIFTS[match["shift"] or "this"] * (span == "year" or not fiscal)
        return *_now(span, shift, fiscal, published), match.end("span")
    if match["close"] == "decade" and published:
        return str(published.year // 10 * 10 + 10), ["decade_end"], match.end()
    if match["close"] or match["short"]:
        return *_now("year", 0, "", published), match.end()
    if not match["year"]:
        return "", [], -1
    year = int(f"20{match['year']}"[-4:])
    if match["plural"]:
        return f"{year // 10}X", [], match.end()
    if later := match["later"]:
        until = int(f"{year}"[: -len(later)] + later)
        if until == year + 1 and fiscal:
            return f"FY{until}", [], match.end()  # the Indian FY2025-26
        if until > year:
            return f"{fiscal}{year}/{fiscal}{until}", [], match.end()
    return f"{fiscal}{year}", [], max(match.end("late"), match.end("year"))


def _years(match: re.Match[str], low: str, published: dt.date | None) -> Period | None:
    """Read a year, a decade or an interval of years, fiscal or not; "the past year" is a length."""
    at, shift, the = match.start(), match["shift"], words_before(low, match.start(), 1) == ["the"]
    if not match["own"] and (shift in ("past", "coming") or (the and shift in ("next", "last"))):
        return _lasting(at, match.end(), [1.0], match["span"])
    code, flags, end = _year_of(match, published)
    return Period(at, end, code, flags, bare=match["year"] == low[at:end])


def _length(match: re.Match[str], low: str, published: dt.date | None) -> Period | None:
    """Read a duration: "next three years", "18 months", "a year and a half", "past decade"."""
    first, second, span, half, past, until = match.groups()
    at, end = match.span()
    if first is None and not until and (span != "decade" or match[0].endswith("s")):
        return None
    if past or (first == "one" and span == "day"):
        return Period(at, end)
    if first in ("a", "an") and not half and span != "decade":
        lead = words_before(low, at, 1) or [""]
        if span not in ("year", "month", "week") or lead[0] not in listed("context", "length"):
            return None  # "$5 billion a year" is a rate
    numbers = [number for number in (first or "a", second) if number]
    amounts = [float(n if n[0].isdigit() else read_number_words(n)) for n in numbers]
    return _lasting(at, end, [amount + 0.5 * bool(half) for amount in amounts], span)


def _lasting(at: int, end: int, amounts: list[float], span: str) -> Period:
    code, times, unit = _SPANS[span]
    sizes = tuple(amount * times for amount in amounts)
    if len(sizes) > 1 and sizes[0] >= sizes[1]:
        return Period(at, end)
    # Half a year is six months.
    codes = [f"P{size * 12:g}M" if unit == "a" and size % 1 else code.format(size) for size in sizes]
    return Period(at, end, "/".join(codes), [], sizes, unit)


_READERS = ((_PART, _part), (_DAY, _day), (_LENGTH, _length), (_YEARS, _years))
