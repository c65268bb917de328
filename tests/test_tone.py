"""Tone: small sentences with the answer a reader gives, the rules as properties, the tables of a dossier."""

import pathlib
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analystkit.dossier import Dossier
from analystkit.errors import MissingPackageError, TableError
from analystkit.tone import (
    combine,
    label_of,
    load_dictionary,
    locate_evidence,
    measure_tone,
    score_tone,
    tone_sentences,
    transformer,
    vader,
)

HERE = pathlib.Path(__file__).resolve().parent
SHEET = pd.read_csv(HERE / "data" / "tone_sheet.csv")
DEVELOPMENT = HERE.parents[1] / "shared" / "bench" / "sentfin_dev.csv"


def label(text):
    return score_tone([text])["label"].iloc[0]


# What general-purpose scorers get wrong, one line each.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Profit fell 30%", "negative"),
        ("Net loss narrowed to $2m", "positive"),
        ("Debt was reduced", "positive"),
        ("Interest expense increased", "negative"),
        ("Shares plunged 20% after the company missed estimates", "negative"),
        ("Shares tumbled", "negative"),
        ("Revenue beat estimates", "positive"),
        ("Revenue missed estimates", "negative"),
        ("Profit rose 30%", "positive"),
        ("Net loss widened", "negative"),
        ("Costs fell", "positive"),
        ("Unemployment rose", "negative"),
        ("Demand did not weaken", "positive"),
        ("Sales are not strong", "negative"),
    ],
)
def test_a_move_is_judged_by_what_moved(text, expected):
    assert label(text) == expected


# Types of sentences on which word lists fail, in our own words.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("The shares were sliding by up to 4% on Tuesday", "negative", id="sliding shares"),
        pytest.param(
            "The cloud group is canceling leases for a large site", "negative", id="canceled leases"
        ),
        pytest.param("It is terminating leases for a significant site", "negative", id="terminated leases"),
        pytest.param("Investors may be wary of the plan in an uncertain market", "negative", id="wary"),
        pytest.param("A Speculative Step", "negative", id="speculative"),
        pytest.param("The plan is a risky gamble", "negative", id="gamble"),
        pytest.param("The goal would require a real breakthrough", "negative", id="obstacle, not success"),
        pytest.param("The payback is an uncertain, indistinct prospect", "negative", id="indistinct"),
        pytest.param("Sanctions limit their access to the newest chips", "negative", id="sanctions"),
        pytest.param(
            "Firms are curtailed by sanctions that deny them access", "negative", id="denied access"
        ),
        pytest.param("Artificial intelligence is now the primary objective", "neutral", id="a neutral goal"),
        pytest.param("A massive investment in data centres", "neutral", id="size is no judgement"),
        pytest.param("The largest construction of infrastructure so far", "neutral", id="construction"),
        pytest.param("It appears to agree with this position", "neutral", id="position"),
        pytest.param("The shares have gained 60 billion in market value", "positive", id="gained"),
        pytest.param("It reported its fastest revenue growth in two years", "positive", id="fastest growth"),
        pytest.param("Investors have responded positively", "positive", id="responded positively"),
        pytest.param("Investors have appreciated the strategy", "positive", id="appreciated"),
        pytest.param("Leaders like the head of the chip maker argue otherwise", "neutral", id="like, argue"),
        pytest.param("It spends $40 billion in the fiscal year alone", "neutral", id="alone"),
        pytest.param("Investors are questioning whether demand will last", "negative", id="questioning"),
        pytest.param("Its timetable lags behind its rivals", "negative", id="behind rivals"),
        pytest.param("Its value remains below the peak", "negative", id="remains below"),
        pytest.param("It works on problems of the real world", "neutral", id="problems to be solved"),
        pytest.param("Acme does not expect the market to recover", "negative", id="denied from afar"),
        pytest.param("The refinancing lowers the company's annual interest costs", "positive", id="far noun"),
        pytest.param("Costs rose faster than revenue", "negative", id="what a rise is measured by"),
        pytest.param("Shares were little changed", "neutral", id="little changed"),
        pytest.param("Long $ACME here", "positive", id="long"),
        pytest.param("Short $ACME before the call", "negative", id="short"),
    ],
)
def test_prose_is_read_as_an_investor_reads_it(text, expected):
    assert label(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Operating profit rose to EUR 12.4 mn from EUR 9.1 mn", "positive"),
        ("Net sales totalled EUR 88.2 mn , compared to EUR 79.5 mn a year earlier .", "positive"),
        ("Net sales totalled EUR 79.5 mn , compared to EUR 88.2 mn a year earlier .", "negative"),
        ("Earnings per share were EUR 0.18 , down from EUR 0.31", "negative"),
        ("Operating loss was EUR 0.4 mn compared with EUR 2.2 mn", "positive"),
        ("A net profit of EUR 1.6 mn against a net loss of EUR 4.3 mn", "positive"),
        ("A net loss of EUR 4.3 mn against a net profit of EUR 1.6 mn", "negative"),
        ("Net sales of EUR 0.9 bn compared with EUR 880 mn", "positive"),
        ("Net sales were EUR 55 mn in 2007", "neutral"),
        ("Acme Q3 EPS $0.40, consensus $0.52", "negative"),
        ("Acme Q3 revenue $52M, est. $47M", "positive"),
        ("Acme slid to a net loss of EUR 3 mn from a profit of EUR 2 mn", "negative"),
        ("Acme turned a loss of EUR 2 mn into a profit of EUR 3 mn", "positive"),
    ],
)
def test_figures_are_set_against_earlier_figures(text, expected):
    assert label(text) == expected


@pytest.mark.parametrize(
    ("text", "entity", "role", "expected"),
    [
        ("Acme falls as Globex rallies", "Acme", "subject", "negative"),
        ("Acme falls as Globex rallies", "Globex", "subject", "positive"),
        ("Acme is a buy: Jo Smith, North Street Brokers", "North Street Brokers", "source", "neutral"),
        ("Acme is a buy: Jo Smith, North Street Brokers", "Acme", "subject", "positive"),
        ("North Street upgrades Acme to buy", "North Street", "source", "neutral"),
        ("Bullish on Acme and Globex", "Acme", "subject", "positive"),
        ("Acme rises on deal with Globex", "Globex", "other", "neutral"),
        ("Acme gains against Globex", "Globex", "rival", "neutral"),
        ("Acme slips 3%, Globex hits record high", "Globex", "subject", "positive"),
        ("Acme slips 3%", "Initech", "other", "neutral"),
        ("Artificial intelligence is in trouble", "Intel", "other", "neutral"),
        ("Initechs profit fell", "Initech", "subject", "negative"),
    ],
)
def test_a_sentence_is_scored_for_the_entity_asked_about(text, entity, role, expected):
    row = score_tone([text], [entity]).iloc[0]
    assert (row["role"], row["label"]) == (role, expected)


def test_no_evidence_is_not_a_balanced_zero():
    tone = score_tone(["The meeting is on Tuesday", "Profit rose but sales fell"])
    assert np.isnan(tone["score"].iloc[0])
    assert tone["score"].iloc[1] == 0.0
    assert tone["strength"].tolist() == [0.0, pytest.approx(np.tanh(2.0))]


@pytest.mark.parametrize(
    ("text", "hedge", "tense"),
    [
        ("Sales grew", 0, "reported"),
        ("Sales are expected to grow", 1, "reported"),
        ("The company will raise its dividend", 0, "planned"),
        ("Sales may grow", 2, "conditional"),
        ("It remains to be seen whether sales grow", 3, "conditional"),
    ],
)
def test_hedge_and_tense_stand_beside_the_score(text, hedge, tense):
    row = score_tone(text).iloc[0]
    assert (row["hedge"], row["tense"]) == (hedge, tense)


@pytest.mark.parametrize(
    ("text", "reports"),
    [
        ("Shares of Acme fell 3%", True),
        ("Acme shares hit a 52-week high", True),
        ("Acme drops 4%", True),
        ("Acme profit fell 3%", False),
        ("Acme is in trouble", False),
        ("The curb hurts Acme", False),
        ("New export curbs are due in May", False),
        ("Acme is reducing prices to win back customers", False),
        ("Acme raised its prices in spring", False),
        ("Oil prices rose 3%", True),
    ],
)
def test_a_sentence_that_reports_a_price_is_marked(text, reports):
    assert score_tone(text)["reports_price"].iloc[0] == reports


def test_an_advertisement_is_marked():
    tone = score_tone(["Subscribe now for exclusive insights", "Profit rose"])
    assert tone["is_boilerplate"].tolist() == [True, False]


def test_a_series_keeps_its_index_and_missing_texts_stay():
    tone = score_tone(pd.Series(["Profit fell", None], index=["a", "b"]))
    assert tone.index.tolist() == ["a", "b"]
    assert tone["label"].tolist() == ["negative", "neutral"]


def test_no_text_gives_no_row():
    assert len(score_tone([])) == 0
    assert score_tone([""])["score"].isna().all()


def test_as_many_entities_as_texts_are_needed():
    with pytest.raises(TableError, match="one name for all texts"):
        score_tone(["a", "b"], ["Acme"])


WORDS = [
    *("profit", "loss", "fell", "rose", "shares", "not", "weak", "strong", "debt", "cut", "up to", "3%"),
    *("despite", ",", ".", "?", "Acme", "from", "EUR 5 mn", "record high", "may", "\n", "’s", "İstanbul"),
    *("“", ";", "on", "would require", "(", "4.6", "compared with", "alone", "ß", "😀"),
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join), max_size=4))
def test_the_score_is_a_function_of_the_evidence_values_alone(texts):
    tone = score_tone(texts)
    for text, row in zip(texts, tone.itertuples(), strict=True):
        values = [piece["value"] for piece in row.evidence]
        assert row.score == pytest.approx(combine(values), nan_ok=True)
        assert row.label == label_of([row.score])[0]
        assert row.strength == pytest.approx(np.tanh(sum(map(abs, values))))
        for piece in row.evidence:
            assert text.replace("\n", " ")[piece["start"] : piece["end"]] == piece["span"]
            assert set(piece) == {"start", "end", "span", "rule", "value"}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=5))
def test_any_text_at_all_is_scored_within_bounds(texts):
    tone = score_tone(texts)
    assert len(tone) == len(texts)
    assert tone["score"].dropna().between(-1, 1).all()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=10).map(" ".join), min_size=1, max_size=4))
def test_a_text_has_the_same_tone_alone_and_in_a_batch(texts):
    together = score_tone(texts)["score"]
    alone = [score_tone([text])["score"].iloc[0] for text in texts]
    assert together.tolist() == pytest.approx(alone, nan_ok=True)


# Labelled by one person: press sentences, company news, posts, broker headlines, prose, the digests of the dossier.
@pytest.mark.parametrize(
    ("kind", "floor"),
    [("press", 0.9), ("broker", 0.9), ("prose", 0.8), ("digest", 0.85), ("probe", 1.0),
     ("company", 0.9), ("post", 0.9)],
)  # fmt: skip
def test_the_labelled_sheet_is_met(kind, floor):
    rows = SHEET[SHEET["kind"] == kind]
    found = score_tone(rows["text"])["label"]
    polar = rows["label"] != "neutral"
    assert (found == rows["label"]).mean() >= floor
    assert (found[polar] == "neutral").mean() < 1 / 3
    wrong = polar & (found != "neutral") & (found != rows["label"])
    assert rows.loc[wrong, "text"].tolist() == []


@pytest.mark.skipif(not DEVELOPMENT.exists(), reason="the development headlines are not here")
def test_development_headlines_are_met():
    rows = pd.read_csv(DEVELOPMENT, keep_default_na=False)
    alone = rows[rows["labels_in_text"] == 1]
    assert (score_tone(alone["text"])["label"] == alone["label"]).mean() >= 0.80
    found = score_tone(rows["text"], rows["entity"].tolist())["label"]
    assert (found == rows["label"]).mean() >= 0.78
    mixed = rows["labels_in_text"] > 1
    assert (found[mixed] == rows.loc[mixed, "label"]).mean() >= 0.62


def test_every_entry_of_the_word_lists_has_a_class_and_a_reason():
    words = HERE.parent / "analystkit" / "words"
    for path in sorted(words.glob("tone_*.csv")):
        table = pd.read_csv(path, keep_default_na=False)
        assert (table["class"] != "").all() and (table["reason"].str.len() > 8).all(), path.name
        assert not table.duplicated(["entry", "class"]).any(), path.name


def test_a_dictionary_of_the_user_is_a_scorer(tmp_path):
    path = tmp_path / "words.csv"
    path.write_text("word,value\nsolid,1\nrisky,-0.5\n", encoding="utf-8")
    assert load_dictionary(path)(["A SOLID plan"]) == [1.0]


@pytest.mark.parametrize(
    "lines", ["word,value\na,2\n", "word,value\na,x\n", "word,value\na,1\nA,0\n", "term,score\na,1\n"]
)
def test_a_faulty_dictionary_is_refused(tmp_path, lines):
    path = tmp_path / "words.csv"
    path.write_text(lines, encoding="utf-8")
    with pytest.raises(TableError, match="word"):
        load_dictionary(path)


def test_a_missing_package_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "vaderSentiment", None)
    monkeypatch.setitem(sys.modules, "vaderSentiment.vaderSentiment", None)
    with pytest.raises(MissingPackageError, match="pip install vaderSentiment"):
        vader()


def test_a_missing_model_says_what_to_give(tmp_path, monkeypatch):
    with pytest.raises(MissingPackageError, match="no model here"):
        transformer(tmp_path)
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(MissingPackageError, match="pip install transformers"):
        transformer(tmp_path)


TEXTS = {
    "one": (
        "Acme profit rose. “The plan is a risky gamble,” said Ann Lee, an analyst at Big House. "
        "Shares of Acme fell 5%."
    ),
    "two": "Ann Lee of Big House repeated it: “The plan is a risky gamble.” Globex is in trouble.",
    "free": "Acme sales fell.",
}


def dossier():
    documents = pd.DataFrame(
        {
            "document_id": ["one", "two", "cited", "free"],
            "title": ["First", "Second", "Acme profit disappoints", "Third"],
            "kind": ["digest", "digest", "citation", "digest"],
            "event_id": ["E", "E", "E", None],
        }
    )
    events = pd.DataFrame(
        {
            "event_id": ["E"],
            "entity": ["Acme"],
            "published_at": ["2025-02-24T10:00:00Z"],
            "time_precision": ["minute"],
            "headline": ["A terrible disaster in our own words"],
            "source_title": ["Acme profit disappoints"],
            "source_url": ["https://example.org"],
        }
    )
    entities = pd.DataFrame(
        {"entity": ["Acme", "Globex"], "name": ["Acme Inc.", "Globex AG"], "kind": "company"}
    )
    return Dossier(documents=documents, events=events, entities=entities, texts=TEXTS)


def test_tone_is_split_by_who_speaks():
    table = measure_tone(dossier())
    one = table[table["document_id"].eq("one") & table["source"].eq("document")].set_index("speaker_kind")
    assert one.loc["analyst", "tone"] < 0 < one.loc["narrator", "tone"]
    assert one.loc["analyst", "n_quoted"] == 1


def test_price_reports_are_kept_out_and_shown_beside():
    table = measure_tone(dossier())
    row = table[table["document_id"].eq("one") & table["speaker_kind"].eq("narrator")].iloc[0]
    assert row["tone"] == pytest.approx(np.tanh(1.0))
    assert row["tone_with_price_reports"] == pytest.approx(0.0)
    assert row["n_price_reports"] == 1


def test_the_same_quotation_in_two_documents_counts_once():
    rows = tone_sentences(dossier())
    quotes = rows[rows["quoted"] & rows["entity"].eq("Acme")].set_index("document_id")
    assert quotes.loc["one", "origin_key"] == quotes.loc["two", "origin_key"]
    assert quotes.loc["one", "counted"] and not quotes.loc["two", "counted"]
    assert quotes.loc["two", "reason"] == "the same quotation is counted in another document"


def test_only_a_printed_headline_counts_never_our_own():
    rows = tone_sentences(dossier())
    headlines = rows[rows["source"] == "headline"]
    assert "Acme profit disappoints" in headlines["text"].tolist()
    assert not rows["text"].str.contains("disaster").any()
    assert (headlines["text"] == "Acme profit disappoints").sum() == 1


def test_a_document_without_event_stays():
    table = measure_tone(dossier())
    assert table.loc[table["document_id"].eq("free"), "tone"].iloc[0] < 0
    assert table.loc[table["document_id"].eq("free"), "event_id"].isna().all()


def test_another_company_of_the_document_has_its_own_row():
    table = measure_tone(dossier()).set_index(["document_id", "entity", "speaker_kind"])
    assert table.loc[("two", "Globex", "narrator"), "tone"] < 0


def speaking(text, claims=()):
    """A document about Acme alone, in which a person of Globex and a person of Acme are known."""
    entities = pd.DataFrame(
        {
            "entity": ["Acme", "Globex", "Bo Ray", "Ann Lee"],
            "name": ["Acme", "Globex", "Bo Ray, chief executive of Globex", "Ann Lee"],
            "kind": ["company", "company", "person", "person"],
        }
    )
    documents = pd.DataFrame({"document_id": ["d"], "title": ["T"], "kind": ["digest"], "event_id": ["E"]})
    tables = {"documents": documents, "events": dossier().events, "entities": entities}
    if claims:
        tables["claims"] = pd.DataFrame(claims)
    rows = tone_sentences(Dossier(**tables, texts={"d": text}))
    return rows[rows["source"] == "document"].set_index("entity")[["counted", "reason"]].T.to_dict("list")


FOREIGN = [False, "said for another company"]


@pytest.mark.parametrize(
    ("text", "acme", "globex"),
    [
        pytest.param("Globex’s CEO Bo Ray said that demand is strong.", None, [True, np.nan], id="by affiliation"),
        pytest.param("At a fair in Oslo last week, in a speech, Globex’s CEO Bo Ray said that demand is strong.",
                     FOREIGN, [True, np.nan], id="of the trade"),
        pytest.param("Bo Ray said that demand is strong.", FOREIGN, [True, np.nan], id="by the dossier"),
        pytest.param("Initech’s CEO Jo Smith said that demand is strong.", FOREIGN, None, id="of no known company"),
        pytest.param("Globex’s CEO Bo Ray said that Acme is strong.", [True, np.nan], [True, np.nan],
                     id="about the company itself"),
        pytest.param("Near the works of Acme, Globex’s CEO Bo Ray said that demand is strong.", FOREIGN, [True, np.nan],
                     id="only named nearby"),
        pytest.param("The worry grew when analysts at North Street reported that Globex is in trouble.", None,
                     [True, np.nan], id="analysts on another company"),
        pytest.param("Analysts at North Street said that the plan is risky.", [True, np.nan], None, id="analysts on it"),
    ],
)  # fmt: skip
def test_a_speaker_of_another_company_does_not_speak_about_the_event(text, acme, globex):
    found = speaking(text)
    assert {name: str(row) for name, row in found.items()} == {
        name: str(row) for name, row in [("Acme", acme), ("Globex", globex)] if row
    }


def test_the_claims_tell_the_company_of_an_executive():
    claim = {"claim_id": "c", "document_id": "d", "entity": "Globex", "metric": "strategy", "statement": "s",
             "speaker": "Ann Lee", "speaker_kind": "executive", "modality": "planned", "status": "accepted"}  # fmt: skip
    text = "CEO Ann Lee said that demand is strong."
    assert speaking(text)["Acme"][0]
    assert speaking(text, [claim])["Acme"] == FOREIGN


def test_the_evidence_is_found_again_in_the_document():
    rows = tone_sentences(dossier())
    places = locate_evidence(rows[rows["document_id"].eq("one") & rows["source"].eq("document")])
    found = {TEXTS["one"][p.start : p.end]: p.kind for p in places.itertuples()}
    assert found["profit rose"] == "positive" and found["risky"] == "negative"


def test_any_scorer_goes_through_the_same_tables():
    table = measure_tone(dossier(), scorer=lambda texts: [0.5] * len(texts))
    assert set(table["tone"].dropna().round(3)) == {0.5}
    with pytest.raises(TableError, match="one number from -1 to 1"):
        measure_tone(dossier(), scorer=lambda texts: [7.0] * len(texts))


def test_a_dossier_without_texts_has_empty_tables_with_their_columns():
    rows, table = tone_sentences(Dossier()), measure_tone(Dossier())
    assert len(rows) == len(table) == 0
    assert rows.columns.tolist() == tone_sentences(dossier()).columns.tolist()
    assert rows.dtypes.to_dict() == tone_sentences(dossier()).dtypes.to_dict()
    assert table.columns.tolist() == measure_tone(dossier()).columns.tolist()
