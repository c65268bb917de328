"""Amount on a date -> another currency at the European Central Bank's reference rate; implied rates.

The rates come with the package CurrencyConverter: one fixing a working day, each currency against the euro;
a cross rate is the quotient of two fixings of one day.
"""

from __future__ import annotations

import contextlib
import datetime
import functools
from typing import Any

import pandas as pd

from analystkit.errors import CurrencyError


@functools.cache
def _fixings() -> Any:
    from currency_converter import CurrencyConverter

    return CurrencyConverter()


@functools.cache
def _rate(currency: str, to: str, on: datetime.date) -> tuple[float, pd.Timestamp]:
    source = _fixings()
    for code in (currency, to):
        if code not in source.currencies:
            raise CurrencyError(
                f"no ECB reference rate is known for {code!r}. Known: {', '.join(sorted(source.currencies))}.",
                pd.DataFrame({"currency": [code], "problem": ["no reference rate"]}),
            )
    from currency_converter import RateNotFoundError

    # A day without fixing (weekend, holiday, not yet published) takes the last one before it.
    for back in range(8):
        day = on - datetime.timedelta(days=back)
        with contextlib.suppress(RateNotFoundError):
            return float(source.convert(1.0, currency, to, date=day)), pd.Timestamp(day)
    bounds = [source.bounds[code] for code in (currency, to)]
    raise CurrencyError(
        f"no ECB fixing of {currency} against {to} within a week before {on}; fixings run from"
        f" {max(b.first_date for b in bounds)} to {min(b.last_date for b in bounds)}."
        " Take a day between, or update the package CurrencyConverter.",
        pd.DataFrame({"currency": [currency], "to": [to], "on": [pd.Timestamp(on)]}),
    )


def rate(currency: str, to: str, on: object) -> tuple[float, pd.Timestamp]:
    """Return units of `to` for one unit of `currency`, and the day of the fixing.

    Parameters
    ----------
    currency, to
        ISO 4217 codes.
    on
        The day; without a fixing on it, the last fixing of the week before is taken.

    Raises
    ------
    CurrencyError
        When the ECB publishes no rate for the currency, or none near the day.

    Examples
    --------
    >>> value, fixed = rate("USD", "CNY", "2025-02-24")
    >>> round(value, 3), fixed.date().isoformat()
    (7.25, '2025-02-24')
    >>> rate("USD", "CNY", "2025-02-23")[1].date().isoformat()  # a Sunday takes Friday's fixing
    '2025-02-21'
    """
    day = pd.Timestamp(on)
    if pd.isna(day):
        raise CurrencyError(f"no day is given for the rate of {currency} against {to}. Give one.")
    return _rate(str(currency), to, day.date())


def convert(amount: float, currency: str, to: str, on: object) -> float:
    """Return an amount in another currency at the ECB reference rate of a day.

    Examples
    --------
    >>> round(convert(380e9, "CNY", "USD", "2025-02-24") / 1e9, 1)
    52.4
    """
    return amount * rate(currency, to, on)[0]


def implied_rate(amounts: pd.DataFrame, restated: pd.DataFrame) -> pd.DataFrame:
    """Return the exchange rate implied by two statements of one amount, with its rounding interval.

    Parameters
    ----------
    amounts, restated
        Columns low and high (the printed precision as an interval, see `intervals.to_intervals`) and
        value, row by row: the original and its conversion.

    Returns
    -------
    pd.DataFrame
        rate, low, high: units of the original currency for one unit of the other.

    Examples
    --------
    >>> yuan = pd.DataFrame({"value": [380.0], "low": [379.5], "high": [380.5]})
    >>> dollars = pd.DataFrame({"value": [53.0], "low": [52.5], "high": [53.5]})
    >>> implied_rate(yuan, dollars).round(4).values.tolist()
    [[7.1698, 7.0935, 7.2476]]
    """
    return pd.DataFrame(
        {
            "rate": amounts["value"].to_numpy() / restated["value"].to_numpy(),
            "low": amounts["low"].to_numpy() / restated["high"].to_numpy(),
            "high": amounts["high"].to_numpy() / restated["low"].to_numpy(),
        },
        index=amounts.index,
    )
