"""What can be wrong: one base error that carries the offending rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


class AnalystkitError(ValueError):
    """A problem with the user's input, with every offending row in `rows`.

    The message says what was expected, how many rows fail and the first by name, and what to do.

    Examples
    --------
    >>> err = AnalystkitError("expected a dossier folder", rows=None)
    >>> err.rows is None
    True
    """

    def __init__(self, message: str, rows: pd.DataFrame | None = None) -> None:
        super().__init__(message)
        self.rows = rows


class TableError(AnalystkitError):
    """A table does not have the columns, types, words or keys that its schema asks for."""


class DossierError(AnalystkitError):
    """The tables of a dossier do not hold together, or the folder is not a dossier."""


class QuoteError(AnalystkitError):
    """A quote is not where its claim says that it stands."""


class CurrencyError(AnalystkitError):
    """No reference rate is known for this currency on this day."""


class PriceError(AnalystkitError):
    """A price file cannot be read as prices without guessing."""


class SessionError(AnalystkitError):
    """A moment or an exchange cannot be placed on a trading calendar."""


class MissingPackageError(AnalystkitError):
    """An optional package or model that was asked for is not installed."""


class ComparisonError(AnalystkitError):
    """A comparison was asked for in words that the kit does not know."""
