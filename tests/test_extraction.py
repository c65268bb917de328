"""Text -> proposed claims. The sentences are written for these tests."""

import json
from pathlib import Path

import pandas as pd
import pytest

import analystkit as ak
from analystkit.schemas import conform

ENTITIES = pd.DataFrame(
    {
        "entity": ["Meta", "Toyota", "Citigroup", "Alibaba"],
        "name": ["Meta Platforms", "Toyota Motor", "Citigroup", "Alibaba Group Holding Ltd."],
        "kind": ["company", "company", "house", "company"],
        "aliases": ["Facebook", "Toyota Motor Corp", "Citi", None],
    }
)


def extracted(text, entities=None, published_at="2025-02-24"):
    claims = ak.extract_claims(text, "d1", entities, published_at)
    assert all(text[c.start : c.end] == c.quote for c in claims.itertuples())
    assert set(claims["status"]) <= {"proposed"}
    pd.testing.assert_frame_equal(claims, conform(claims, "claims"))
    return claims


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Acme Corp plans to invest more than $2 billion in data centers over three years.",
            ("Acme", "investment_plan", "data_centers", "P3Y", "narrator", "planned"),
        ),
        (
            "Unlike Globex, Initech plans capital spending of about $75 billion in 2025.",
            ("Initech", "capex", None, "2025", "narrator", "planned"),
        ),
        (
            "Shares of Toyota Motor fell 2.4% in Tokyo.",
            ("Toyota", "price_change", None, None, "narrator", "reported"),
        ),
        (
            "Revenue at Umbrella grew 4% in the year.",
            ("Umbrella", "growth", "revenue", None, "narrator", "reported"),
        ),
        (
            "Hooli's market value dropped by $12 billion on Monday.",
            ("Hooli", "market_value_change", None, None, "narrator", "reported"),
        ),
        (
            "According to Citigroup, Alibaba's capex could reach 120 billion yuan in fiscal 2026.",
            ("Alibaba", "capex", None, "FY2026", "Citigroup", "estimated"),
        ),
        (
            '"We will invest £1.1bn in Britain over five years," said Jane Roe, chief executive of Hexa plc.',
            ("Hexa", "investment_plan", None, "P5Y", "Jane Roe", "planned"),
        ),
        (
            "Facebook has earmarked roughly $65 billion for 2025.",
            ("Meta", "investment_plan", None, "2025", "narrator", "planned"),
        ),
        ("Acme agreed to buy Globex for $3.2bn.", ("Acme", "acquisition", None, None, "narrator", "planned")),
        ("Acme said it would cut about 15,000 jobs.", ("Acme", "jobs", None, None, "Acme", "planned")),
    ],
)
def test_a_figure_gets_subject_measure_scope_period_speaker_and_modality(text, expected):
    entities = ENTITIES if any(name in text for name in ("Toyota", "Facebook", "Alibaba")) else None
    row = extracted(text, entities).iloc[0]
    fields = [row[c] for c in ("entity", "metric", "of", "period", "speaker", "modality")]
    assert tuple(None if pd.isna(f) else f for f in fields) == expected


def test_two_companies_in_one_sentence_keep_their_own_figures():
    claims = extracted(
        "Acme expects to spend $80 billion this year, while Globex has earmarked about $65 billion for 2026."
    )
    assert claims[["entity", "value", "bound", "period"]].values.tolist() == [
        ["Acme", 80e9, "exact", "2025"],
        ["Globex", 65e9, "approximately", "2026"],
    ]


def test_the_company_of_the_next_sentence_is_the_one_before():
    claims = extracted("Acme opened a plant. The company will invest $2 billion in it.")
    assert claims["entity"].tolist() == ["Acme"]


def test_a_bracketed_conversion_points_to_its_original():
    claims = extracted("Alibaba will invest 380 billion yuan ($53 billion) over three years.", ENTITIES)
    assert claims["converts"].tolist()[1] == claims["claim_id"][0]
    assert claims["period"].tolist() == ["P3Y", "P3Y"]
    assert claims["claim_id"].tolist()[0] == "d1:20-36:investment_plan"


def test_what_cannot_be_told_is_flagged():
    row = extracted("It came to $3 billion.").iloc[0]
    assert (row["entity"], row["metric"]) == ("unknown", "other")
    assert {"entity_missing", "metric_missing", "period_missing"} <= set(row["flags"].split(";"))


def test_a_name_outside_the_table_is_taken_and_flagged():
    row = extracted("Globex plans to invest $3 billion.", ENTITIES).iloc[0]
    assert row["entity"] == "Globex" and "entity_unlisted" in row["flags"]


def test_a_missing_scale_stays_as_printed():
    row = extracted("Acme will invest $80 in data centers in 2025.").iloc[0]
    assert row["value"] == 80 and "scale_missing" in row["flags"]


def test_a_text_without_figures_has_no_claims():
    claims = extracted("Nothing to see here.")
    assert len(claims) == 0 and str(claims["value"].dtype) == "float64"


def test_the_statement_is_drafted_from_the_fields():
    row = extracted("Acme plans to invest more than $2 billion over three years.").iloc[0]
    assert row["statement"] == "Acme: investment plan more than $2 billion for P3Y (planned)."


def test_the_shipped_figures_are_found_again_in_the_digests_of_the_dossier():
    """The claims of the two digests were accepted by a person; proposals must come close."""
    dossier = ak.open_dossier("data/alibaba-ai-plan")
    right = total = 0
    for document_id, text in dossier.texts.items():
        proposed = extracted(text, dossier.entities).set_index("start")
        accepted = dossier.claims[
            dossier.claims["document_id"].eq(document_id) & dossier.claims["value"].notna()
        ]
        for claim in accepted.itertuples():
            assert claim.start in proposed.index, claim.claim_id
            row = proposed.loc[claim.start]
            assert row["value"] == claim.value and row["unit"] == claim.unit
            for column in ("entity", "metric", "period", "modality", "speaker_kind"):
                total += 1
                ours, theirs = row[column], getattr(claim, column)
                spending = {"investment_plan", "capex"}
                right += ours == theirs or {ours, theirs} == spending or (pd.isna(ours) and pd.isna(theirs))
    assert right / total >= 0.8


def test_the_two_articles_give_all_their_seventeen_figures(shared):
    articles = sorted((shared / "articles").glob("*.txt"))
    counts = [len(extracted(path.read_text(encoding="utf-8"))) for path in articles]
    assert counts == [11, 6]


# Sixteen invented news reports of other topics and countries, each figure labelled by hand: the readings of a field
# that a careful person would accept.
NEWSWIRES = json.loads((Path(__file__).parent / "data" / "newswires.json").read_text(encoding="utf-8"))
FIELDS = ["entity", "metric", "speaker", "speaker_kind", "period", "modality"]


def accepted(row, figure, field):
    found = None if pd.isna(row[field]) else row[field]
    named = field in ("entity", "speaker") and found is not None
    return any(
        found == want or (named and want and (want in found or found in want)) for want in figure[field]
    )


@pytest.mark.parametrize("field", FIELDS)
def test_news_of_other_topics_is_read_as_a_person_reads_it(field):
    read, wrong = 0, []
    for wire in NEWSWIRES:
        claims = extracted(wire["text"], published_at=wire["published"]).set_index("quote")
        for figure in wire["figures"]:
            row = claims.loc[[figure["quote"]]].iloc[0]
            read += 1
            wrong += [] if accepted(row, figure, field) else [(figure["quote"], row[field], figure[field])]
    assert read == 100
    assert len(wrong) <= 0.06 * read, wrong


@pytest.mark.parametrize(
    ("text", "entity", "speaker", "period"),
    [
        ("LISBON, May 2 — Acme Cells will spend $2 billion by 2028, the company said.", "Acme Cells", "Acme Cells", "../2028"),
        ("Acme Cells opened a plant. Acme will spend $2 billion in Lisbon in 2026.", "Acme Cells", "narrator", "2026"),
        ("Acme said last year it would invest $3 billion by 2030.", "Acme", "Acme", "../2030"),
        ("Acme and Globex plan to spend $60bn in 2026, of which Globex $20bn.", "Acme", "narrator", "2026"),
        ("Acme will invest $5 billion by 2030, President Bo Ray said at a briefing, adding detail.", "Acme", "Bo Ray", "../2030"),
        ("Chip maker Acme raised its 2025 capex guidance to $4 billion.", "Acme", "Acme", "2025"),
    ],
)  # fmt: skip
def test_datelines_short_forms_and_asides_do_not_mislead(text, entity, speaker, period):
    row = extracted(text).iloc[0]
    assert (row["entity"], row["speaker"], row["period"]) == (entity, speaker, period)


def test_last_years_figure_is_not_given_this_years_period():
    claims = extracted(
        "In fiscal 2024 Acme's capital expenditure was $612 million, up from $480 million a year earlier."
    )
    assert claims["period"].tolist() == ["FY2024", "FY2023"]


def test_a_figure_that_is_only_held_against_another_has_no_period_of_its_own():
    claims = extracted("In 2024 Acme's revenue was $612 million, up from $480 million.")
    assert claims["period"].tolist()[0] == "2024" and pd.isna(claims["period"][1])
    assert "period_unresolved" in claims["flags"][1]


def test_figures_named_respectively_go_to_their_companies_in_order():
    claims = extracted("Acme and Globex will spend $60bn and $45bn respectively this year.")
    assert claims["entity"].tolist() == ["Acme", "Globex"]
