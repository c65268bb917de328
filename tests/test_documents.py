import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analystkit.documents import find_quote, fingerprint, read_text, sentences, stands_at
from analystkit.errors import AnalystkitError


def test_a_byte_order_mark_and_foreign_line_ends_are_gone(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeffOne.\r\nTwo.\rThree.".encode())
    assert read_text(path) == "One.\nTwo.\nThree."


def test_an_empty_document_is_refused(tmp_path):
    (tmp_path / "a.txt").write_text("  \n")
    with pytest.raises(AnalystkitError, match=r"a\.txt: the file is empty"):
        read_text(tmp_path / "a.txt")


def test_the_fingerprint_is_the_sha256_of_the_utf8_bytes():
    assert fingerprint("380 亿元") == hashlib.sha256("380 亿元".encode()).hexdigest()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rose 3.5% on Monday. Then it fell.", ["It rose 3.5% on Monday.", "Then it fell."]),
        ("Alibaba Group Holding Ltd. announced it. J. Ma spoke.", ["Alibaba Group Holding Ltd. announced it.", "J. Ma spoke."]),
        ("Sales in the U.S. grew. Others shrank!", ["Sales in the U.S. grew.", "Others shrank!"]),
        ("“It is risky.” She left.", ["“It is risky.”", "She left."]),
        ("A heading\n- a bullet\n- another", ["A heading", "- a bullet", "- another"]),
        ("It cost $5. $6 was asked.", ["It cost $5.", "$6 was asked."]),
        ("", []),
    ],
)  # fmt: skip
def test_sentences_end_where_a_reader_says(text, expected):
    assert sentences(text)["text"].tolist() == expected


@given(st.text(max_size=200))
def test_each_sentence_stands_at_its_offsets(text):
    found = sentences(text)
    assert all(text[s:e] == t for s, e, t in found[["start", "end", "text"]].itertuples(index=False))
    assert "".join(found["text"]).split() == [] or "".join("".join(found["text"]).split()) == "".join(
        text.split()
    )


def test_advertisement_lines_are_marked():
    found = sentences("Profit rose.\nSubscribe now and get real-time news!")
    assert found["is_boilerplate"].tolist() == [False, True]


def test_white_space_and_quotation_marks_fold_and_nothing_else_does():
    text = "They called it “a risky\n gamble” of 53 billion."
    assert find_quote(text, '"a risky gamble"') == [(15, 32)]
    assert find_quote(text, "a risky gambles") == []
    assert find_quote(text, "3 billion") == []


def test_every_place_of_a_quote_is_found():
    assert find_quote("3% here, 3% there, 13% nowhere", "3%") == [(0, 2), (9, 11)]


def test_offsets_outside_the_text_select_nothing():
    assert not stands_at("short", "short", 0, 9)
    assert not stands_at("short", "short", 5, 5)
