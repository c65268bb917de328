from pathlib import Path

import pandas as pd
import pytest

from analystkit import schemas

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("table", schemas.TABLES)
def test_every_column_has_a_meaning(table):
    spec = schemas.columns(table)
    assert spec["meaning"].str.len().gt(3).all()
    assert set(schemas.KEYS[table]) <= set(spec["column"])


def test_every_vocabulary_that_a_column_names_has_words_with_meanings():
    for table in schemas.TABLES:
        for name in filter(None, schemas.columns(table)["vocabulary"]):
            assert all(schemas.vocabulary(name).values()), name


def test_the_codebook_beside_the_data_is_the_one_the_schemas_make():
    assert (ROOT / "data" / "README.md").read_text(encoding="utf-8") == schemas.codebook()


def test_a_misspelt_word_is_met_with_the_right_one():
    frame = pd.DataFrame({"entity": ["A"], "name": ["A"], "kind": ["compny"]})
    with pytest.raises(schemas.conforming.TableError, match="Did you mean 'company'"):
        schemas.conform(frame, "entities")


def test_words_can_be_kept_when_asked():
    frame = pd.DataFrame({"entity": ["A"], "name": ["A"], "kind": ["compny"]})
    assert schemas.conform(frame, "entities", words=False)["kind"].tolist() == ["compny"]


@pytest.mark.parametrize("text", ["380,000", "$5", "5 bn", "inf", "1e999", "0x10"])
def test_only_plain_numbers_are_numbers(text):
    frame = pd.DataFrame({"instrument": ["A"], "session": ["2025-01-02"], "close": [text]})
    with pytest.raises(schemas.conforming.TableError) as caught:
        schemas.conform(frame, "prices")
    assert caught.value.rows["problem"][0] == "not a number"


def test_text_keeps_na_as_a_word():
    # "NA" and "None" are names here (a ticker, a word of a quote), never missing values
    frame = pd.DataFrame({"entity": ["NA"], "name": ["None"], "kind": ["company"]})
    assert schemas.conform(frame, "entities")[["entity", "name"]].values.tolist() == [["NA", "None"]]


def test_input_is_not_changed():
    frame = pd.DataFrame({"entity": [" A "], "name": ["A"], "kind": ["company"]})
    schemas.conform(frame, "entities")
    assert frame["entity"].tolist() == [" A "]
