"""Text -> periods: durations, years, quarters and dates as ISO 8601 or EDTF codes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from analystkit.figures.durations import AMOUNT, Period, lasting, read_amount, read_length
from analystkit.figures.hedges import words_before
from analystkit.figures.lexicon import lexicon
from analystkit.figures.numbers import NUMBER_WORDS

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR = r"(?:19|20)\d\d(?!\d|[.,]\d|\s?%)"
_PARTS = {"first": 1, "1st": 1, "opening": 1, "second": 2, "2nd": 2, "latter": 2, "third": 3, "3rd": 3}
_PARTS |= {"fourth": 4, "4th": 4, "final": 4, "last": 4}
_SHIFTS = {"this": 0, "current": 0, "next": 1, "coming": 1, "following": 1}
_SHIFTS |= dict.fromkeys(("last", "past", "previous", "prior", "preceding"), -1)
_DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)")
_DAY = re.compile(
    rf"(?:(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?({_MONTH})(?:\s+(\d{{1,2}})(?:st|nd|rd|th)?\b"
    rf"(?![.,]\d|\s?%|\s(?:per|pct|[mb]illion|bn)))?(?:,?\s+(?:of\s+)?({_YEAR}|['’]\d\d\b))?"
)
_ENDED = re.compile(
    rf"(?:({AMOUNT})[\s-]months?|(full[\s-]|half[\s-]|fiscal\s|financial\s)?(year|quarter))"
    rf"(?:\speriod)?,?\s(?:that\s)?(?:to|through|until|ended|ending|ends)\s(?:in\s|on\s)?"
    rf"(?:the\send\sof\s|end-|late\s)?(?:\d{{1,2}}\s)?({_MONTH})(?:\s\d{{1,2}}\b)?(?:,?\s({_YEAR}))?"
)
_PART = re.compile(
    rf"(?P<fy>(?:fiscal|financial)\s)?(?:(?P<sign>[qh][1-4]|[1-4][qh])"
    rf"(?:['’]?(?P<short>\d\d)\b|(?=\s?(?:{_YEAR}|fy))|\b)|"
    rf"(?P<nth>{'|'.join(_PARTS)})[\s-](?P<fy2>(?:fiscal|financial)[\s-])?(?P<unit>quarter|half)\b|"
    rf"first\s(?P<months>three|six|nine)\smonths\b|first\s(?P<three>three)\squarters\b|"
    rf"(?:{_MONTH}(?:-|–|\sto\s))?(?P<month>march|june|sept(?:ember)?|dec(?:ember)?)\squarter\b)"
)
_OF = re.compile(r"(?:,?\s+(?:of|in|for)\s+|,?\s+)?(?:(?:the|its|their)\s+)?")
_FISCAL = r"(?:fiscal|financial)"
_YEARS = re.compile(
    rf"({_FISCAL}\syears?\s|{_FISCAL}\s|fy[\s-]?['’]?|cy['’]?|calendar\s(?:year\s)?)?"
    rf"({_YEAR}|(?:(?<=\b[fc]y)|(?<=\b[fc]y['’\s-])|(?<=\bfy\s['’]))\d\d\b)"
    rf"(?:(\s?[-–—/]\s?(?:fy)?|\s(?:to|through|until|till|and)\s(?:fiscal\s|fy)?)"
    rf"({_YEAR}|\d\d\b(?![.,]\d|\s?%)))?(\s{_FISCAL}\syear)?"
)
_RELATIVE = re.compile(
    rf"({'|'.join(_SHIFTS)})\s+({_FISCAL}\s)?(?:full\s|calendar\s)?(year|quarter|month)\b(?![-’'](?:s\s)?end)"
)
_ITS_YEAR = re.compile(rf"({_FISCAL}\s)?year\b(?!-|\s(?:to|end|ago|earlier))")
_CLOSE = re.compile(rf"(?:end\sof\sth(?:e|is)\s(year|decade)\b|year[-\s]end\b|year['’]s\send\b)(?!\s{_YEAR})")
_THIS_DECADE = re.compile(r"(?:this|current)\sdecade\b")
_START = re.compile(
    r"(?<![\w$£€¥₹.,:/#])(?:(\d)|(next|past|last|coming|following|previous|prior|first|final|initial|"
    r"this|current|preceding)\b|((?:second|third|fourth|latter|opening|q[1-4]|h[12])\b)|"
    rf"((?:fy|cy)(?=['’\s\d-])|{_FISCAL}\b|calendar\b)|((?:year|quarter)\b)|"
    rf"(an?\s(?=[fwdymh])|half|end\sof\sth|decade)|({_MONTH})|({NUMBER_WORDS})\b)"
)
_JOINED = re.compile(
    r"\s?[-–]\s?|\s(?:to|through|until|till|and)\s"
    r"(?:(?:the\s)?(?:end|middle|start)\sof\s|early\s|late\s|mid-|end-)?"
)
_ONWARDS = re.compile(r"\s(?:onwards?|and beyond|or later|and after|forward)\b")


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
        at, group = match.start(), match.lastindex or 1
        if at < last or (group == 7 and not text[at].isupper()):  # "it may", "to march"
            continue
        for read in _READERS[group]:
            period = read(low, at, published)
            if period is not None:
                last = period.end
                if not (found and _join(found[-1], period, low)):
                    found.append(period)
                break
    for period in found:
        if period.dated:
            _open(period, low)
    return found


def _join(first: Period, second: Period, low: str) -> bool:
    """Make one interval of two points of time: "from January 2022 to June 2023"."""
    gap = low[first.end : second.start]
    start, end = first.code or "", second.code or ""
    if second.bare and start.startswith("FY") and gap in (" and ", ", "):
        second.code = f"FY{end}"  # "fiscal 2025 and 2026"
        return False
    if not (first.dated and second.dated) or start[0] != end[0] or start >= end > "0" != start[0]:
        return False
    if not _JOINED.fullmatch(gap) or ("and" in gap and words_before(low, first.start, 1) != ["between"]):
        return False
    first.code, first.end, first.bare = f"{start}/{end}", second.end, False
    first.flags = tuple(dict.fromkeys((*first.flags, *second.flags)))
    return True


def _open(period: Period, low: str) -> None:
    """Turn a period behind "by" or "since" into an interval with an open end."""
    roles = lexicon().roles
    words = words_before(low, period.start, 7)
    left = len(words)
    while left and words[left - 1] in roles["edge"]:
        left -= 1
    word = words[left - 1] if left else ""
    onwards = _ONWARDS.match(low, period.end)
    if words[max(0, left - 3) : left] == ["no", "later", "than"]:
        word = "no later than"
    before = word in roles["until"] or word == "no later than"
    ends = (left > 1 and words[left - 2] in roles["running"]) or "end" in words[left:]
    if before or (word == "to" and ends):
        period.code = f"../{period.code}"
    elif word in roles["since"]:
        period.code = f"{period.code}/.."
    elif onwards or words == ["from"]:
        period.code = f"{period.code}/.."
        period.end = onwards.end() if onwards else period.end
        word = "from" if words == ["from"] else ""
    else:
        return
    if word:
        period.start = low.rfind(word, 0, period.start)


def _date(low: str, at: int, published: dt.date | None) -> Period | None:
    match = _DATE.match(low, at)
    return match and Period(at, match.end(), match[0])


def _month(low: str, at: int, published: dt.date | None) -> Period | None:
    """Read a day or a month: "24 February 2025", "Feb. 24", "March 2026", "in May"."""
    match = _DAY.match(low, at)
    if match is None:
        return None
    day = match[1] or match[3]
    if day is None and match[4] is None:
        words = words_before(low, at, 1)
        if not words or words[0] not in lexicon().roles["monthly"]:
            return None
    if day and not 1 <= int(day) <= 31:
        return None
    month = _MONTHS.index(match[2][:3]) + 1
    printed = match[4] and f"20{match[4][1:]}" if (match[4] or "")[:1] in "'’" else match[4]
    year, flags = _nearest(printed, month, int(day or 15), published)
    end = match.end() - (match[0][-1] == ".")
    return Period(at, end, f"{year}-{month:02}" + (f"-{int(day):02}" if day else ""), flags)


def _nearest(
    year: str | None, month: int, day: int, published: dt.date | None
) -> tuple[str, tuple[str, ...]]:
    """Return the printed year, else the one that puts the day nearest to publication."""
    if year:
        return year, ()
    if published is None:
        return "XXXX", ("year_missing",)
    now = published.year * 12 + published.month + (published.day - day) / 31
    years = (published.year + shift for shift in (-1, 0, 1))
    return str(min(years, key=lambda year: abs(year * 12 + month - now))), ("year_assumed",)


def _ended(low: str, at: int, published: dt.date | None) -> Period | None:
    """Read the months up to one: "three months to December", "fiscal year ending June 2025"."""
    match = _ENDED.match(low, at)
    if match is None:
        return None
    number, kind, span, name, printed = match.groups()
    months = int(read_amount(number)) if number else {"year": 12, "quarter": 3}[span]
    months = 6 if kind and kind.startswith("half") else months
    month = _MONTHS.index(name[:3]) + 1
    year, flags = _nearest(printed, month, 28, published)
    end = match.end() - (match[0][-1] == ".")
    if kind and kind[:2] == "fi" and span == "year":
        return Period(at, end, f"FY{year.replace('X', '')}", flags)
    if year == "XXXX":
        return Period(at, end, "P1Y" if months == 12 else f"P{months}M", flags)
    first = int(year) * 12 + month - months
    return Period(at, end, f"{first // 12}-{first % 12 + 1:02}/{year}-{month:02}", flags)


def _part(low: str, at: int, published: dt.date | None) -> Period | None:
    """Read a quarter, a half or the first months of a year, with the year behind it."""
    match = _PART.match(low, at)
    if match is None:
        return None
    if sign := match["sign"]:
        letter = "Q" if "q" in sign else "H"
        number = int(sign.strip("qh"))
    elif match["nth"]:
        letter, number = match["unit"][0].upper(), _PARTS[match["nth"]]
        number = min(number, 2) if match["nth"] in ("final", "last") and letter == "H" else number
    elif match["month"]:
        letter, number = "Q", (_MONTHS.index(match["month"][:3]) + 1) // 3
    else:
        letter, number = {"three": ("Q", 1), "six": ("H", 2)}.get(match["months"], ("M", 9))
        number = 1 if letter == "H" else number
    if letter == "H" and number > 2:
        return None
    end = match.end()
    prefix, year = "FY" * bool(match["fy"] or match["fy2"]), ""
    flags: tuple[str, ...] = ()
    if match["short"]:
        year = f"20{match['short']}"
    else:
        of = _of_year(low, end, prefix, published)
        if of is None and (
            match["nth"] == "last"
            or (sign and not set(words_before(low, at, 1)) & (lexicon().roles["monthly"] | {"the"}))
        ):
            return None if match["nth"] else Period(at, end)
        if of is not None:
            prefix, year, flags, end = of
        elif prefix:
            year, flags = _this_year(0, prefix, published)
        else:
            year, flags = _nearest(None, number * {"Q": 3, "H": 6, "M": 1}[letter], 15, published)
    year = prefix + year
    code = f"{year}-01/{year}-09" if letter == "M" else f"{year}-{letter}{number}"
    return Period(at, end, code, flags)


def _of_year(
    low: str, at: int, prefix: str, published: dt.date | None
) -> tuple[str, str, tuple[str, ...], int] | None:
    """Return prefix, year, flags and end of the year that follows a quarter, None where none does."""
    at = _OF.match(low, at).end()  # type: ignore[union-attr]
    if match := _YEARS.match(low, at):
        kind, printed, gap, later, late = match.groups()
        prefix = "FY" * bool(prefix or (kind or "")[:1] == "f" or late)
        printed = f"20{printed}"[-4:]
        if later and prefix and len(later) == 2 and gap.strip() in "-–/":
            return prefix, str(int(printed) + 1), (), match.end(4)  # the Indian FY2025-26
        return prefix, printed, (), match.end(5) if late else match.end(2)
    match = _RELATIVE.match(low, at)
    if match and match[3] == "year":
        prefix = "FY" * bool(prefix or match[2])
        return prefix, *_this_year(_SHIFTS[match[1]], prefix, published), match.end()
    match = _ITS_YEAR.match(low, at)
    if match and match[1]:
        return "FY", *_this_year(0, "FY", published), match.end()
    return None


def _this_year(shift: int, prefix: str, published: dt.date | None) -> tuple[str, tuple[str, ...]]:
    """Return this, the next or the last year by the day of publication, and what was guessed."""
    if published is not None:
        return str(published.year + shift), ("fiscal_year_assumed",) if prefix else ()
    return ("", ("fiscal_year_unresolved",)) if prefix else ("XXXX", ("year_missing",))


def _relative(low: str, at: int, published: dt.date | None) -> Period | None:
    """Read this, the next or the last year, quarter or month, fiscal or not."""
    match = _RELATIVE.match(low, at)
    if match is None:
        return None
    shift, fiscal, span = _SHIFTS[match[1]], match[2], match[3]
    if fiscal and (ended := _ended(low, match.start(2), published)):
        ended.start = at
        return ended
    lengthy = match[1] in ("next", "last") and words_before(low, at, 1) == ["the"]
    if not fiscal and (lengthy or match[1] in ("past", "coming")):
        return lasting(at, match.end(), [1.0], span)  # "over the past year"
    if span == "year" or fiscal:
        prefix = "FY" * bool(fiscal)
        year, flags = _this_year(shift if span == "year" else 0, prefix, published)
        return Period(at, match.end(), prefix + year, flags)
    if published is None:
        return Period(at, match.end(), f"XXXX-{'QX' if span == 'quarter' else 'XX'}", ("year_missing",))
    months = 3 if span == "quarter" else 1
    count = (published.year * 12 + published.month - 1) // months + shift
    now, place = divmod(count, 12 // months)
    return Period(at, match.end(), f"{now}-Q{place + 1}" if months == 3 else f"{now}-{place + 1:02}")


def _year(low: str, at: int, published: dt.date | None) -> Period | None:
    """Read a year, a decade or an interval of years, fiscal or not."""
    match = _YEARS.match(low, at)
    if match is None:
        its = _ITS_YEAR.match(low, at)
        if its is None or not its[1]:
            return None
        this, flags = _this_year(0, "FY", published)
        return Period(at, its.end(), f"FY{this}", flags)
    kind, printed, gap, later, late = match.groups()
    year = int(f"20{printed}"[-4:])
    fiscal = (kind or "")[:1] == "f" or bool(late)
    prefix = "FY" * fiscal
    if low.startswith("s", match.end(2)) and not low[match.end(2) + 1 : match.end(2) + 2].isalnum():
        return Period(at, match.end(2) + 1, f"{year // 10}X")
    plain = Period(at, match.end(5) if late else match.end(2), f"{prefix}{year}", bare=not (kind or late))
    if later is None:
        return plain
    dash = gap.strip()[:1] in "-–—/"
    if ("and" in gap and words_before(low, at, 1) != ["between"]) or (not dash and len(later) == 2):
        return plain
    until = int(later) if len(later) == 4 else year // 100 * 100 + int(later)
    end = match.end(5) if late else match.end(4)
    if until <= year:
        month = gap == "-" and len(later) == 2 and 1 <= int(later) <= 12
        return Period(at, end, f"{year}-{later}") if month else plain  # "2025-11"
    if fiscal and dash and until == year + 1:
        return Period(at, end, f"FY{until}")
    return Period(at, end, f"{prefix}{year}/{prefix}{until}")


def _close(low: str, at: int, published: dt.date | None) -> Period | None:
    """Read the end of this year or decade: "by year-end", "by the end of the decade"."""
    if match := _THIS_DECADE.match(low, at):
        code = f"{published.year // 10}X" if published else "XXXX"
        return Period(at, match.end(), code, () if published else ("year_missing",))
    match = _CLOSE.match(low, at)
    if match is None:
        return None
    if published is not None and match[1] == "decade":
        return Period(at, match.end(), str(published.year // 10 * 10 + 10), ("decade_end",))
    return Period(at, match.end(), *_this_year(0, "", published))


_Reader = Callable[[str, int, "dt.date | None"], "Period | None"]
# By the group of _START that matched.
_READERS: dict[int, tuple[_Reader, ...]] = {
    1: (_date, _ended, _part, _month, read_length, _year),
    2: (_part, read_length, _close, _relative),
    3: (_part,),
    4: (_part, _ended, _year),
    5: (_ended, _close),
    6: (_ended, read_length, _close),
    7: (_part, _month),
    8: (_ended, read_length),
}
