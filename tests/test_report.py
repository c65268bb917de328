"""Report pages: one file each, no script, no network, the last good report kept."""

import json
import re
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

from analystkit import report
from analystkit.authoring import add_document, append, new_dossier
from analystkit.checks import check as report_check
from analystkit.documents import read_text
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
    return report.build(kit / "data" / "small", kit / "notebooks", kit / "reports", progress=False)


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
    monkeypatch.setattr(report, "run", lambda *_: pytest.fail("a notebook was run"))
    home = built[0]
    assert (
        report.build(home / "data" / "small", home / "notebooks", home / "reports", progress=False)
        == built[1]
    )


def test_a_change_of_the_dossier_is_noticed(kit):
    folder = kit / "data" / "small"
    before = report._fingerprint(folder)
    (folder / "documents" / "d1.txt").write_text("Meta plans $60-65 billion of spending.\n", encoding="utf-8")
    assert report._fingerprint(folder) != before


def test_a_dossier_is_checked_once_while_nothing_changed(built, kit, monkeypatch):
    folder, asked = kit / "data" / "small", []
    monkeypatch.setattr(report, "check", lambda dossier: asked.append(1) or report_check(dossier))
    first = report.examine(folder, kit / "reports")
    assert asked == []  # the report has asked already
    assert first["severity"].isin(["error", "warning", "note"]).all()
    (folder / "documents" / "d1.txt").write_text("Meta plans $60-65 billion of spending.\n", encoding="utf-8")
    report.examine(folder, kit / "reports")
    assert asked == [1]
    assert len(list((kit / "reports" / ".executed").glob("small.*.csv"))) == 1


def test_code_is_folded_away_behind_a_switch(built):
    html = built[1][1].read_text(encoding="utf-8")
    assert 'type="checkbox" id="show-code"' in html
    assert "div.input { display: none; }" in html
    assert "open_dossier" in html


def test_only_the_notebook_that_changed_is_run_again(kit, monkeypatch):
    ran = []
    monkeypatch.setattr(report, "run", lambda notebooks, progress: ran.extend(p.name for p in notebooks))
    marks = json.loads((kit / "reports" / ".fingerprint.json").read_text(encoding="utf-8"))
    write(kit / "notebooks", "01_second", [("md", "# Changed")])
    again(kit)
    assert ran == ["01_second.ipynb"]
    assert "Changed" in (kit / "reports" / "01_second.html").read_text(encoding="utf-8")
    fresh = json.loads((kit / "reports" / ".fingerprint.json").read_text(encoding="utf-8"))
    assert fresh["00_first.ipynb"] == marks["00_first.ipynb"]


def test_the_page_of_a_notebook_that_is_gone_goes_too(kit, monkeypatch):
    monkeypatch.setattr(report, "run", lambda *_: None)
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


# Notebooks on a dossier that is not their own

SHIPPED = Path(__file__).resolve().parents[1] / "notebooks"
NORTH = """Orsted will invest at least 70 billion kroner in North Sea wind farms by 2027, said Mads Nipper.
The gamble is risky, an analyst warned. Shares fell 3% in Copenhagen on Tuesday.
"""
SOUTH = "Vattenfall plans to spend about 5 billion euros on turbines over the next four years.\n"


def claimed(text, claim_id, document_id, entity, statement, quote, **more):
    row = {"metric": "investment_plan", "speaker": entity, "speaker_kind": "company", "modality": "planned"}
    row |= {"claim_id": claim_id, "document_id": document_id, "entity": entity, "statement": statement}
    place = {"quote": quote, "start": text.index(quote), "end": text.index(quote) + len(quote)}
    return row | place | {"status": "accepted"} | more


def wind(home, prices):
    """A dossier about wind farms in kroner and euros: with one event and prices, or one claim and nothing else."""
    folder = new_dossier(home / "data" / "wind", "Wind <b>at sea</b>")
    names = [("Orsted", "company"), ("Vattenfall", "company"), ("OMX", "index"), ("narrator", "group")]
    append(folder, entities=pd.DataFrame([{"entity": n, "name": n, "kind": k} for n, k in names]))
    (home / "south.txt").write_text(SOUTH, encoding="utf-8")
    add_document(folder, home / "south.txt", "south", "Turbines for all", "digest")
    text = read_text(folder / "documents" / "south.txt")
    plan = {"value": 5e9, "unit": "EUR", "bound": "approximately", "period": "P4Y", "said_on": "2024-06-05"}
    rows = [claimed(text, "v1", "south", "Vattenfall", "About 5 billion euros.", "5 billion euros", **plan)]
    append(folder, claims=pd.DataFrame(rows[:1]))
    if not prices:
        return folder
    event = {"event_id": "W1", "entity": "Orsted", "headline": "Orsted to invest in the North Sea"}
    event |= {"published_at": "2024-06-04T08:00:00+02:00", "time_precision": "hour"}
    event |= {"source_title": "Orsted to invest", "source_url": "https://example.org/w"}
    append(folder, events=pd.DataFrame([event]))
    (home / "north.txt").write_text(NORTH, encoding="utf-8")
    more = {"published_at": event["published_at"], "time_precision": "hour", "event_id": "W1"}
    add_document(folder, home / "north.txt", "north", "A bet on the sea", "digest", **more)
    text = read_text(folder / "documents" / "north.txt")
    plan = {"value": 70e9, "unit": "DKK", "bound": "at_least", "period": "2024/2027", "said_on": "2024-06-04"}
    fall = {"metric": "price_change", "value": 3, "unit": "percent", "direction": "down", "bound": "exact"}
    fall |= {"speaker": "narrator", "speaker_kind": "narrator", "modality": "reported"}
    rows = [claimed(text, "o1", "north", "Orsted", "At least 70 billion.", "70 billion kroner", **plan)]
    rows += [claimed(text, "m1", "north", "Orsted", "Shares fell.", "3%", **fall)]
    append(folder, claims=pd.DataFrame(rows))
    days, noise = pd.bdate_range("2023-10-02", "2024-07-15"), np.random.default_rng(3)
    listings = [("OMXC25", "OMX", None), ("ORSTED.CO", "Orsted", "OMXC25")]
    listed = [{"instrument": i, "entity": e, "benchmark": b} for i, e, b in listings]
    ours = pd.DataFrame(listed).assign(exchange="XCSE", currency="DKK", price_basis="adjusted")
    append(folder, instruments=ours)
    closes = {i: 100 * np.exp(noise.normal(0, 0.01, len(days)).cumsum()) for i in ours["instrument"]}
    tall = pd.DataFrame(closes, index=days.strftime("%Y-%m-%d")).rename_axis("session").round(4)
    append(folder, prices=tall.reset_index().melt("session", var_name="instrument", value_name="close"))
    append(folder, event_instruments=pd.DataFrame([{"event_id": "W1", "instrument": "ORSTED.CO"}]))
    spent = {"entity": "Orsted", "unit": "DKK", "how": "reported", "confidence": "certain"}
    spent |= {"source_title": "Report", "source_url": "https://example.org/r"}
    year = {"metric": "revenue", "period": "2023", "period_start": "2023-01-01", "period_end": "2023-12-31"}
    part = {"metric": "capex", "period": "2024-Q1", "period_start": "2024-01-01", "period_end": "2024-03-31"}
    append(folder, fundamentals=pd.DataFrame([spent | year | {"value": 79e9}, spent | part | {"value": 9e9}]))
    return folder


def read_as_text(page):
    html = re.sub(r'src="data:[^"]*"', "", page.read_text(encoding="utf-8"))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html[html.index("<main") :]))


@pytest.mark.parametrize("prices", [True, False], ids=["an event and prices", "one claim only"])
def test_the_shipped_notebooks_serve_a_dossier_of_another_topic(tmp_path, prices):
    pages = report.build(wind(tmp_path, prices), SHIPPED, tmp_path / "reports", progress=False)
    assert len(pages) == 7
    for page in pages:
        told = read_as_text(page)
        assert "Wind &lt;b&gt;at sea&lt;/b&gt;" in told, page.name
        for name in ("Alibaba", "Microsoft", "BABA", "9988", "yuan", "data center", "380", "artificial"):
            assert name not in told, f"{page.name}: {told[max(0, told.find(name) - 80) :][:160]}"
    index = read_as_text(pages[0])
    assert "about 1.36" in index  # 5 billion euros over four years at 1.0872 dollars, 5 June 2024
    care = read_as_text(pages[-1])
    assert ("Left out: this dossier has nothing in event_instruments.csv , prices.csv" in care) is not prices
    assert ("ORSTED.CO" in care) is prices


@pytest.mark.parametrize(
    ("notebook", "dossier"),
    [("02_promises_and_deliveries", "alibaba-ai-plan"), ("05_did_the_market_care", "ai-capex")],
)
def test_a_shipped_notebook_runs_on_the_other_shipped_dossier(tmp_path, notebook, dossier):
    (tmp_path / "notebooks").mkdir()
    shutil.copy(SHIPPED / f"{notebook}.ipynb", tmp_path / "notebooks")
    folder = SHIPPED.parent / "data" / dossier
    _, page = report.build(folder, tmp_path / "notebooks", tmp_path / "reports", progress=False)
    assert "<!-- story -->" not in page.read_text(encoding="utf-8")
    assert "Bottom line." in read_as_text(page)


def test_a_notebook_keeps_its_story_on_its_own_dossier(tmp_path):
    folder = wind(tmp_path, prices=False)
    words = "# Why?\n\n<!-- story -->\n**Bottom line.** Because.\n<!-- /story -->\n\nIn general."
    write(tmp_path / "notebooks", "00_own", [("parameters", 'DOSSIER = "data/wind"'), ("md", words)])
    write(tmp_path / "notebooks", "01_other", [("parameters", 'DOSSIER = "data/tide"'), ("md", words)])
    _, own, other = report.build(folder, tmp_path / "notebooks", tmp_path / "reports", progress=False)
    assert "Because." in read_as_text(own)
    assert "Because." not in read_as_text(other) and "In general." in read_as_text(other)
    # The pages do not tell where on this machine they were made.
    assert str(tmp_path) not in own.read_text(encoding="utf-8") + other.read_text(encoding="utf-8")


def test_what_was_found_stands_under_the_row_that_it_touches():
    notebook = nbformat.read(SHIPPED / "00_start_here.ipynb", as_version=4)
    first = next(c for c in notebook.cells if "findings=findings" in c.source)
    html = next(o["data"]["text/html"] for o in first.outputs if "text/html" in o.get("data", {}))
    rows = re.findall(r"<tr.*?</tr>", html)
    at = next(n for n, row in enumerate(rows) if ">Microsoft<" in row)
    assert "<em>error:</em>" in rows[at + 1] and "scale word" in rows[at + 1]
