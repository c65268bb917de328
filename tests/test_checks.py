"""What sets sources against each other. The shipped dossier is the large case; one rule a test on small frames."""

import dataclasses
import functools
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analystkit as ak
from analystkit.checks import reanchor, shared_wording
from analystkit.documents import fingerprint
from analystkit.dossier import quote_faults
from analystkit.schemas import read_words

COLUMNS = [
    "rule",
    "severity",
    "claim_id",
    "other_claim_id",
    "quote",
    "other_quote",
    "expected",
    "found",
    "message",
]
ENTITIES = pd.DataFrame(
    {
        "entity": ["Alibaba", "Microsoft", "Meta", "Citigroup", "narrator", "investors"],
        "name": ["Alibaba", "Microsoft", "Meta", "Citigroup", "the article", "investors"],
        "kind": ["company", "company", "company", "house", "group", "group"],
        "fiscal_year_end": ["03-31", "06-30", "12-31", None, None, None],
    }
)


def claim(claim_id, document_id="s1", value=np.nan, **more):
    row = {
        "claim_id": claim_id, "document_id": document_id, "entity": "Microsoft", "metric": "investment_plan",
        "statement": claim_id, "value": value, "unit": "USD" if value == value else None, "bound": None,
        "period": "2025", "speaker": "narrator", "speaker_kind": "narrator", "modality": "planned",
        "status": "accepted",
    }  # fmt: skip
    return row | more


def checked(*claims, **tables):
    dossier = ak.Dossier(claims=pd.DataFrame(claims), entities=ENTITIES, **tables)
    before = dossier.claims.copy()
    found = ak.check(dossier)
    pd.testing.assert_frame_equal(before, dossier.claims)
    assert list(found)[: len(COLUMNS)] == COLUMNS
    return found


def only(found, rule):
    rows = found[found["rule"].str.startswith(rule)]
    assert len(rows) == 1, found["message"].tolist()
    return rows.iloc[0]


@functools.cache
def _opened():
    return ak.open_dossier("data/alibaba-ai-plan")


@pytest.fixture(scope="module")
def shipped():
    return _opened()


@pytest.fixture(scope="module")
def findings(shipped):
    return ak.check(shipped)


# --- the shipped dossier -----------------------------------------------------------------------------------------


def mentions(findings, rule, *parts):
    rows = findings[findings["rule"].str.startswith(rule)]
    return rows[[all(p in m for p in parts) for m in rows["message"]]]


def test_80_dollars_are_a_billion_times_too_small(findings):
    row = mentions(findings, "R1", "Microsoft", '"$80"', '"$80 billion"').iloc[0]
    assert row["severity"] == "error"
    assert row["ratio"] == pytest.approx(1e9)


@pytest.mark.parametrize(
    ("rule", "parts", "severity"),
    [
        pytest.param("R10", ["Alibaba", "opposite order"], "warning", id="comparison with the past decade inverted"),
        pytest.param("R9", ["have appreciated", "3%"], "warning", id="pleased investors against a falling price"),
        pytest.param("R17", ["against itself", "wary", "positively"], "warning", id="an article against itself"),
        pytest.param("R4", ['says "380 billion yuan"', 'more than "380 billion yuan"'], "note", id="380, more than 380"),
        pytest.param("R4", ['more than "380 billion yuan"', 'at least "$53 billion"'], "note", id="at least 53"),
        pytest.param("R6", ["7.17", "7.0935 to 7.2476", "7.25", "1.1 %", "52.4"], "note", id="implied rate"),
        pytest.param("R8", ["Microsoft", "FY2025", "2025"], "warning", id="fiscal against calendar year"),
        pytest.param("R7", ["3 years", "1 year", "17.5 billion USD"], "note", id="three years beside one"),
        pytest.param("R17", ["Alicia Yap", "Jasmine Lyu and Robert Lea"], "warning", id="analysts opposed"),
        pytest.param("R5", ["Meta", "60 billion to 65 billion USD"], "note", id="range collapsed to its upper end"),
        pytest.param("R14", ["Alicia Yap", "one origin"], "note", id="a shared quotation is one origin"),
        pytest.param("missing date", ["s1"], "note", id="undated first article"),
        pytest.param("missing date", ["s2"], "note", id="undated second article"),
        pytest.param("R18", ["3%", "-3.03 % (low)", "holds"], "note", id="claimed slide against the low of the day"),
        pytest.param("R15", ["$100 billion", "3 times"], "note", id="one figure told three times"),
        pytest.param("R16", ["β"], "note", id="a stray letter"),
    ],
)  # fmt: skip
def test_the_shipped_dossier_is_cross_examined(findings, rule, parts, severity):
    rows = mentions(findings, rule, *parts)
    assert len(rows) >= 1
    assert set(rows["severity"]) == {severity}


def test_findings_come_worst_first(findings):
    rank = findings["severity"].map({"error": 0, "warning": 1, "note": 2})
    assert rank.is_monotonic_increasing


def test_the_tracking_dossier_with_its_many_revisions_has_no_contradiction_but_the_slipped_scale():
    found = ak.check(ak.open_dossier("data/ai-capex", strict=False))
    worse = found[(found["severity"] != "note") & ~found["rule"].isin(["unknown word", "unknown name"])]
    assert set(worse["rule"]) <= {"R1 slipped scale", "R8 fiscal against calendar year"}, worse[
        "message"
    ].tolist()


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_an_altered_quote_is_never_accepted(data):
    dossier = _opened()
    quoted = dossier.claims[dossier.claims["quote"].notna()]
    row = data.draw(st.sampled_from(quoted.index.tolist()))
    quote = quoted.loc[row, "quote"]
    digits = [m.start() for m in re.finditer(r"\d", quote)]
    if digits and data.draw(st.booleans()):
        place = data.draw(st.sampled_from(digits))
        digit = data.draw(st.sampled_from([d for d in "0123456789" if d != quote[place]]))
        altered = quote[:place] + digit + quote[place + 1 :]
    else:
        words = quote.split()
        place = data.draw(st.integers(0, len(words) - 1))
        altered = " ".join([*words[:place], "altered", *words[place + 1 :]])
    claims = dossier.claims.copy()
    claims.loc[row, "quote"] = altered
    faults = quote_faults(dataclasses.replace(dossier, claims=claims))
    assert faults["row"].tolist() == [row]


def test_every_shipped_quote_with_one_digit_changed_is_an_error(shipped):
    figures = shipped.claims[shipped.claims["quote"].str.contains(r"\d", na=False)]
    assert len(figures) >= 15
    changed = figures["quote"].str.replace(r"\d", lambda m: str((int(m[0]) + 1) % 10), n=1, regex=True)
    claims = shipped.claims.copy()
    claims.loc[figures.index, "quote"] = changed
    found = ak.check(dataclasses.replace(shipped, claims=claims))
    refused = found.loc[found["rule"] == "ungrounded quote", "claim_id"]
    assert set(refused) == set(figures["claim_id"])


# --- one rule a test ---------------------------------------------------------------------------------------------


def test_two_figures_that_do_not_meet_are_a_warning_with_both_in_words():
    found = checked(claim("a", "s1", 80e9, quote="$80 billion"), claim("b", "s2", 90e9, quote="$90 billion"))
    row = only(found, "R3")
    assert (row["severity"], row["claim_id"], row["other_claim_id"]) == ("warning", "a", "b")
    assert row["message"] == (
        'Microsoft: s1 says "$80 billion", s2 says "$90 billion" of the same investment plan: 12.5 % apart; they'
        " cannot both be right."
    )


@pytest.mark.parametrize("factor", [1e3, 1e6, 1e9])
def test_a_factor_with_a_name_is_a_slipped_scale_not_a_difference(factor):
    found = checked(claim("a", "s1", 80e9), claim("b", "s2", 80e9 / factor))
    assert only(found[found["severity"] != "note"], "R1")["ratio"] == pytest.approx(factor)
    assert not found["rule"].str.startswith("R3").any()


def test_a_plan_of_eighty_dollars_is_suspicious_even_alone():
    assert only(checked(claim("a", "s1", 80, quote="$80")), "R1")["severity"] == "error"


def test_earnings_a_share_need_no_scale_word():
    assert checked(claim("a", "s1", 2.5, metric="profit", of="share", quote="$2.50")).empty


def test_a_digit_too_many_is_a_power_of_ten():
    row = only(checked(claim("a", "s1", 80e9), claim("b", "s2", 800e9)), "R2")
    assert row["severity"] == "warning" and row["ratio"] == pytest.approx(10)


def test_a_conversion_within_rounding_of_the_rate_of_the_day_is_silent():
    yuan = claim("a", "s1", 380e9, unit="CNY", quote="380 billion yuan", said_on="2025-02-24")
    dollars = claim("b", "s1", 52.4e9, quote="$52.4 billion", converts="a", said_on="2025-02-24")
    assert checked(yuan, dollars).empty


@pytest.mark.parametrize(("dollars", "severity"), [(53e9, "note"), (55e9, "warning"), (83e9, "error")])
def test_the_further_an_implied_rate_the_worse(dollars, severity):
    yuan = claim("a", "s1", 380e9, unit="CNY", said_on="2025-02-24")
    found = checked(yuan, claim("b", "s1", dollars, converts="a"))
    assert only(found, "R6")["severity"] == severity


def test_a_denial_by_the_company_is_a_warning():
    denied = claim("b", "s2", 80e9, modality="denied", speaker="Microsoft", speaker_kind="company")
    assert only(checked(claim("a", "s1", 80e9), denied), "R12")["severity"] == "warning"


def test_a_revision_is_a_note_and_no_contradiction():
    own = {"entity": "Meta", "metric": "capex", "speaker": "Meta", "speaker_kind": "company"}
    found = checked(
        claim("a", "s1", 65e9, said_on="2025-01-24", **own),
        claim("b", "s2", 70e9, said_on="2025-04-30", **own),
    )
    assert found["rule"].tolist() == ["R13 superseded"]
    assert "2025-04-30" in found["message"][0]


def test_a_total_that_is_not_the_sum_of_its_parts_is_found():
    texts = {
        "s1": "It spent $10 billion on chips, $12 billion on land and $15 billion on power, a total of $47 billion."
    }
    documents = pd.DataFrame(
        {"document_id": ["s1"], "title": "T", "kind": "digest", "published_at": "2025-02-24T09:00:00Z"}
    )
    row = only(checked(claim("a", "s1"), texts=texts, documents=documents), "R11")
    assert (row["expected"], row["found"]) == ("37 billion USD", "$47 billion")


@pytest.mark.parametrize(
    "text",
    [
        "It spent $10 billion on chips, $12 billion on land and $15 billion on power, a total of $37 billion.",
        "It spent $10 billion on chips and $12 billion on land, part of a total of $60 billion.",
        "It raised $10 billion, up from $8 billion, and spent $3 billion.",
    ],
)
def test_sums_that_hold_or_are_partial_are_silent(text):
    found = checked(claim("a", "s1"), texts={"s1": text})
    assert not found["rule"].str.startswith("R11").any()


def test_words_and_names_that_nothing_knows_are_errors_not_exceptions(folder):
    path = folder / "claims.csv"
    path.write_text(
        path.read_text(encoding="utf-8")
        .replace("at_least", "x")
        .replace("Apple,investment_plan", "Appel,investment_plan")
        .replace("more_than", "morethan"),
        encoding="utf-8",
    )
    found = ak.check(ak.open_dossier(folder, strict=False))
    assert {"unknown name", "unknown word"} <= set(found.loc[found["severity"] == "error", "rule"])
    assert "Appel" in found.loc[found["rule"] == "unknown name", "found"].tolist()


def test_a_figure_that_is_not_the_one_it_quotes_is_an_error():
    row = only(checked(claim("a", "s1", 80e9, quote="$80")), "figure against quote")
    assert row["severity"] == "error"
    assert 'prints "$80", the claim a says 80 billion USD' in row["message"]


def test_a_hedge_in_the_sentence_that_the_claim_drops_is_a_warning():
    text = "Microsoft plans to invest more than $80 billion."
    found = checked(
        claim("a", "s1", 80e9, quote="$80 billion", start=36, end=47, bound="exact"), texts={"s1": text}
    )
    row = only(found, "figure against quote")
    assert (row["severity"], row["expected"], row["found"]) == ("warning", "more than", "exact")


def test_a_lost_quote_is_proposed_its_only_exact_new_place():
    text = "A new first line.\nMicrosoft plans to invest $80 billion."
    dossier = ak.Dossier(
        claims=pd.DataFrame([claim("a", "s1", 80e9, quote="$80 billion", start=26, end=37)]),
        texts={"s1": text},
    )
    row = only(ak.check(dossier), "ungrounded")
    assert (row["expected"], row["found"]) == ("44-55", "26-37")
    assert reanchor(dossier)[["new_start", "new_end"]].values.tolist() == [[44, 55]]


@pytest.mark.parametrize(
    "text",
    ["Microsoft plans $81 billion.", "$80 billion here, $80 billion there."],
    ids=["similar only", "twice"],
)
def test_no_place_is_proposed_for_a_similar_or_ambiguous_quote(text):
    dossier = ak.Dossier(
        claims=pd.DataFrame([claim("a", "s1", 80e9, quote="$80 billion", start=30, end=41)]),
        texts={"s1": text},
    )
    assert pd.isna(only(ak.check(dossier), "ungrounded")["expected"])


def test_a_changed_copy_names_the_claims_that_lost_their_anchor():
    documents = pd.DataFrame(
        {
            "document_id": ["s1"],
            "title": "T",
            "kind": "citation",
            "sha256": fingerprint("It plans $80 billion."),
            "published_at": "2025-02-24T09:00:00Z",
        }
    )
    claims = [
        claim("a", "s1", 80e9, quote="$80 billion"),
        claim("b", "s1", quote="It plans", metric="strategy"),
    ]
    row = only(
        checked(*claims, documents=documents, originals={"s1": "It plans $90 billion."}), "changed document"
    )
    assert row["severity"] == "error"
    assert "these claims lost their anchor: a." in row["message"]


def test_long_shared_wording_is_one_origin_and_short_is_not():
    run = "the quick brown fox jumps over the lazy dog and then sleeps"
    long, short = f"He said {run} at last.", "the quick brown fox jumps high"
    shared = shared_wording(ak.Dossier(originals={"s1": long, "s2": f"Again {run}!", "s3": short}))
    assert shared[["document_id", "other_document_id", "words"]].values.tolist() == [["s1", "s2", 12]]


def test_the_originals_in_a_library_are_read_too(shipped, shared):
    """Fifteen words of a quotation are shared; the stray letters and the advertisement stand at these places."""
    names = {"s1": "000_05f20793ad27a2a9.txt", "s2": "004_8ab994d9b131bbc8.txt"}
    originals = {i: (shared / "articles" / name).read_text(encoding="utf-8") for i, name in names.items()}
    found = ak.check(dataclasses.replace(shipped, originals=originals))
    assert len(mentions(found, "R14", "s1 and s2 share 15 words")) == 1
    for place in (4207, 4277, 5885):
        assert len(mentions(found, "R16", f"at character {place}")) == 1
    assert not found["rule"].isin(["ungrounded quote", "changed document"]).any()


def test_a_figure_of_a_wider_scope_and_one_without_its_currency_are_notes(findings):
    assert len(mentions(findings, "R19", "Meta", "ai data centers")) == 1
    assert len(mentions(findings, "R20", "s2", "CNY", "380 billion yuan")) == 1


def test_to_deny_another_figure_is_no_contradiction():
    denied = claim("b", "s2", 20e9, modality="denied", speaker="Microsoft", speaker_kind="company")
    assert not checked(claim("a", "s1", 80e9), denied)["rule"].str.startswith(("R12", "R3")).any()


_WORDS = {
    "document_id": ["s1", "s2", "nowhere"], "entity": ["Meta", "Alibaba", "Nobody"], "value": [np.nan, 65e9, 65, 0, -3],
    "metric": ["capex", "comparison", "market_reaction", "price_change", "bogus"], "unit": [None, "USD", "CNY", "XYZ"],
    "of": [None, "ai", "cloud"], "bound": [None, "more_than", "range", "weird"], "direction": [None, "up", "down"],
    "operator": [None, "greater", "less", "?"], "operand": [None, "the past decade"], "stance": [None, "positive", "negative"],
    "period": [None, "P3Y", "FY2025", "../2030", "garbage", "2025-02-31"], "said_on": [None, "2025-02-24", "1850-01-01"],
    "speaker_kind": ["company", "narrator", "analyst", "?"], "modality": ["planned", "denied", "estimated", "?"],
    "converts": [None, "c0", "c9"], "revises": [None, "c0"], "quote": [None, "$65 billion", "$65", "("],
    "start": [None, 0, 10_000], "end": [10_001], "status": ["accepted", "proposed", "rejected", "?"],
    "origin_key": [None, "k"], "flags": [None, "scale_missing"], "low": [np.nan, 60e9], "high": [np.nan, 70e9],
}  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(
    rows=st.lists(
        st.fixed_dictionaries({k: st.sampled_from(v) for k, v in _WORDS.items()}), min_size=1, max_size=6
    )
)
def test_doubtful_data_never_raise(rows):
    claims = pd.DataFrame([claim(f"c{i}") | row for i, row in enumerate(rows)])
    dossier = ak.Dossier(claims=claims, entities=ENTITIES, texts={"s1": "Meta plans $65 billion.", "s2": ""})
    assert set(ak.check(dossier)["severity"]) <= {"error", "warning", "note"}
    assert set(ak.reconcile(dossier)["verdict"]) <= {"agree", "differ", "alone", "contradict"}
    ak.check_text("Meta will invest $65 billion (60 billion yuan) in FY2025.", dossier)


def test_undated_citations_share_one_note_and_each_digest_or_original_has_its_own():
    kinds = {"s1": "digest", "s2": "original", "c1": "citation", "c2": "citation", "c3": "citation"}
    documents = pd.DataFrame({"document_id": list(kinds), "title": "T", "kind": list(kinds.values())})
    documents["published_at"] = ["", "", "", "2025-02-24T09:00:00Z", ""]
    found = checked(claim("a", "s1", 80e9), documents=documents)
    rows = found[found["rule"] == "missing date"]
    assert rows["document_id"].dropna().tolist() == ["s1", "s2"]
    assert (rows["severity"] == "note").all()
    assert rows["found"].dropna().tolist() == ["c1;c3"]
    assert "2 citations" in rows["message"].iloc[-1]


def test_a_single_undated_citation_is_named():
    documents = pd.DataFrame({"document_id": ["c1"], "title": ["T"], "kind": ["citation"]})
    row = only(checked(claim("a", "c1", 80e9), documents=documents), "missing date")
    assert row["document_id"] == "c1" and "c1 (T)" in row["message"]


def test_every_rule_has_a_message_and_every_message_a_rule():
    rules, messages = read_words("checks_rules.csv"), read_words("checks_messages.csv")
    assert set(rules["rule"]) == set(messages["rule"])
    assert messages["case"].is_unique and set(messages["severity"]) <= {"", "error", "warning", "note"}


def test_a_mood_and_a_move_of_days_not_known_are_set_against_each_other():
    market = {"entity": "Meta", "modality": "reported", "period": None}
    mood = claim(
        "a", metric="market_reaction", stance="positive", speaker="investors", speaker_kind="market", **market
    )
    move = claim("b", value=3, metric="price_change", direction="down", **market | {"unit": "percent"})
    assert only(checked(mood, move), "R9")["severity"] == "warning"


def test_a_claimed_move_without_a_figure_is_measured_in_percent(shipped):
    slide = shipped.claims[shipped.claims["claim_id"] == "s1-slide"]
    bare = slide.assign(value=np.nan, unit=None, bound=None, quote=None, start=pd.NA, end=pd.NA)
    row = only(ak.check(dataclasses.replace(shipped, claims=bare)), "R18")
    # 138.21 on the day before, 135.41 at the close: -2.03 %; 134.02 at the low: -3.03 %.
    assert " -2.03 %" in row["message"] or " -3.03 %" in row["message"]


FERRIES = {
    "r1": "Harbour Ferries plans to spend 240 million kroner on two electric ferries by 2028. Chief executive Kari Moe"
    " said ridership rose 12 percent in 2024. The group spent 60 million kroner on chargers and 40 million kroner on"
    " quays, a total of 100 million kroner.",
    "r2": "Harbour Ferries will invest 240 million kroner in two ferries by 2028. Revenue came to 1.1 billion kroner.",
}
HARBOUR = pd.DataFrame(
    {
        "entity": ["Harbour Ferries", "Kari Moe", "Per Lund", "narrator"],
        "kind": ["company", "person", "person", "group"],
    }
)
HARBOUR["name"] = HARBOUR["entity"]  # fmt: skip


def ferry(claim_id, document_id, quote, **more):
    start = FERRIES[document_id].index(quote)
    told = {"entity": "Harbour Ferries", "of": "ferries", "unit": "NOK", "period": "../2028", "quote": quote}
    return claim(claim_id, document_id, **(told | {"start": start, "end": start + len(quote)} | more))


RIDERS = {"metric": "growth", "of": "riders", "unit": "percent", "period": "2024", "modality": "reported"}
RIDERS |= {"direction": "up", "speaker": "Kari Moe", "speaker_kind": "executive"}
SAILING = [
    ferry("plan", "r1", "240 million kroner", value=240e6),
    ferry("same", "r2", "240 million kroner", value=240e6),
    ferry("riders", "r1", "12 percent", value=12, **RIDERS),
    ferry("sales", "r2", "1.1 billion kroner", value=1.1e9, metric="revenue", of=None, period="2024", modality="reported"),
]  # fmt: skip


def sailed(*claims, texts=FERRIES, published_at="2025-03-03T08:00:00Z"):
    documents = pd.DataFrame(
        {"document_id": list(texts), "title": "T", "kind": "digest", "published_at": published_at}
    )
    tables = {"documents": documents, "entities": HARBOUR, "texts": texts}
    return ak.check(ak.Dossier(claims=pd.DataFrame(claims), **tables))


def test_a_clean_dossier_of_another_topic_has_no_finding():
    assert sailed(*SAILING).empty


@pytest.mark.parametrize(
    ("claim_id", "planted", "rule", "severity"),
    [
        pytest.param("plan", {"quote": "250 million kroner"}, "ungrounded quote", "error", id="misquote"),
        pytest.param("plan", {"value": 250e6}, "figure against quote", "error", id="another value than quoted"),
        pytest.param("plan", {"unit": "SEK"}, "figure against quote", "error", id="swapped currency"),
        pytest.param("riders", {"unit": "pp"}, "figure against quote", "error", id="swapped unit"),
        pytest.param("riders", {"direction": "down"}, "figure against quote", "error", id="wrong direction"),
        pytest.param("plan", {"bound": "more_than"}, "figure against quote", "warning", id="added hedge"),
        pytest.param("plan", {"value": 240e9}, "R1 slipped scale", "error", id="wrong scale"),
        pytest.param("riders", {"speaker": "Per Lund"}, "speaker against text", "warning", id="speaker not named"),
        pytest.param("riders", {"speaker": "narrator", "speaker_kind": "narrator"}, "speaker against text", "warning", id="attribution lost"),
        pytest.param("plan", {"document_id": "r9"}, "unknown name", "error", id="unknown document"),
        pytest.param("plan", {"entity": "Harbor Ferry"}, "unknown name", "error", id="unknown entity"),
        pytest.param("plan", {"converts": "gone"}, "unknown name", "error", id="conversion of nothing"),
        pytest.param("plan", {"revises": "gone"}, "unknown name", "error", id="revision of nothing"),
        pytest.param("plan", {"said_on": "2025-04-01"}, "impossible date", "error", id="said after it was printed"),
        pytest.param("sales", {"period": "2027"}, "impossible date", "warning", id="a result of years to come"),
        pytest.param("same", {"value": 310e6}, "R3 values apart", "warning", id="two documents apart"),
        pytest.param("same", {"document_id": "r1", "start": None, "end": None}, "R15 duplicate", "note", id="told twice"),
        pytest.param("plan", {"unit": None}, "missing unit", "warning", id="unit missing"),
    ],
)  # fmt: skip
def test_a_planted_error_is_found_by_name(claim_id, planted, rule, severity):
    found = sailed(*(row | planted if row["claim_id"] == claim_id else row for row in SAILING))
    assert severity in found.loc[found["rule"] == rule, "severity"].tolist(), found["message"].tolist()


def test_a_derived_figure_that_is_wrong_is_found_also_where_the_currency_is_ambiguous():
    row = only(sailed(*SAILING, texts=FERRIES | {"r1": FERRIES["r1"].replace("of 100", "of 130")}), "R11")
    assert (row["expected"], row["found"]) == ("100 million", "130 million kroner")


def test_a_document_of_a_day_to_come_is_an_error():
    found = sailed(*SAILING, published_at="2999-03-03T08:00:00Z")
    assert set(found["rule"]) == {"impossible date"} and found["document_id"].tolist() == ["r1", "r2"]


def test_an_unreviewed_claim_is_a_note():
    assert only(checked(claim("a", "s1", 80e9, status="proposed")), "unreviewed")["severity"] == "note"


def test_ten_unrelated_consistent_claims_raise_nothing_above_a_note():
    claims = [
        claim("c1", "s1", 80e9, period="FY2025", quote="$80 billion"),
        claim("c2", "s2", 65e9, entity="Meta", metric="capex", period="2025", bound="approximately"),
        claim("c3", "s3", 380e9, entity="Alibaba", unit="CNY", period="P3Y", bound="more_than"),
        claim("c4", "s3", 280e9, entity="Alibaba", metric="revenue", unit="CNY", period="FY2025-Q3", modality="reported"),
        claim("c5", "s4", 8, entity="Alibaba", metric="growth", of="revenue", unit="percent", period="FY2025-Q3", modality="reported", direction="up"),
        claim("c6", "s4", 15000, entity="Meta", metric="jobs", unit="count", period="2024", modality="reported"),
        claim("c7", "s5", 96e9, entity="Meta", metric="capex", period="2025", modality="estimated", speaker="Citigroup", speaker_kind="analyst"),
        claim("c8", "s5", entity="Meta", metric="market_reaction", stance="positive", speaker="investors", speaker_kind="market", modality="reported", period="2025-01-30"),
        claim("c9", "s6", 1.6, entity="Meta", metric="price_change", unit="percent", direction="up", modality="reported", period="2025-01-30"),
        claim("c10", "s7", 44.5e9, metric="capex", period="FY2024", modality="reported", definition="cash purchases"),
    ]  # fmt: skip
    documents = pd.DataFrame(
        {
            "document_id": [f"s{i}" for i in range(1, 8)],
            "title": "T",
            "kind": "citation",
            "published_at": "2025-02-24T09:00:00Z",
        }
    )
    found = checked(*claims, documents=documents)
    assert set(found["severity"]) <= {"note"}, found["message"].tolist()


def test_the_columns_and_types_do_not_depend_on_the_rows(findings):
    none = ak.check(ak.Dossier())
    assert len(none) == 0
    assert none.dtypes.to_dict() == findings.dtypes.to_dict()
