import os

import pandas as pd
import pytest

import analystkit as ak
from analystkit.authoring import add_document, append, describe, guide, new_dossier
from analystkit.errors import AnalystkitError, DossierError, TableError


def test_a_new_dossier_opens_and_is_a_valid_data_package(tmp_path):
    frictionless = pytest.importorskip("frictionless")
    folder = new_dossier(tmp_path / "topic", "A topic")
    assert len(ak.open_dossier(folder).claims) == 0
    assert frictionless.validate(str(folder / "datapackage.json")).valid


def test_a_folder_that_is_not_empty_is_left_alone(folder):
    with pytest.raises(DossierError, match="not empty"):
        new_dossier(folder)


def test_describing_keeps_sources_and_licences(tmp_path):
    folder = new_dossier(tmp_path / "topic")
    path = folder / "datapackage.json"
    path.write_text(
        path.read_text().replace('"name": "prices"', '"licenses": [{"name": "MIT"}],\n "name": "prices"')
    )
    assert '"licenses"' in describe(folder).read_text()


def test_an_original_goes_to_the_library_and_a_digest_to_documents(folder, tmp_path):
    article = tmp_path / "article.txt"
    article.write_text("Meta plans $60-65 billion.", encoding="utf-8")
    add_document(folder, article, "d3", "An article", published_at="2025-01-24T09:00:00-05:00")
    add_document(folder, article, "d4", "Our digest of it", kind="digest")
    opened = ak.open_dossier(folder)
    assert (folder / "library" / "d3.txt").exists() and (folder / "documents" / "d4.txt").exists()
    assert opened.text("d4") == "Meta plans $60-65 billion."
    # what stood there keeps the offset that was printed
    assert "2025-01-24T09:00:00-05:00" in (folder / "documents.csv").read_text().splitlines()[1]
    assert "2025-01-24T09:00:00-05:00" in (folder / "documents.csv").read_text().splitlines()[3]


def test_a_row_that_names_nobody_is_refused_and_nothing_is_written(folder):
    before = {p: p.read_bytes() for p in folder.rglob("*.csv")}
    rows = pd.DataFrame({"event_id": ["E1"], "instrument": ["NOPE"]})
    with pytest.raises(DossierError, match="NOPE"):
        append(folder, event_instruments=rows)
    assert {p: p.read_bytes() for p in folder.rglob("*.csv")} == before


# ---- guide


@pytest.fixture
def guided(tmp_path):
    (tmp_path / "entities.csv").write_text(
        "entity,name,kind,fiscal_year_end\nAcme,Acme Inc.,company,12-31\nAda Doe,Ada Doe,person,\n"
    )
    (tmp_path / "documents.csv").write_text(
        "document_id,title,published_at,url,kind\nd,Old,2025-01-24T08:00:00+08:00,https://a.org/old,citation\n"
    )
    (tmp_path / "claims.csv").write_text(
        "claim_id,document_id,entity,metric,definition,statement,low,high,unit,bound,period,said_on,speaker,speaker_kind,"
        "modality,status\nold,d,Acme,capex,with leases,s,60000000000,65000000000,USD,range,2025,2025-01-24,Acme,company,"
        "planned,accepted\n"
    )
    return tmp_path


def contents(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.suffix == ".csv"}


NEW = {"said_on": "2025-04-30", "source_url": "https://a.org/new"}


def test_a_statement_is_appended_with_its_source_and_what_it_revises(guided):
    guide(guided, "Acme", "2025", 64e9, 72e9, speaker="Ada Doe", source_title="New", **NEW)
    dossier = ak.open_dossier(guided)
    new = dossier.claims.iloc[-1]
    assert new[["revises", "definition", "unit", "bound", "speaker_kind"]].tolist() == [
        "old", "with leases", "USD", "range", "executive",
    ]  # fmt: skip
    assert dossier.documents.iloc[-1][["title", "kind", "document_id"]].tolist() == [
        "New",
        "citation",
        new["document_id"],
    ]
    assert ak.track(dossier).revisions["change"].tolist() == ["first", "raised"]


def test_what_stands_in_the_files_stays_as_it_is_written(guided):
    before = contents(guided)
    guide(guided, "Acme", "2025", 64e9, 72e9, **NEW)
    for name in ("documents.csv", "entities.csv"):
        assert (guided / name).read_bytes().startswith(before[name])
    assert "2025-01-24T08:00:00+08:00" in (guided / "documents.csv").read_text()


def test_a_known_source_is_used_again(guided):
    guide(
        guided,
        "Acme",
        "2026",
        value=90e9,
        bound="more_than",
        said_on="2025-01-24",
        source_url="https://a.org/old",
    )
    assert ak.open_dossier(guided).claims.iloc[-1]["document_id"] == "d"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param({"entity": "Acne"}, "Acne", id="an unknown entity"),
        pytest.param({"low": 72e9, "high": 64e9}, "low", id="ends that are swapped"),
        pytest.param({"low": None, "high": None}, "no figure", id="no figure"),
        pytest.param({"value": 70e9}, "one value", id="a range and a value"),
        pytest.param({"low": -1.0}, "zero or below", id="below zero"),
        pytest.param({"said_on": "30 April"}, "YYYY-MM-DD", id="a day that is none"),
        pytest.param({"period": "next year"}, "period", id="a period that is none"),
        pytest.param({"unit": "dollars"}, "unit", id="a unit that is none"),
        pytest.param({"bound": "roughly"}, "bound", id="a hedge that is none"),
        pytest.param({"source_url": "my notes"}, "https://", id="an address that is none"),
        pytest.param({"speaker": "Nobody"}, "Nobody", id="an unknown speaker"),
    ],
)
def test_nothing_is_written_when_something_does_not_hold(guided, arguments, words):
    before = contents(guided)
    given = {"entity": "Acme", "period": "2025", "low": 64e9, "high": 72e9, **NEW} | arguments
    with pytest.raises(AnalystkitError, match=words):
        guide(guided, **given)
    assert contents(guided) == before


def test_the_same_statement_is_not_written_twice(guided):
    guide(guided, "Acme", "2025", 64e9, 72e9, **NEW)
    before = contents(guided)
    with pytest.raises(TableError, match="already"):
        guide(guided, "Acme", "2025", 64e9, 72e9, **NEW)
    assert contents(guided) == before


def test_a_file_that_cannot_be_written_leaves_the_others_as_they_were(guided, monkeypatch):
    before, replace = contents(guided), os.replace

    def fail_on_claims(source, target):
        if str(target).endswith("claims.csv"):
            raise OSError("no space")
        replace(source, target)

    monkeypatch.setattr("analystkit.claims.os.replace", fail_on_claims)
    with pytest.raises(OSError, match="no space"):
        guide(guided, "Acme", "2025", 64e9, 72e9, **NEW)
    assert contents(guided) == before
    assert not list(guided.glob(".*.csv"))


def test_an_unknown_entity_is_an_error_of_the_dossier(guided):
    with pytest.raises(DossierError) as err:
        guide(guided, "Acne", "2025", 64e9, 72e9, unit="USD", **NEW)
    assert err.value.rows["value"].tolist()[0] == "Acne"
