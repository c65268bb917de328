"""Text -> figures: money, percentages, counts and horizons, with hedge and exact span."""

import datetime as dt

import pandas as pd

from analystkit.errors import AnalystkitError
from analystkit.figures.assembly import Figure, assemble
from analystkit.figures.horizons import find_periods

__all__ = ["find_figures"]

_DTYPES = {int: "int64", float: "float64", int | None: "Int64"}  # else text


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
    range), year_missing, year_assumed, fiscal_year_unresolved, fiscal_year_assumed, decade_end.

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
    try:
        moment = pd.Timestamp(published_at)
    except (ValueError, TypeError):
        raise AnalystkitError(
            f"expected a date or moment as published_at, not {published_at!r}; write it as 2025-02-24."
        ) from None
    # The one letter that grows in lower case; every other character keeps its place.
    low = text.replace("İ", "i").lower()
    periods = find_periods(text, low, None if pd.isna(moment) else moment.date())
    figures = assemble(periods, text, low)
    columns = {name: [getattr(figure, name) for figure in figures] for name in Figure.__annotations__}
    columns["flags"] = [";".join(dict.fromkeys(filter(None, flags))) for flags in columns["flags"]]
    types = {name: _DTYPES.get(kind, "str") for name, kind in Figure.__annotations__.items()}
    return pd.DataFrame({name: pd.Series(columns[name], dtype=types[name]) for name in columns})
