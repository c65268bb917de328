"""A draft against the dossier: what a copy desk would have stopped."""

import numpy as np
import pandas as pd
import pytest

import analystkit as ak
from analystkit.schemas.tables import read_words

ENTITIES = pd.DataFrame(
    {"entity": ["Meta", "Apple"], "name": ["Meta Platforms", "Apple Inc."], "kind": "company", "aliases": ["Facebook", None]}
)  # fmt: skip

# A retelling of the two articles in our own words; the ten errors are planted by hand, the rest is faithful.
RETELLING = [
    (
        "Alibaba is to put more than 380 billion yuan ($53 billion) into AI infrastructure over the next three years.",
        ["holds", "holds"],
    ),
    ("The group wants to invest 380 billion yuan over three years, its largest push so far.", ["hedge lost"]),
    ("Its Hong Kong shares rose as much as 3% on Monday.", ["contradicted"]),
    (
        "Alicia Yap of Citigroup said the sum was above her own estimates by about 30 billion yuan.",
        ["holds"],
    ),
    (
        "Microsoft expects to spend $80 billion on AI data centers in 2026, while Meta has set aside $65 billion for 2025.",
        ["wrong period", "hedge lost"],
    ),
    (
        "A second report says that Alibaba committed more than $63 billion over the next three years.",
        ["contradicted"],
    ),
    ("According to it, Microsoft is looking to invest $80 in AI data centers this year.", ["contradicted"]),
    (
        "Analysts call Alibaba's plan of at least $53 billion over the next five years a gamble.",
        ["wrong period"],
    ),
    ("Alibaba's revenue has passed $100 billion in 2025.", ["wrong measure"]),
    ("Alibaba's shares have gained more than $100 billion in market value in 2025.", ["holds"]),
    ("Alibaba has already spent more than 380 billion yuan on AI infrastructure.", ["wrong measure"]),
    ("Tencent, its rival, plans to invest 70 billion yuan.", ["no source"]),
    ("Meta has earmarked about $65 billion for 2025.", ["holds"]),
]
DRAFT = "\n\n".join(sentence for sentence, _ in RETELLING)


def claim(claim_id, document_id="d1", value=np.nan, **more):
    row = {
        "claim_id": claim_id, "document_id": document_id, "entity": "Meta", "metric": "capex", "statement": "s",
        "value": value, "unit": "USD", "bound": "exact", "period": "2025", "speaker": "Meta",
        "speaker_kind": "company", "modality": "planned", "status": "accepted",
    }  # fmt: skip
    return row | more


def judged(draft, *claims):
    return ak.check_text(draft, ak.Dossier(claims=pd.DataFrame(claims), entities=ENTITIES))


@pytest.fixture(scope="module")
def shipped():
    return ak.open_dossier("data/alibaba-ai-plan")


@pytest.fixture(scope="module")
def findings(shipped):
    return ak.check_text(DRAFT, shipped)


@pytest.mark.parametrize(
    ("sentence", "verdicts"), RETELLING, ids=[v[0] + ": " + s[:40] for s, v in RETELLING]
)
def test_each_planted_error_is_stopped_and_each_faithful_figure_passes(findings, sentence, verdicts):
    start = DRAFT.index(sentence)
    rows = findings[findings["start"].between(start, start + len(sentence) - 1)]
    assert rows["verdict"].tolist() == verdicts, rows["message"].tolist()


def test_the_retelling_has_ten_planted_errors():
    assert sum(v != "holds" for _, verdicts in RETELLING for v in verdicts) == 10


def test_offsets_select_the_figure_in_the_draft(findings):
    assert all(DRAFT[row.start : row.end] == row.quote for row in findings.itertuples())
    assert set(findings["verdict"]) <= set(read_words("desk_verdicts.csv")["verdict"])


def test_every_verdict_but_no_source_names_a_claim_and_what_to_write(findings, shipped):
    rows = findings[findings["verdict"] != "no source"]
    assert rows["claim_id"].isin(shipped.claims["claim_id"]).all()
    wrong = rows[rows["verdict"] != "holds"]
    assert wrong["expected"].notna().all()
    assert 'more than "380 billion yuan"' in wrong["expected"].tolist()


def test_a_figure_revised_since_is_stale_with_the_newer_one():
    row = judged(
        "Meta plans capital expenditure of $65 billion in 2025.",
        claim("old", "d1", 65e9, said_on="2025-01-24"),
        claim("new", "d2", 72e9, said_on="2025-07-30", quote="$72 billion"),
    ).iloc[0]
    assert (row["verdict"], row["claim_id"], row["expected"]) == ("stale", "new", '"$72 billion"')
    assert "2025-07-30" in row["message"]


def test_a_stale_figure_is_told_the_newest_one_however_often_it_was_revised():
    claims = [
        claim("jan", "d1", 65e9, said_on="2025-01-24"),
        claim("apr", "d2", 68e9, said_on="2025-04-30", revises="jan"),
        claim("jul", "d3", 72e9, said_on="2025-07-30", revises="apr", quote="$72 billion"),
    ]
    for figure in ("$65 billion", "$68 billion"):
        row = judged(f"Meta plans capital expenditure of {figure} in 2025.", *claims).iloc[0]
        assert (row["verdict"], row["claim_id"], row["expected"]) == ("stale", "jul", '"$72 billion"')


@pytest.mark.parametrize("revises", [None, "old"])
def test_a_figure_that_was_said_again_since_is_not_stale(revises):
    claims = [
        claim("old", "d1", 65e9, said_on="2025-01-24"),
        claim("new", "d2", 65e9, said_on="2025-04-30", revises=revises),
    ]
    row = judged("Meta plans capital expenditure of $65 billion in 2025.", *claims).iloc[0]
    assert row["verdict"] == "holds"


def test_a_point_that_became_a_range_does_not_hold():
    claims = [
        claim("old", "d1", 65e9, said_on="2025-01-24"),
        claim("new", "d2", low=65e9, high=72e9, bound="range", said_on="2025-04-30", revises="old"),
    ]
    row = judged("Meta plans capital expenditure of $65 billion in 2025.", *claims).iloc[0]
    assert (row["verdict"], row["claim_id"]) == ("hedge lost", "new")


def test_a_conversion_right_at_the_rate_of_the_day_holds_beside_another_of_the_source():
    """380 billion yuan at 7.25 (ECB, 2025-02-24) are 52.4 billion dollars; the source rounds to 53."""
    claims = [
        claim("yuan", "d1", 380e9, unit="CNY", said_on="2025-02-24", quote="380 billion yuan"),
        claim("dollars", "d1", 53e9, said_on="2025-02-24", quote="$53 billion", converts="yuan"),
    ]
    drafts = {"$52.4 billion": "holds", "$53 billion": "holds", "$63 billion": "contradicted"}
    for figure, verdict in drafts.items():
        assert judged(f"Meta plans capex of {figure} in 2025.", *claims)["verdict"].tolist() == [verdict]


@pytest.mark.parametrize(
    ("draft", "verdict"),
    [
        ("Meta plans capex of about $65 billion in 2025.", "holds"),
        ("Facebook plans capex of about $65 billion in 2025.", "holds"),
        ("Meta plans capex of more than $65 billion in 2025.", "hedge lost"),
        ("Meta plans capex of $65 billion in 2025.", "hedge lost"),
        ("Meta plans capex of $60 billion in 2025.", "contradicted"),
        ("Meta plans capex of about 65 billion euros in 2025.", "contradicted"),
        ("Meta plans capex of about $65 billion in 2026.", "wrong period"),
        ("Meta reported revenue of about $65 billion in 2025.", "wrong measure"),
        ("Apple plans capex of about $65 billion in 2025.", "no source"),
    ],
)
def test_a_hedged_plan_is_told_in_many_ways(draft, verdict):
    source = claim("a", "d1", 65e9, bound="approximately", quote="$65 billion", said_on="2025-01-24")
    assert judged(draft, source)["verdict"].tolist() == [verdict]


def test_one_end_of_a_range_has_lost_its_hedge_and_the_whole_range_holds():
    source = claim("a", "d1", low=60e9, high=65e9, bound="range", quote="$60-65 billion")
    rows = judged(
        "Meta plans capex of $65 billion in 2025.\nMeta plans capex of $60 billion to $65 billion in 2025.",
        source,
    )
    assert rows["verdict"].tolist() == ["hedge lost", "holds"]


def test_a_rounded_figure_holds():
    source = claim("a", "d1", 64.6e9, quote="$64.6 billion")
    assert judged("Meta plans capex of $65 billion in 2025.", source)["verdict"].tolist() == ["holds"]


def test_a_figure_in_another_currency_holds_at_the_rate_of_the_day():
    """380 billion yuan at 7.25 (ECB, 2025-02-24) are 52.4 billion dollars."""
    source = claim("a", "d1", 380e9, unit="CNY", said_on="2025-02-24", quote="380 billion yuan")
    assert judged("Meta plans capex of $52.4 billion in 2025.", source)["verdict"].tolist() == ["holds"]
    assert judged("Meta plans capex of $63 billion in 2025.", source)["verdict"].tolist() == ["contradicted"]


def test_lines_wrapped_and_quoted_in_an_email_are_read_as_one_sentence():
    source = claim("a", "d1", 65e9, bound="approximately", quote="$65 billion")
    draft = "> As was said at the call, Meta plans capital spending of about\r\n> $65 billion in 2025."
    row = judged(draft, source).iloc[0]
    assert row["verdict"] == "holds"
    assert draft[row["start"] : row["end"]] == "$65 billion"


def test_a_draft_without_figures_has_no_rows_and_the_same_columns(findings):
    none = judged("Nothing to see.", claim("a", "d1", 65e9))
    assert len(none) == 0
    assert none.dtypes.to_dict() == findings.dtypes.to_dict()
