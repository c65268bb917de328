import os

import pandas as pd
import pytest

import analystkit as ak
from analystkit.errors import DossierError, QuoteError


def test_missing_tables_are_empty_and_have_their_columns(folder):
    dossier = ak.open_dossier(folder)
    assert dossier.events.empty and "published_at" in dossier.events


def test_moments_are_utc_and_sessions_naive(folder):
    dossier = ak.open_dossier(folder)
    assert str(dossier.documents["published_at"].dtype) == "datetime64[us, UTC]"
    assert dossier.documents["published_at"][0] == pd.Timestamp("2025-01-24 14:00", tz="UTC")
    assert str(dossier.prices["session"].dtype) == "datetime64[us]"


def test_a_relative_path_is_looked_up_in_each_folder_above(folder, monkeypatch):
    (folder / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(folder / "deep" / "er")
    assert len(ak.open_dossier("dossier").claims) == 2


def test_a_document_has_its_text_and_a_citation_none(folder):
    dossier = ak.open_dossier(folder)
    assert dossier.text("d1").startswith("Meta plans")
    assert dossier.text("d2") is None
    with pytest.raises(DossierError, match="'d3'"):
        dossier.text("d3")


def test_narrowing_returns_a_new_dossier_and_leaves_the_old(folder):
    dossier = ak.open_dossier(folder)
    narrowed = dossier.where(entity="Meta", modality=["planned", "reported"])
    assert narrowed.claims["claim_id"].tolist() == ["meta"]
    assert len(dossier.claims) == 2 and len(narrowed.documents) == 2
    with pytest.raises(DossierError, match="'who'"):
        dossier.where(who="Meta")


def test_a_users_copy_in_the_library_is_verified_too(folder):
    (folder / "library").mkdir()
    copy = folder / "library" / "d1.txt"
    copy.write_text("The company guided to $60-65 billion for the year.", encoding="utf-8")
    assert ak.open_dossier(folder).originals["d1"].startswith("The company")
    copy.write_text("The company guided to $60-75 billion for the year.", encoding="utf-8")
    with pytest.raises(QuoteError, match="original in library"):
        ak.open_dossier(folder)


def test_the_dossier_says_what_it_holds(folder):
    assert repr(ak.open_dossier(folder)).startswith("Dossier('dossier': 2 documents, 2 claims, 3 entities")


def test_it_cannot_be_changed(folder):
    with pytest.raises(AttributeError):
        ak.open_dossier(folder).claims = None


def test_it_can_be_built_from_frames_of_text_or_of_types():
    prices = pd.DataFrame({"instrument": ["META"], "session": pd.to_datetime(["2025-01-24"]), "close": [647]})
    assert ak.Dossier(prices=prices).prices["close"].tolist() == [647.0]


def test_opening_leaves_the_working_directory_alone(folder):
    before = os.getcwd()
    ak.open_dossier(folder)
    assert os.getcwd() == before
