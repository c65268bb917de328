import pandas as pd
import pytest

import analystkit as ak
from analystkit.sources import footnotes, link_to_quote, marks, split_ids


def test_a_footnote_leads_from_the_claim_to_quote_document_and_offsets(folder):
    notes = footnotes(ak.open_dossier(folder), ["apple", "meta"])
    assert notes["number"].tolist() == [1, 2]
    meta = notes.iloc[1]
    assert (meta["quote"], meta["title"], meta["start"], meta["end"]) == (
        "$60-65 billion",
        "Meta spends",
        11,
        25,
    )


def test_ids_joined_in_a_cell_are_split_once_each():
    assert split_ids(["a;b", "b; c", float("nan")]) == ["a", "b", "c"]


def test_an_unknown_claim_is_named(folder):
    with pytest.raises(ak.AnalystkitError, match="'gone'") as caught:
        footnotes(ak.open_dossier(folder), "meta;gone")
    assert caught.value.rows["claim_id"].tolist() == ["gone"]


def test_marks_point_at_the_numbers_of_the_notes():
    notes = pd.DataFrame({"claim_id": ["x", "y"], "number": [1, 2]})
    assert marks(pd.Series(["y", None, "y;x"]), notes).tolist() == ["[2]", "", "[1, 2]"]


def test_a_hyphen_in_a_text_fragment_is_encoded():
    # https://wicg.github.io/scroll-to-text-fragment/: a bare hyphen would end a prefix
    link = link_to_quote(pd.Series(["https://example.org/p"]), pd.Series(["$60-65 billion"]))
    assert link[0] == "https://example.org/p#:~:text=%2460%2D65%20billion"
