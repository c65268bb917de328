"""What a source says stays text: in the explorers, in the report, whatever it says."""

import csv
import hashlib

import driving
import nbformat
import pytest

from analystkit.report import build

SCRIPT, IMAGE = "<script>window.hit = 1</script>", "<img src=x onerror='window.hit=1'>"
LONG, TURNED = "W" * 300, "\u202eturned\u202c"
HOSTILE = f"{SCRIPT} {IMAGE} {LONG} {TURNED}"
TEXT = f"Alibaba plans to spend $5 billion {IMAGE} on chips in 2026. {SCRIPT} {LONG} {TURNED}\n"
QUOTE = f"$5 billion {IMAGE}"
FILE = IMAGE + ".txt"
CELLS = [
    'DOSSIER = "data/hostile"',
    "import analystkit as ak\nimport matplotlib.pyplot as plt\ndossier = ak.open_dossier(DOSSIER)\ndossier",
    "ak.explorers.claims(dossier)",
    "ak.explorers.comparison(dossier)",
    "ak.explorers.tone(dossier)",
    "ak.tables.show(dossier.documents)",
    'ak.tables.show(ak.check(dossier)[["rule", "quote", "message"]], dossier)',
    "ak.charts.investments(ak.compare(dossier), dossier)\nplt.show()",
]


def append(path, /, **cells):
    with path.open(encoding="utf-8", newline="") as lines:
        names = next(csv.reader(lines))
    with path.open("a", encoding="utf-8", newline="") as lines:
        csv.DictWriter(lines, names, lineterminator="\n").writerow(cells)


@pytest.fixture(scope="module")
def hostile(desk):
    """A dossier with hostile words in a claim, an entity, a headline, a document, its title and its file name."""
    home = (desk / "data" / "alibaba-ai-plan").rename(desk / "data" / "hostile")
    (home / "documents" / FILE).write_text(TEXT, encoding="utf-8")
    append(home / "documents.csv", document_id="bad", title=HOSTILE, publisher=HOSTILE, path=f"documents/{FILE}",
           kind="digest", event_id="E11", sha256=hashlib.sha256(TEXT.encode()).hexdigest())  # fmt: skip
    append(home / "entities.csv", entity=IMAGE, name=HOSTILE, kind="company")
    start = TEXT.index(QUOTE)
    claim = {"document_id": "bad", "metric": "investment_plan", "statement": HOSTILE, "value": 5e9, "unit": "USD",
             "bound": "exact", "period": "2026", "speaker": "narrator", "speaker_kind": "narrator",
             "modality": "planned", "quote": QUOTE, "start": start, "end": start + len(QUOTE)}  # fmt: skip
    append(home / "claims.csv", claim_id="bad-1", entity="Alibaba", status="proposed", **claim)
    append(home / "claims.csv", claim_id="bad-2", entity=IMAGE, status="accepted", **claim)
    return home


def harmless(page):
    assert page.evaluate("() => window.hit") is None
    assert page.locator("img[src='x'], img:not([alt])").count() == 0
    for width in (1280, 700):
        page.set_viewport_size({"width": width, "height": 1600})
        assert driving.overflow(page) == 0, f"at {width} pixels"


def test_the_explorers_show_hostile_words_as_words(browser, desk, hostile):
    dialogs = []
    with driving.explorers(browser, desk, "dashboard", hostile) as page:
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        claims = driving.Explorer(page, "Claims")
        claims.choose("Document", "bad")
        claims.shows("2 of 130 claims.")
        claims.shows(SCRIPT)
        claims.shows("[U+202E]turned")
        assert claims.marked.all_inner_texts() == [QUOTE]
        harmless(page)
        comparison = driving.Explorer(page, "Comparison")
        comparison.redraws(lambda: comparison.choose("Basis", "total"))
        comparison.row(IMAGE).wait_for()
        harmless(page)
        tone = driving.Explorer(page, "Tone")
        tone.answers(lambda: tone.choose("Document", "bad:"))
        tone.shows(SCRIPT)
        harmless(page)
        review = driving.Explorer(page, "Review")
        for _ in range(3):
            review.answers(lambda: review.button("skip").click())
        review.shows(SCRIPT)
        harmless(page)
    assert dialogs == []


def test_the_report_shows_hostile_words_as_words(browser, tmp_path, hostile):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    notebook.cells[0].metadata["tags"] = ["parameters"]
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell("# What does a hostile source do?"))
    (tmp_path / "notebooks").mkdir()
    nbformat.write(notebook, tmp_path / "notebooks" / f"{IMAGE}.ipynb")
    dialogs = []
    for path in build(hostile, tmp_path / "notebooks", tmp_path / "reports", progress=False):
        with browser.new_page() as page:
            page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
            page.goto(path.as_uri())
            page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
            assert page.get_by_text(SCRIPT).filter(visible=True).count()
            assert page.get_by_text("[U+202E]turned").filter(visible=True).count()
            harmless(page)
    assert dialogs == []
