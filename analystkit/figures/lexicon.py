"""Word lists -> the look-up tables by which figures are read."""

import functools
from typing import NamedTuple

from analystkit.schemas import read_words


class Unit(NamedTuple):
    """What a sign, code or name beside a number says of it; columns of the word list."""

    form: str
    code: str
    kind: str
    needs: str
    factor: str
    flags: str


@functools.cache
def listed(name: str, *groups: str) -> dict[str, str]:
    """Return the words of some groups of a list, each with what it says.

    Examples
    --------
    >>> listed("hedges", "tight")["about"], listed("moves", "after")["drop"]
    ('approximately', 'down')
    """
    rows = read_words(f"figures_{name}.csv")
    word, says, group = rows.columns[:3]
    rows = rows[rows[group].isin(groups)]
    return dict(zip(rows[word], rows[says], strict=True))


@functools.cache
def units(side: str) -> dict[str, Unit]:
    """Return the units that may stand before or after a number; names are in lower case."""
    rows = read_words("figures_units.csv")
    rows = rows.loc[rows["side"].isin([side, "both"]), list(Unit._fields)]
    return {row[0]: Unit(*row) for row in rows.itertuples(index=False)}
