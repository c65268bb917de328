"""Speech: who says it, in what office, quoted or reported, and how far it is from a fact."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analystkit.speech import attribute_speakers, certainty_of, modality_of

NAMES = ["speaker", "title", "affiliation", "speaker_kind"]


def first(text):
    return attribute_speakers(text).iloc[0]


@pytest.mark.parametrize(
    ("text", "speaker", "title", "affiliation", "kind"),
    [
        ("“Orders are strong,” said Ann Lee, an analyst at Acme Bank.", "Ann Lee", "analyst", "Acme Bank", "analyst"),
        ('"Orders are strong," Ann Lee, an analyst at Acme Bank, said.', "Ann Lee", "analyst", "Acme Bank", "analyst"),
        ('"Orders are strong," Ann Lee, an Analyst at Acme Bank said.', "Ann Lee", "Analyst", "Acme Bank", "analyst"),
        ("Ann Lee, an analyst at Acme Bank, said: “Orders are strong.”", "Ann Lee", "analyst", "Acme Bank", "analyst"),
        ("Acme Bank analyst Ann Lee called the plan “bold and costly”.", "Ann Lee", "analyst", "Acme Bank", "analyst"),
        ("“It is a bet,” Analysts Ann Lee and Bo Ray said.", "Ann Lee; Bo Ray", "Analysts", None, "analyst"),
        ("Globex’s CEO Bo Ray said that demand is strong.", "Bo Ray", "CEO", "Globex", "executive"),
        ("Globex's chief executive, Bo Ray, called it “a good year”.", "Bo Ray", "chief executive", "Globex", "executive"),
        ("Globex CEO Bo Ray: “This will be our year for chips.”", "Bo Ray", "CEO", "Globex", "executive"),
        ("Demand will grow, Globex Chief Executive Bo Ray said.", "Bo Ray", "Chief Executive", "Globex", "executive"),
        ("North Street analysts reported that Globex cut orders.", "North Street", "analysts", "North Street", "analyst"),
        ("Analysts from North Street said that Globex cut orders.", "North Street", "Analysts", "North Street", "analyst"),
        ("According to Goldman Sachs, spending will peak.", "Goldman Sachs", None, None, "analyst"),
        ("Spending will peak, according to Ann Lee of UBS.", "Ann Lee", None, "UBS", "analyst"),
        ("Globex announced plans to invest 5 billion.", "Globex", None, None, "company"),
        ("Globex Holding Ltd. has announced a plan to invest 5 billion.", "Globex Holding Ltd", None, None, "company"),
        ("Reuters reported on Friday that Globex is in talks.", "Reuters", None, None, "media"),
        ("China’s Ministry of Commerce said it would respond.", "Ministry of Commerce", None, "China", "official"),
        ("The Fed's Powell said rates could stay high.", "Powell", None, "Fed", "official"),
        ("Some investors are questioning whether demand will last.", "investors", "investors", None, "market"),
        ("Wall Street has begun to question whether it pays.", "Wall Street", "Wall Street", None, "market"),
        ("Shares may fall further, analysts said.", "analysts", "analysts", None, "analyst"),
        ("“Nobody is known to have said these words.”", None, None, None, "narrator"),
    ],
)  # fmt: skip
def test_the_speaker_is_read_from_the_words_around(text, speaker, title, affiliation, kind):
    row = first(text)
    found = [None if pd.isna(row[name]) else row[name] for name in NAMES]
    assert found == [speaker, title, affiliation, kind]


@pytest.mark.parametrize(
    ("text", "statement", "quoted"),
    [
        ("“Orders are strong,” said Ann Lee.", "Orders are strong", True),
        ("Ann Lee described it as “the largest plan ever by a private firm.” It rained.",
         "the largest plan ever by a private firm", True),
        ("“One. Two would follow – if at all. It’s not clear,” Ann Lee said.",
         "One. Two would follow – if at all. It’s not clear", True),
        ("Last week, Ann Lee declared that chips are now the goal.", "chips are now the goal", False),
        ("Shares may fall further, analysts said.", "Shares may fall further", False),
        ("Spending peaked, according to Ann Lee.", "Spending peaked", False),
    ],
)  # fmt: skip
def test_the_statement_is_cut_out_exactly(text, statement, quoted):
    row = first(text)
    assert (row["statement"], row["quoted"]) == (statement, quoted)
    assert text[row["start"] : row["end"]] == statement


def test_a_surname_is_the_person_introduced_in_full():
    rows = attribute_speakers("Globex CEO Bo Ray spoke. Last week, Ray said that chips are the goal.")
    assert rows[["speaker", "title", "affiliation", "how"]].values.tolist() == [
        ["Bo Ray", "CEO", "Globex", "known"]
    ]


def test_a_pronoun_is_the_last_speaker_and_says_so():
    rows = attribute_speakers("Acme analyst Ann Lee said demand is strong. She added that prices will fall.")
    assert rows["speaker"].tolist() == ["Ann Lee", "Ann Lee"]
    assert rows["how"].tolist() == ["named", "pronoun"]


def test_what_is_done_to_somebody_is_not_said():
    rows = attribute_speakers("Globex said that sanctions hurt firms, as they deny them access to chips.")
    assert rows["statement"].tolist() == ["sanctions hurt firms, as they deny them access to chips"]
    rows = attribute_speakers("Acme analyst Ann Lee said demand is strong. They deny them access to chips.")
    assert rows["statement"].tolist() == ["demand is strong"]


def test_a_quotation_that_runs_on_has_the_same_speaker():
    rows = attribute_speakers("“We are sure,” said Bo Ray, head of Globex. “Demand will not slow down soon.”")
    assert rows["speaker"].tolist() == ["Bo Ray", "Bo Ray"]


@pytest.mark.parametrize(
    ("statement", "modality", "certainty"),
    [
        ("Globex grew", "reported", "certain"),
        ("Globex will invest 5 billion", "planned", "certain"),
        ("demand could grow", "estimated", "uncertain"),
        ("it expects growth", "estimated", "probable"),
        ("Globex is canceling leases", "cancelled", "certain"),
        ("the site was delayed by a year", "postponed", "certain"),
        ("it has completed the site", "completed", "certain"),
        ("it has no plans to sell", "denied", "probable"),
    ],
)
def test_modality_and_certainty_follow_the_cues(statement, modality, certainty):
    assert (modality_of(statement), certainty_of(statement)) == (modality, certainty)


def test_the_verb_belongs_to_the_modality():
    assert first("Globex denied that it sold the site.")["modality"] == "denied"


def test_nothing_said_gives_a_table_with_all_columns():
    rows = attribute_speakers("It rained.")
    assert len(rows) == 0
    assert rows.dtypes.astype(str).to_dict() == {
        "start": "int64",
        "end": "int64",
        "statement": "str",
        "speaker": "str",
        "title": "str",
        "affiliation": "str",
        "speaker_kind": "str",
        "quoted": "bool",
        "modality": "str",
        "certainty": "str",
        "how": "str",
    }


@pytest.mark.parametrize(
    "unit",
    ['"', "“said ” ", "Ann, ", "said ", "analyst of ", "A. ", "according to ", "(", "“", "Ann said it "],
)
def test_hostile_text_is_read_to_the_end(unit):
    rows = attribute_speakers(unit * 4000)
    assert (rows["start"] <= rows["end"]).all()


PARTS = [
    "Ann Lee",
    "said",
    "that",
    '"',
    "“",
    "”",
    ",",
    ".",
    "analyst",
    "at",
    "Globex",
    "it fell",
    "she",
    ":",
    "\n",
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=20).map(" ".join))
def test_offsets_always_select_the_statement(text):
    for row in attribute_speakers(text).itertuples():
        assert text[row.start : row.end] == row.statement
