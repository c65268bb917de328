import pandas as pd
import pytest

import analystkit as ak
from analystkit.authoring import add_document, append, describe, new_dossier
from analystkit.errors import DossierError


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
