"""Bad input stops at the border: named by file, row, column, value and remedy, all rows at once, nothing written."""

import pandas as pd
import pytest

import analystkit as ak
from analystkit.errors import AnalystkitError, DossierError, QuoteError, TableError


def broken(folder, file, old, new):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return folder


def refused(folder, error=AnalystkitError, **options):
    before = {p: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    with pytest.raises(error) as caught:
        ak.open_dossier(folder, **options)
    assert {p: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()} == before
    return caught.value


def first(error):
    row = error.rows.iloc[0]
    return row["file"], row["row"], row["column"], row["value"]


def test_the_unbroken_dossier_opens(folder):
    assert len(ak.open_dossier(folder).claims) == 2


def test_an_unknown_column_is_named_with_the_one_that_was_meant(folder):
    error = refused(broken(folder, "claims.csv", "entity,metric", "entity,metrics"), TableError)
    assert first(error)[:3] == ("claims.csv", 1, "metrics")
    assert "Did you mean 'metric'?" in str(error)


def test_a_missing_column_is_named_with_what_it_means(folder):
    error = refused(broken(folder, "instruments.csv", "currency,", ""), TableError)
    assert "currency" in error.rows.loc[error.rows["problem"] == "missing column", "column"].tolist()


def test_a_duplicate_claim_id_is_refused(folder):
    error = refused(broken(folder, "claims.csv", "\napple,", "\nmeta,"), TableError)
    assert first(error) == ("claims.csv", 3, "claim_id", "meta")
    assert "Keep one row for each claim_id" in str(error)


@pytest.mark.parametrize(
    ("old", "new", "column", "value"),
    [
        pytest.param("apple,d2,", "apple,d9,", "document_id", "d9", id="document"),
        pytest.param("apple,d2,Apple", "apple,d2,Appel", "entity", "Appel", id="entity"),
    ],
)
def test_an_unknown_name_is_refused_by_strict_opening_and_reported_otherwise(folder, old, new, column, value):
    broken(folder, "claims.csv", old, new)
    assert first(refused(folder, DossierError)) == ("claims.csv", 3, column, value)
    kept = ak.open_dossier(folder, strict=False)
    assert value in set(kept.claims[column])
    assert ak.check(kept)["message"].str.contains(value).any()


@pytest.mark.parametrize(
    ("old", "new", "column", "value"),
    [
        pytest.param(
            "Apple,investment_plan", "Apple,investment_plans", "metric", "investment_plans", id="metric"
        ),
        pytest.param(",,,USD,more_than", ",,,US$,more_than", "unit", "US$", id="currency"),
    ],
)
def test_an_unknown_word_is_refused_by_strict_opening_and_reported_otherwise(folder, old, new, column, value):
    broken(folder, "claims.csv", old, new)
    assert first(refused(folder, TableError)) == ("claims.csv", 3, column, value)
    kept = ak.open_dossier(folder, strict=False)
    assert value in set(kept.claims[column])
    assert ak.check(kept)["message"].str.contains(value, regex=False).any()


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        pytest.param("claims.csv", ",500000000000,", ",500bn,", ("claims.csv", 3, "value", "500bn"), id="not a number"),
        pytest.param(
            "claims.csv", "60000000000,65000000000", "65000000000,60000000000",
            ("claims.csv", 2, "low", "65000000000"), id="low above high",
        ),
        pytest.param(
            "claims.csv", "2025,,,2025-01-24", "2025,2025-12-31,2025-01-01,2025-01-24",
            ("claims.csv", 2, "period_start", "2025-12-31"), id="period ends before it starts",
        ),
        pytest.param(
            "documents.csv", "09:00:00-05:00", "09:00:00",
            ("documents.csv", 2, "published_at", "2025-01-24T09:00:00"), id="naive time stamp",
        ),
        pytest.param("claims.csv", "2025-01-24,Meta", "24/01/2025,Meta", ("claims.csv", 2, "said_on", "24/01/2025"), id="day not ISO"),
        pytest.param("prices.csv", "647.49", "0", ("prices.csv", 3, "close", "0"), id="price of zero"),
        pytest.param("prices.csv", "647.49", "-1.5", ("prices.csv", 3, "close", "-1.5"), id="price below zero"),
        pytest.param("prices.csv", "2025-01-24", "2025-01-23", ("prices.csv", 3, "session", "2025-01-23"), id="session twice"),
        pytest.param("claims.csv", ",P4Y,", ",four years,", ("claims.csv", 3, "period", "four years"), id="period in words"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named(folder, file, old, new, place):
    error = refused(broken(folder, file, old, new), TableError)
    assert first(error) == place
    assert error.rows["remedy"].str.len().gt(10).all()
    assert place[0] in str(error) and str(place[3]) in str(error)


def test_a_quote_that_is_absent_from_its_document_is_refused(folder):
    error = refused(broken(folder, "claims.csv", "$60-65 billion,11", "$60-66 billion,11"), QuoteError)
    assert first(error) == ("claims.csv", 2, "quote", "$60-66 billion")
    assert "not in its document" in str(error)
    assert len(ak.open_dossier(folder, strict=False).claims) == 2


def test_offsets_that_do_not_select_the_quote_are_refused(folder):
    error = refused(broken(folder, "claims.csv", ",11,25,", ",10,24,"), QuoteError)
    assert "' $60-65 billio'" in error.rows["problem"][0]


def test_an_empty_file_is_refused(folder):
    (folder / "prices.csv").write_text("")
    assert "prices.csv: the file is empty" in str(refused(folder, TableError))


def test_a_file_that_is_not_utf8_is_refused(folder):
    (folder / "entities.csv").write_bytes("entity,name,kind\nNestlé,Nestlé,company\n".encode("latin-1"))
    error = refused(folder, TableError)
    assert "entities.csv: not UTF-8 (byte 0xe9 at position" in str(error)


def test_a_document_that_is_not_utf8_is_refused(folder):
    (folder / "documents" / "d1.txt").write_bytes(b"Meta plans \xa360 billion")
    assert "d1.txt: not UTF-8" in str(refused(folder))


def test_a_directory_without_tables_is_refused(tmp_path):
    assert "a directory without tables" in str(refused(tmp_path, DossierError))


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DossierError, match="no folder 'nowhere/at-all'"):
        ak.open_dossier("nowhere/at-all")


def test_every_fault_of_a_table_is_told_at_once(folder):
    broken(folder, "claims.csv", ",500000000000,", ",500bn,")
    broken(folder, "claims.csv", ",P4Y,", ",four years,")
    broken(folder, "claims.csv", "Meta,company,planned", "Meta,corporation,plan")
    error = refused(folder, TableError)
    assert set(error.rows["column"]) == {"value", "period", "speaker_kind", "modality"}
    assert list(error.rows.columns) == ["file", "row", "name", "column", "value", "problem", "remedy"]
    assert str(error).startswith("claims.csv: 2 of 2 rows do not hold (first: row 2 'meta'")


def test_bad_claims_are_not_saved_and_the_old_file_stays(folder):
    claims = ak.load_claims(folder / "claims.csv")
    before = (folder / "claims.csv").read_bytes()
    with pytest.raises(TableError) as caught:
        ak.save_claims(claims.assign(metric="capexx"), folder / "claims.csv")
    assert len(caught.value.rows) == 2
    assert (folder / "claims.csv").read_bytes() == before
    assert not [p for p in folder.iterdir() if p.name.startswith(".claims.csv") and p.suffix == ".csv"]


def test_a_frame_with_a_naive_moment_is_refused_like_a_file():
    events = pd.DataFrame(
        {
            "event_id": ["E1"], "entity": ["Meta"], "published_at": [pd.Timestamp("2025-01-24 09:00")],
            "time_precision": ["hour"], "headline": ["h"], "source_title": ["t"], "source_url": ["u"],
        }
    )  # fmt: skip
    with pytest.raises(TableError, match="not a moment with an offset"):
        ak.Dossier(events=events)
