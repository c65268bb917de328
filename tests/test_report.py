import re
from pathlib import Path

import nbformat
import pytest

from analystkit.errors import AnalystkitError
from analystkit.report import build

CODE, MD = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell


def notebook(path, *cells):
    book = nbformat.v4.new_notebook(cells=list(cells))
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path.parent.mkdir(exist_ok=True)
    nbformat.write(book, path)


def parameters(text):
    cell = CODE(text)
    cell.metadata["tags"] = ["parameters"]
    return cell


@pytest.fixture
def desk(folder, tmp_path):
    """A dossier and one notebook that reads it."""
    notebook(
        tmp_path / "notebooks" / "00_start_here.ipynb",
        MD("# Who spends?\n\n**Bottom line.** Meta plans 60 to 65 billion dollars."),
        parameters("DOSSIER = 'elsewhere'"),
        CODE("import analystkit as ak\nak.open_dossier(DOSSIER)"),
        MD("## What this does not show\n\nNothing of next year."),
    )
    return tmp_path


def built(desk, **more):
    return build(desk / "dossier", desk / "notebooks", desk / "reports", progress=False, **more)


def test_the_pages_hold_the_notebooks_words_and_outputs_for_the_dossier_asked_for(desk):
    index, page = built(desk)
    text = page.read_text(encoding="utf-8")
    assert "<title>Who spends?</title>" in text
    assert "Dossier('dossier': 2 documents, 2 claims" in text
    assert '<a href="#part-1">What this does not show</a>' in text
    assert "Meta plans 60 to 65 billion dollars." in index.read_text(encoding="utf-8")


def test_a_page_asks_nothing_of_any_network(desk):
    for page in built(desk):
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", text)
        assert "default-src 'none'" in text


def test_code_is_folded_away_and_can_be_shown(desk):
    text = built(desk)[1].read_text(encoding="utf-8")
    assert "div.input" in text and 'id="show-code"' in text
    assert "open_dossier" in text


def test_nothing_runs_again_while_nothing_changed(desk, monkeypatch):
    first = built(desk)
    stamps = [page.stat().st_mtime_ns for page in first]
    assert [page.stat().st_mtime_ns for page in built(desk)] == stamps
    (desk / "dossier" / "documents" / "d1.txt").write_text(
        "Meta plans $60-65 billion of spending.\n", encoding="utf-8"
    )
    assert [page.stat().st_mtime_ns for page in built(desk)] != stamps


def test_a_failing_cell_is_named_and_the_last_report_stays(desk):
    before = {page: page.read_bytes() for page in built(desk)}
    notebook(
        desk / "notebooks" / "01_broken.ipynb",
        MD("# Broken"),
        CODE("1 + 1"),
        CODE("raise KeyError('no such thing')"),
    )
    with pytest.raises(
        AnalystkitError, match=r"01_broken\.ipynb, cell 3 of 3 failed: KeyError: 'no such thing'"
    ):
        built(desk)
    assert {page: page.read_bytes() for page in before} == before
    assert not (desk / "reports" / "01_broken.html").exists()


def test_hostile_words_are_shown_as_words(desk):
    notebook(
        desk / "notebooks" / "01_hostile.ipynb",
        MD("# A &lt;script&gt;alert(1)&lt;/script&gt; title"),
        CODE("import pandas as pd\npd.DataFrame({'claim': ['<img src=x onerror=alert(1)>']})"),
    )
    index, _, page = built(desk)
    assert "<script>alert" not in index.read_text(encoding="utf-8")
    assert "<img src=x" not in page.read_text(encoding="utf-8")


def test_a_folder_without_notebooks_is_named(folder):
    with pytest.raises(AnalystkitError, match="no notebooks"):
        build(folder, Path("nowhere"))
