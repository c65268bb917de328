import math

import pandas as pd
import pytest

from analystkit.periods import dates_of, overlap, years_of


@pytest.mark.parametrize(
    ("period", "fiscal_year_end", "first", "last"),
    [
        ("2025", None, "2025-01-01", "2025-12-31"),
        ("FY2025", "06-30", "2024-07-01", "2025-06-30"),  # Microsoft
        ("FY2025", "03-31", "2024-04-01", "2025-03-31"),  # Alibaba
        ("FY2026-H2", "06-30", "2026-01-01", "2026-06-30"),
        ("FY2026-Q1", "03-31", "2025-04-01", "2025-06-30"),
        ("2025-Q4", None, "2025-10-01", "2025-12-31"),
        ("2024-02", None, "2024-02-01", "2024-02-29"),
        ("2025-02-24", None, "2025-02-24", "2025-02-24"),
        ("2025/2029", None, "2025-01-01", "2029-12-31"),
    ],
)
def test_a_code_has_its_first_and_last_day(period, fiscal_year_end, first, last):
    assert dates_of(period, fiscal_year_end) == (pd.Timestamp(first), pd.Timestamp(last))


def test_a_fiscal_year_of_an_unknown_company_has_no_days_but_a_length():
    assert pd.isna(dates_of("FY2025")[0])
    assert years_of("FY2025") == 1.0


def test_a_duration_runs_from_the_day_it_is_given():
    assert dates_of("P3Y", starts=pd.Timestamp("2025-02-24")) == (
        pd.Timestamp("2025-02-24"),
        pd.Timestamp("2028-02-23"),
    )
    assert pd.isna(dates_of("P3Y")[0])


@pytest.mark.parametrize(
    ("period", "years"),
    [("P18M", 1.5), ("P10Y", 10), ("2025-Q1", 0.25), ("FY2026-H2", 0.5), ("2025/2029", 5)],
)
def test_the_length_is_in_years(period, years):
    assert years_of(period) == pytest.approx(years)


@pytest.mark.parametrize("period", ["../2030", float("nan"), "2025/.."])
def test_an_open_period_has_no_length(period):
    assert math.isnan(years_of(period))


def test_fiscal_and_calendar_years_overlap_where_they_share_a_day():
    assert overlap(dates_of("FY2025", "06-30"), dates_of("2025"))
    assert not overlap(dates_of("FY2024", "06-30"), dates_of("2025"))
    assert overlap(dates_of("../2030"), dates_of("2025"))
