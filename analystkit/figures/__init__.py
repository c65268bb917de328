"""Text -> figures: money, percentages, counts and horizons, with hedge and exact span."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from analystkit.errors import AnalystkitError
from analystkit.figures.assembly import Figure, assemble
from analystkit.figures.atoms import find_atoms
from analystkit.figures.horizons import find_periods

__all__ = ["find_figures"]

_DTYPES = {
    "start": "int64",
    "end": "int64",
    "quote": "str",
    "kind": "str",
    "value": "float64",
    "low": "float64",
    "high": "float64",
    "unit": "str",
    "bound": "str",
    "direction": "str",
    "of": "str",
    "period": "str",
    "converts": "Int64",
    "flags": "str",
}


def find_figures(text: str, published_at: str | dt.date | pd.Timestamp | None = None) -> pd.DataFrame:
    """Return the figures of a text with their hedge, unit, horizon and place, one row each.

    Parameters
    ----------
    text
        A text, or a part of one.
    published_at
        When it was published; "this year" and "on 21 February" are read by it. Without it such
        horizons keep `XXXX` for the year and a flag.

    Returns
    -------
    pd.DataFrame
        Sorted by `start`, the same columns and types even when empty:

        - start, end: code points, half open; `text[start:end]` is the quote.
        - quote: number, scale and unit (of a count, also what it counts), without the hedge.
        - kind: money, percent, horizon, count, quantity.
        - value, low, high: plain units (380000000000); a percentage as printed. A range has no
          value; an open end is infinite; a horizon has them when it is a length of time.
        - unit: ISO 4217, percent, pp, bp, count, UCUM; missing where the text does not tell.
        - bound: exact, approximately, at_least, at_most, more_than, less_than, range.
        - direction: up or down for the size of a move, else missing.
        - of: what a count counts, else missing.
        - period: ISO 8601 or EDTF code of a horizon (P3Y, 2025, ../2030, FY2026-H2), else missing.
        - converts: row of the amount that this one restates in another currency.
        - flags: what was assumed or is doubtful, joined by `;`, empty when nothing is.

    Raises
    ------
    AnalystkitError
        When `published_at` is no date.

    Notes
    -----
    Flags: currency_assumed (a bare $), currency_ambiguous (kr, pesos: no unit unless the text names
    one country), currency_missing, scale_missing ("invest $80 in data centers"), elliptical_scale,
    elliptical_currency and elliptical_unit ("15 of the 20 million euros"), number_word, minor_unit
    (pence, cents), decimal_comma, unit_assumed, unit_missing, exchange_rate, range_<bound> (a hedged
    range), year_missing, year_assumed, fiscal_year_unresolved, fiscal_year_assumed, decade_end,
    tenor (of a bond).

    Examples
    --------
    >>> found = find_figures("It will spend more than 380 billion yuan ($53 billion) by 2028.")
    >>> found[["quote", "value", "unit", "bound", "converts"]]
                   quote         value unit      bound  converts
    0   380 billion yuan  3.800000e+11  CNY  more_than      <NA>
    1        $53 billion  5.300000e+10  USD      exact         0
    2            by 2028           NaN  NaN      exact      <NA>
    >>> found["period"].tolist()[-1]
    '../2028'
    """
    published = _day(published_at)
    low = _lower(text)
    figures = assemble(find_atoms(text, low), find_periods(text, low, published), text, low)
    return _table(figures, text)


def _day(moment: str | dt.date | pd.Timestamp | None) -> dt.date | None:
    if moment is None or moment is pd.NaT:
        return None
    try:
        stamp = pd.Timestamp(moment)
    except (ValueError, TypeError):
        raise AnalystkitError(
            f"expected a date or moment as published_at, not {moment!r}; write it as 2025-02-24."
        ) from None
    return None if pd.isna(stamp) else stamp.date()


def _lower(text: str) -> str:
    """Return the text in lower case with every character in its place."""
    low = text.lower()
    if len(low) == len(text):
        return low
    # A few capitals, as the Turkish dotted I, become two characters.
    return "".join(small if len(small := char.lower()) == 1 else char for char in text)


def _table(figures: list[Figure], text: str) -> pd.DataFrame:
    columns = {
        "start": [figure.start for figure in figures],
        "end": [figure.end for figure in figures],
        "quote": [text[figure.start : figure.end] for figure in figures],
        "kind": [figure.kind for figure in figures],
        "value": [figure.value for figure in figures],
        "low": [figure.low for figure in figures],
        "high": [figure.high for figure in figures],
        "unit": [figure.unit for figure in figures],
        "bound": [figure.bound for figure in figures],
        "direction": [figure.direction for figure in figures],
        "of": [figure.of for figure in figures],
        "period": [figure.period for figure in figures],
        "converts": [figure.converts for figure in figures],
        "flags": [";".join(dict.fromkeys(figure.flags)) for figure in figures],
    }
    return pd.DataFrame({name: pd.Series(columns[name], dtype=_DTYPES[name]) for name in _DTYPES})
