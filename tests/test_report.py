"""Report pages: one file each, no script, no network, the last good report kept."""

import json
import re
import shutil

import nbformat
import pytest

from analystkit import report
from analystkit.errors import AnalystkitError
from analystkit.report.pages import BROWSERS

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> \u202eesrever"
FIRST = [
    ("md", "# What was pledged?\n\n**Bottom line.** Meta plans 60 to 65 billion dollars.\n\n## The pledges"),
    ("parameters", 'DOSSIER = "data/nowhere"'),
    ("code", "import analystkit as ak\nimport matplotlib.pyplot as plt\n\ndossier = ak.open_dossier(DOSSIER)\nlen(dossier.claims)"),
    ("code", "ak.charts.investments(ak.compare(dossier), dossier)\nplt.show()"),
    ("code", f"ak.tables.show(dossier.claims.assign(statement={HOSTILE!r}), dossier, columns=['claim_id', 'statement'])"),
    ("code", "ak.explorers.comparison(dossier)"),
]  # fmt: skip
SECOND = [("md", "# A second page\n\n**Bottom line.** Nothing more.")]


def write(home, name, cells):
    notebook = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    )
    for n, (kind, source) in enumerate(cells):
        cell = nbformat.v4.new_markdown_cell(source) if kind == "md" else nbformat.v4.new_code_cell(source)
        cell["id"] = f"c{n}"
        if kind == "parameters":
            cell.metadata["tags"] = ["parameters"]
        notebook.cells.append(cell)
    home.mkdir(exist_ok=True)
    nbformat.write(notebook, home / f"{name}.ipynb")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A report of a small dossier, made once."""
    from tests.conftest import TABLES

    home = tmp_path_factory.mktemp("kit")
    for name, text in TABLES.items():
        path = home / "data" / "small" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    write(home / "notebooks", "00_first", FIRST)
    write(home / "notebooks", "01_second", SECOND)
    pages = report.build(home / "data" / "small", home / "notebooks", home / "reports", progress=False)
    return home, pages


@pytest.fixture
def kit(built, tmp_path):
    """A copy of it that a test may spoil."""
    shutil.copytree(built[0], tmp_path / "kit")
    return tmp_path / "kit"


def again(kit):
    # The same dossier by the same name: another name is another report.
    return report.build(
        kit.parent / "kit" / "data" / "small", kit / "notebooks", kit / "reports", progress=False
    )


def test_there_is_an_index_and_a_page_for_each_notebook(built):
    assert [page.name for page in built[1]] == ["index.html", "00_first.html", "01_second.html"]
    index = built[1][0].read_text(encoding="utf-8")
    assert "What was pledged?" in index
    assert "Meta plans 60 to 65 billion dollars." in index
    assert "2 claims from 2 sources" in index


def test_a_page_runs_no_script_and_fetches_nothing(built):
    for page in built[1]:
        html = page.read_text(encoding="utf-8")
        assert "default-src 'none'" in html
        assert not re.search(r"<(script|link|iframe|object|video|audio)\b", html), page.name
        assert all('src="data:' in picture for picture in re.findall(r"<img[^>]*>", html)), page.name


def test_hostile_text_is_shown_as_text(built):
    html = built[1][1].read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<img src=x" not in html
    assert "\u202e" not in html


def test_every_picture_has_words(built):
    html = built[1][1].read_text(encoding="utf-8")
    pictures = re.findall(r"<img[^>]*>", html)
    assert len(pictures) == 2  # the chart, and the explorer's
    assert all(re.search(r"alt=[\"'][^\"']{10}", picture) for picture in pictures)


def test_a_widget_is_shown_by_its_static_view(built):
    html = built[1][1].read_text(encoding="utf-8")
    assert "widget-view" not in html
    assert re.search(r'<img alt="[^"]+" src="data:image/png[^>]*><div class="ak-panel', html)


def test_the_dossier_takes_the_place_of_the_parameter(built):
    kept = nbformat.read(built[0] / "reports" / ".executed" / "00_first.ipynb", as_version=4)
    assert "data/nowhere" not in kept.cells[1].source
    assert kept.cells[2].outputs[0]["data"]["text/plain"] == "2"
    assert "data/nowhere" in (built[0] / "notebooks" / "00_first.ipynb").read_text(encoding="utf-8")


def test_contents_lead_to_the_parts(built):
    html = built[1][1].read_text(encoding="utf-8")
    assert '<a href="#part-1">The pledges</a>' in html
    assert '<h2 id="part-1">The pledges</h2>' in html


def test_nothing_is_run_again_while_nothing_changed(built, monkeypatch):
    monkeypatch.setattr(report, "_run", lambda *_: pytest.fail("a notebook was run"))
    home = built[0]
    assert (
        report.build(home / "data" / "small", home / "notebooks", home / "reports", progress=False)
        == built[1]
    )


def test_a_change_of_the_dossier_is_noticed(kit):
    folder = kit / "data" / "small"
    before = report._fingerprint([folder], "data/small")
    (folder / "documents" / "d1.txt").write_text("Meta plans $60-65 billion of spending.\n", encoding="utf-8")
    assert report._fingerprint([folder], "data/small") != before


def test_code_is_folded_away_behind_a_switch(built):
    html = built[1][1].read_text(encoding="utf-8")
    assert 'type="checkbox" id="show-code"' in html
    assert "div.input { display: none; }" in html
    assert "open_dossier" in html


def test_only_the_notebook_that_changed_is_run_again(built, kit, monkeypatch):
    ran = []
    monkeypatch.setattr(report, "_run", lambda notebooks, progress: ran.extend(p.name for p in notebooks))
    monkeypatch.setattr(report, "_as_named", lambda *_: str(built[0] / "data" / "small"))
    marks = json.loads((kit / "reports" / ".fingerprint.json").read_text(encoding="utf-8"))
    write(kit / "notebooks", "01_second", [("md", "# Changed")])
    again(kit)
    assert ran == ["01_second.ipynb"]
    assert "Changed" in (kit / "reports" / "01_second.html").read_text(encoding="utf-8")
    fresh = json.loads((kit / "reports" / ".fingerprint.json").read_text(encoding="utf-8"))
    assert fresh["00_first.ipynb"] == marks["00_first.ipynb"]


def test_the_page_of_a_notebook_that_is_gone_goes_too(kit, monkeypatch):
    monkeypatch.setattr(report, "_run", lambda *_: None)
    (kit / "notebooks" / "00_first.ipynb").unlink()
    again(kit)
    assert not (kit / "reports" / "00_first.html").exists()
    assert (kit / "reports" / "01_second.html").exists()


def test_a_cell_that_fails_is_named_and_the_last_report_stays(kit):
    before = {p.name: p.read_bytes() for p in (kit / "reports").glob("*.html")}
    write(kit / "notebooks", "01_second", [("md", "# Two"), ("code", "missing = 1 / 0")])
    with pytest.raises(
        AnalystkitError, match=r"01_second\.ipynb, cell 2 of 2 \('missing = 1 / 0'\) failed: ZeroDiv"
    ) as err:
        again(kit)
    assert err.value.rows["cell"].tolist() == [2]
    assert {p.name: p.read_bytes() for p in (kit / "reports").glob("*.html")} == before
    assert not list((kit / "reports").glob(".draft*"))


def test_a_folder_without_notebooks_is_named(folder, tmp_path):
    with pytest.raises(AnalystkitError, match="no notebooks"):
        report.build(folder, tmp_path / "empty", tmp_path / "out", progress=False)


def test_a_pdf_needs_a_browser_and_says_which(built, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(AnalystkitError, match="chromium"):
        report.to_pdf(built[1][0])


@pytest.mark.skipif(not any(map(shutil.which, BROWSERS)), reason="no Chromium is installed here")
def test_a_page_prints_as_pdf(built, tmp_path):
    page = tmp_path / "index.html"
    page.write_bytes(built[1][0].read_bytes())
    assert report.to_pdf(page).read_bytes().startswith(b"%PDF")
