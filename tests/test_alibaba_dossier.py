"""The shipped dossier: complete, grounded in the originals, and with the prices that the facts give."""

import functools
import hashlib
import re
from pathlib import Path

import pandas as pd
import pytest

from analystkit.dossier import open_dossier
from analystkit.market import first_session

FOLDER = Path(__file__).resolve().parents[1] / "data" / "alibaba-ai-plan"
ORIGINALS = {"s1": "000_05f20793ad27a2a9.txt", "s2": "004_8ab994d9b131bbc8.txt"}

# Every figure that the articles print, read and typed by hand, with how many claims must carry it at least.
FIGURES = {
    "s1": {
        "380 billion yuan": 2, "$53 billion": 2, "$100 billion": 3, "3%": 1, "30 billion yuan": 1, "$80 billion": 1,
        "$65 billion": 1, "billions of dollars": 3, "past decade": 2, "three-year": 1, "2020": 1, "2023": 1,
        "more than a year": 1,
    },
    "s2": {
        "$53 Billion": 1, "$53 billion": 2, "$80": 1, "$65 billion": 1, "$100 billion": 1, "billions of dollars": 2,
        "last decade": 1, "three year": 1, "2020": 1, "over a year": 1,
    },
}  # fmt: skip
# Horizons and hedges that stand beside a figure in the articles: claim -> what must stand in its row.
BESIDE = {
    "s1-top-plan": ("P3Y", "exact"), "s1-plan": ("P3Y", "more_than"), "s1-top-market-value": ("2025", "more_than"),
    "s1-head-market-value": ("2025", "more_than"), "s1-market-value": ("2025", "more_than"),
    "s1-slide": ("2025-02-24", "at_most"), "s1-citi-estimate": ("P3Y", "approximately"), "s1-msft": ("FY2025", "exact"),
    "s1-meta": ("2025", "approximately"), "s2-head-plan": ("P3Y", "exact"), "s2-plan": ("P3Y", "more_than"),
    "s2-plan-analysts": ("P3Y", "at_least"), "s2-msft": ("2025", "exact"), "s2-meta": ("2025", "exact"),
    "s2-market-value": ("2025", "more_than"),
}  # fmt: skip
# The date words and conversions of the articles that a digest must not lose.
KEPT = {
    "s1": ["($53 billion)", "over the next three years", "in the next three years", "on Monday", "this fiscal year",
           "for 2025", "Last week, Wu", "may be wary", "as much as 3%", "more than 380 billion yuan", "β"],
    "s2": ["$53 Billion", "more than $53 billion", "at least $53 billion", "over the next three years", "$80 in AI",
           "this year", "in 2025", "On February 21", "On February 20", "last week", "Last week", "not clear"],
}  # fmt: skip


@functools.cache
def dossier():
    return open_dossier(FOLDER)


def claims(document_id=None):
    every = dossier().claims
    return every if document_id is None else every[every["document_id"] == document_id]


def words(text):
    return [word.lower() for word in re.findall(r"\w+", text)]


def test_an_independent_validator_accepts_the_data_package():
    frictionless = pytest.importorskip("frictionless")
    report = frictionless.validate(str(FOLDER / "datapackage.json"))
    assert report.valid, report.flatten(["type", "rowNumber", "fieldName", "message"])


def test_the_package_describes_every_table_with_its_licence_and_sources():
    package = pd.read_json(FOLDER / "datapackage.json", typ="series")
    described = {r["path"] for r in package["resources"] if r["licenses"] and r["sources"]}
    assert described == {path.name for path in FOLDER.glob("*.csv")}


def test_the_two_articles_give_at_least_75_claims():
    assert len(claims("s1")) + len(claims("s2")) >= 75


def test_every_claim_of_an_article_is_reviewed_quoted_and_has_a_speaker():
    articles = claims()[claims()["document_id"].isin(ORIGINALS)]
    assert (articles["status"] == "accepted").all()
    assert articles[["quote", "start", "end", "speaker"]].notna().all(axis=None)


def test_claims_stand_in_the_order_of_the_documents_and_of_their_text():
    order = dossier().documents["document_id"].tolist()
    places = [(order.index(row.document_id), row.start) for row in claims().fillna({"start": 0}).itertuples()]
    assert places == sorted(places)


def test_no_quote_has_more_than_eight_words():
    assert claims()["quote"].dropna().str.split().str.len().max() <= 8


@pytest.mark.parametrize("document_id", ORIGINALS)
def test_a_digest_shares_no_more_than_eight_words_in_a_row_with_its_original(document_id, shared):
    original = words((shared / "articles" / ORIGINALS[document_id]).read_text(encoding="utf-8"))
    digest = words(dossier().text(document_id))
    nine = {tuple(original[i : i + 9]) for i in range(len(original) - 8)}
    assert [digest[i : i + 9] for i in range(len(digest) - 8) if tuple(digest[i : i + 9]) in nine] == []


@pytest.mark.parametrize("document_id", ORIGINALS)
def test_every_quote_stands_verbatim_in_the_original(document_id, shared):
    original = (shared / "articles" / ORIGINALS[document_id]).read_text(encoding="utf-8")
    assert [quote for quote in claims(document_id)["quote"] if quote not in original] == []


@pytest.mark.parametrize("document_id", ORIGINALS)
def test_the_fingerprint_is_that_of_the_original(document_id, shared):
    text = (shared / "articles" / ORIGINALS[document_id]).read_bytes()
    recorded = dossier().documents.set_index("document_id").loc[document_id]
    assert recorded["sha256"] == hashlib.sha256(text.replace(b"\r\n", b"\n")).hexdigest()
    assert recorded["verified_on"] == pd.Timestamp("2026-11-21")


@pytest.mark.parametrize("document_id", ORIGINALS)
def test_digests_are_plain_utf8_with_a_final_newline(document_id):
    path = dossier().documents.set_index("document_id").loc[document_id, "path"]
    text = (FOLDER / path).read_bytes()
    assert not text.startswith(b"\xef\xbb\xbf") and b"\r" not in text
    assert text.endswith(b"\n") and not text.endswith(b"\n\n")


@pytest.mark.parametrize(("document_id", "phrase"), [(d, p) for d, each in FIGURES.items() for p in each])
def test_every_figure_of_an_article_is_carried_by_a_claim(document_id, phrase):
    carrying = claims(document_id)["quote"].str.contains(rf"(?<!\w){re.escape(phrase)}(?![\w,])")
    assert carrying.sum() >= FIGURES[document_id][phrase]


@pytest.mark.parametrize("document_id", ORIGINALS)
def test_the_figures_typed_here_are_those_of_the_original(document_id, shared):
    original = (shared / "articles" / ORIGINALS[document_id]).read_text(encoding="utf-8")
    assert [phrase for phrase in FIGURES[document_id] if phrase not in original] == []
    money = re.findall(r"\$\d+(?: [bB]illion)?|\d+ billion yuan|\d+%", original)
    assert set(money) <= set(FIGURES[document_id])


@pytest.mark.parametrize("claim_id", BESIDE)
def test_a_claim_keeps_the_horizon_and_the_hedge_of_its_figure(claim_id):
    row = claims().set_index("claim_id").loc[claim_id]
    assert (row["period"], row["bound"]) == BESIDE[claim_id]


@pytest.mark.parametrize(("document_id", "phrase"), [(d, p) for d, each in KEPT.items() for p in each])
def test_a_digest_keeps_the_hedges_date_words_and_slips(document_id, phrase):
    assert phrase in dossier().text(document_id)


def test_the_slipped_scale_is_stored_as_printed_and_flagged():
    row = claims().set_index("claim_id").loc["s2-msft"]
    assert (row["value"], row["unit"], row["flags"], row["quote"]) == (80, "USD", "scale_missing", "$80")


def test_the_two_articles_order_the_plan_and_the_past_decade_the_other_way_round():
    rows = claims().set_index("claim_id").loc[["s1-top-decade", "s1-decade", "s2-decade"]]
    assert rows["operator"].tolist() == ["greater", "greater", "less"]
    assert rows[["entity", "metric", "of", "operand"]].drop_duplicates().shape[0] == 1


def test_the_quotation_that_both_articles_print_has_one_origin():
    shared_quotation = claims()[claims()["origin_key"].notna()]
    assert set(shared_quotation["document_id"]) == {"s1", "s2"}
    assert shared_quotation["origin_key"].nunique() == 1
    assert set(shared_quotation["speaker"]) == {"Alicia Yap"}


def test_investors_are_for_and_against_in_each_article():
    market = claims()[claims()["speaker_kind"] == "market"]
    stances = market.groupby("document_id")["stance"].agg(set)
    assert stances.to_dict() == {"s1": {"positive", "negative"}, "s2": {"positive", "negative"}}


def test_citations_have_neither_text_nor_quote():
    cited = dossier().documents.query("kind == 'citation'")["document_id"]
    assert cited.notna().sum() == 7 and not set(cited) & set(dossier().texts)
    assert claims()[claims()["document_id"].isin(cited)][["quote", "start", "end"]].isna().all(axis=None)


# The figures of the announcements as the cited pages give them, typed by hand, in billions.
@pytest.mark.parametrize(
    ("entity", "value", "low", "high", "bound", "period"),
    [
        ("Alphabet", 75, None, None, "approximately", "2025"),
        ("Amazon", 100, None, None, "approximately", "2025"),
        ("Meta", None, 60, 65, "range", "2025"),
        ("Microsoft", 80, None, None, "approximately", "FY2025"),
        ("Stargate", 500, None, None, "at_most", "P4Y"),
        ("Apple", 500, None, None, "more_than", "P4Y"),
        ("Alibaba", 380, None, None, "more_than", "P3Y"),
    ],
)
def test_each_announcement_is_carried_with_its_hedge(entity, value, low, high, bound, period):
    row = claims()[claims()["document_id"].str.startswith("c-") & (claims()["entity"] == entity)].iloc[0]
    found = [None if pd.isna(row[c]) else row[c] / 1e9 for c in ("value", "low", "high")]
    assert found == [value, low, high]
    assert (row["bound"], row["period"]) == (bound, period)


# Typed from the notes of the events: a publication that could belong to two sessions, and no other.
TWO_SESSIONS = {
    ("E01", "MSFT"): "2025-01-03 2025-01-06", ("E01", "NVDA"): "2025-01-03 2025-01-06",
    ("E02", "MSFT"): "2025-01-21 2025-01-22", ("E02", "NVDA"): "2025-01-21 2025-01-22",
    ("E10a", "MSFT"): "2025-02-21 2025-02-24", ("E10a", "NVDA"): "2025-02-21 2025-02-24",
    ("E13", "BABA"): "2025-03-05 2025-03-06",
}  # fmt: skip


def test_four_events_could_belong_to_two_sessions_and_no_other_could():
    tables = dossier()
    rows = tables.event_instruments.merge(tables.events, on="event_id", validate="many_to_one")
    rows = rows.merge(tables.instruments[["instrument", "exchange"]], on="instrument", validate="many_to_one")
    found = {}
    for row in rows.itertuples():
        first, last = (first_session(m, row.exchange) for m in (row.published_from, row.published_to))
        if first != last:
            found[row.event_id, row.instrument] = f"{first:%Y-%m-%d} {last:%Y-%m-%d}"
    assert found == TWO_SESSIONS


def test_every_moment_of_an_event_lies_between_its_ends():
    events = dossier().events
    assert events["published_at"].between(events["published_from"], events["published_to"]).all()


def test_no_index_is_paired_with_an_event_that_it_would_benchmark():
    tables = dossier()
    benchmarks = set(tables.instruments["benchmark"].dropna())
    assert benchmarks == {"SPY", "HSI"}
    assert not benchmarks & set(tables.event_instruments["instrument"])


def test_the_memorandum_stands_beside_the_fall_of_24_february():
    confounders = dossier().confounders
    named = confounders[confounders["headline"].str.contains("presidential memorandum")]
    assert len(named) == 1
    assert "E11" in named["explains_events"].iloc[0].split(";")


def change(instrument, session, column="close"):
    prices = dossier().prices.query("instrument == @instrument").set_index("session")
    before = prices.loc[: pd.Timestamp(session), "close"].iloc[-2]
    return 100 * (prices.loc[session, column] / before - 1)


# Percent against the close before, as the facts give them.
@pytest.mark.parametrize(
    ("instrument", "column", "percent", "digits"),
    [
        ("9988.HK", "low", -3.03, 2),
        ("9988.HK", "close", -2.03, 2),
        ("BABA", "close", -10.2, 1),
        ("SPY", "close", -0.5, 1),
    ],
)
def test_prices_moved_on_24_february_as_the_facts_say(instrument, column, percent, digits):
    assert round(change(instrument, "2025-02-24", column), digits) == percent


def test_alibabas_peers_in_new_york_fell_by_6_6_percent_on_average():
    falls = [change(peer, "2025-02-24") for peer in ("JD", "PDD", "BIDU")]
    assert round(sum(falls) / 3, 1) == -6.6


def test_prices_are_complete_and_each_close_lies_within_its_day():
    prices = dossier().prices
    sessions = prices.groupby("instrument")["session"].agg(["count", "min", "max"])
    # 204 sessions in Hong Kong, 207 in New York from 2024-06-03 to 2025-03-31.
    assert set(sessions.loc[["9988.HK", "HSI"], "count"]) == {204}
    assert set(sessions.drop(["9988.HK", "HSI"])["count"]) == {207} and len(sessions) == 13
    days = prices.dropna(subset=["high", "low"])
    assert len(days) == 97
    assert (days["close"].between(days["low"], days["high"])).all()


def test_closes_of_event_days_are_those_of_the_facts(shared):
    days = pd.read_csv(shared / "facts" / "ohlc_event_days.csv", parse_dates=["session"])
    ours = days[["instrument", "session"]].merge(dossier().prices, validate="one_to_one")
    assert len(ours) == len(days) == 112
    columns = ["open", "high", "low", "close"]
    pd.testing.assert_frame_equal(ours[columns], days[columns].astype("float64"))


# In base units, from the companies' own releases where the facts have them.
@pytest.mark.parametrize(
    ("entity", "metric", "value", "unit"),
    [
        ("Alibaba", "revenue", 941_168_000_000, "CNY"),
        ("Microsoft", "revenue", 245_120_000_000, "USD"),
        ("Meta", "revenue", 164_501_000_000, "USD"),
        ("Amazon", "revenue", 638_000_000_000, "USD"),
        ("Alphabet", "revenue", 350_018_000_000, "USD"),
        ("Alibaba", "market_value", 2_630_000_000_000, "HKD"),
        ("Meta", "capex", 39_230_000_000, "USD"),
    ],
)
def test_fundamentals_are_in_base_units(entity, metric, value, unit):
    rows = dossier().fundamentals.query("entity == @entity and metric == @metric")
    assert rows[["value", "unit"]].values.tolist() == [[value, unit]]
