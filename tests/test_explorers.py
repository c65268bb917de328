"""Explorers answer their controls, read without a kernel, show their faults, and save each decision at once."""

import base64
import dataclasses
import re
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pandas as pd
import pytest
from markup import Reader

from analystkit import explorers, open_dossier
from analystkit.claims import load_claims, save_claims
from analystkit.dossier import Dossier
from analystkit.errors import AnalystkitError
from analystkit.explorers.browsing import MOST

ROOT = Path(__file__).resolve().parents[1]
HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "x" * 400, "safe\u202etxet"]
LIVE = "application/vnd.jupyter.widget-view+json"


def seen(panel):
    return Reader(panel.shown.value).text


@pytest.fixture(scope="module")
def alibaba():
    return open_dossier(ROOT / "data" / "alibaba-ai-plan")


@pytest.fixture
def small(folder):
    return open_dossier(folder)


@pytest.mark.parametrize("name", ["claims", "comparison", "tone", "reaction"])
def test_an_explorer_is_live_and_reads_without_a_kernel(name, alibaba):
    panel = getattr(explorers, name)(alibaba)
    bundle = panel._repr_mimebundle_()
    assert {LIVE, "text/html", "text/plain"} <= set(bundle)
    assert bundle["text/plain"] == repr(panel) and repr(panel).startswith(name.capitalize() + "(")
    assert "0x" not in repr(panel) and panel.fault.value == ""
    again = getattr(explorers, name)(alibaba)._repr_mimebundle_()
    assert again["text/html"] == bundle["text/html"]
    # A picture differs between machines; where outputs are compared it is not a part of the words.
    assert "data:image" not in bundle["text/html"] and "<table" in bundle["text/html"]


@pytest.mark.parametrize("name", ["claims", "comparison", "tone", "reaction", "review"])
def test_every_control_has_a_label(name, small):
    for control in getattr(explorers, name)(small).controls.values():
        assert control.description


def test_a_chart_in_a_panel_has_words_for_those_who_do_not_see_it(small):
    reader = Reader(explorers.comparison(small).shown.value)
    words = dict(reader.attributes)["alt"]
    assert "Apple" in words and "125" in words


def test_explorers_leave_no_figure_open(alibaba):
    import matplotlib.pyplot as plt

    explorers.comparison(alibaba)
    explorers.reaction(alibaba)
    assert plt.get_fignums() == []


def test_the_basis_changes_the_comparison(small):
    panel = explorers.comparison(small)
    assert repr(panel) == "Comparison(basis='per_year', currency='USD', on=None, include=2, rows=2)"
    assert "more than 125" in seen(panel)
    panel.basis.value = "total"
    assert "more than 500" in seen(panel) and "more than 125" not in seen(panel)


def test_the_currency_and_the_day_of_its_rate_change_the_comparison(small):
    panel = explorers.comparison(small)
    panel.currency.value = "EUR"
    first = seen(panel)
    assert "bn EUR a year" in first
    panel.on.value = pd.Timestamp("2024-12-31").date()
    assert seen(panel) != first and "2024-12-31" in seen(panel)


def test_a_claim_that_is_not_included_does_not_count(small):
    panel = explorers.comparison(small)
    panel.include.value = ("meta",)
    assert panel.rows == 1 and "Apple" not in seen(panel)
    panel.include.value = ()
    assert panel.rows == 0 and panel.fault.value == ""


def test_a_row_without_a_figure_says_why(alibaba):
    assert "the printed figure lacks its scale word" in seen(explorers.comparison(alibaba))


def test_a_fault_is_shown_in_the_panel_and_the_last_good_view_stays(small):
    panel = explorers.comparison(small)
    good = panel.shown.value
    panel.currency.options = ["USD", "<b>XYZ"]
    panel.currency.value = "<b>XYZ"
    assert "&lt;b&gt;XYZ" in panel.fault.value and 'role="alert"' in panel.fault.value
    assert panel.shown.value == good
    panel.currency.value = "USD"
    assert panel.fault.value == ""


def test_filters_and_search_narrow_the_claims(alibaba):
    panel, claims = explorers.claims(alibaba), alibaba.claims
    assert panel.rows == len(claims)
    panel.entity.value = "Alibaba"
    assert panel.rows == (claims["entity"] == "Alibaba").sum()
    panel.speaker_kind.value = "analyst"
    assert set(panel.found()["speaker_kind"]) == {"analyst"}
    panel.entity.value = panel.speaker_kind.value = ""
    panel.search.value = "380 YUAN"
    assert set(panel.found()["claim_id"]) == {"s1-top-plan", "s1-plan", "alibaba-0224"}
    panel.search.value = "no such words anywhere"
    assert panel.rows == 0 and "0 of" in seen(panel)


def test_claims_are_sorted_and_one_is_read_in_its_document(alibaba):
    panel = explorers.claims(alibaba)
    panel.sort.value, panel.descending.value = "value", True
    assert panel.found()["value"].iloc[0] == alibaba.claims["value"].max()
    panel.sort.value = ""
    panel.claim.value = "s1-plan"
    assert "<mark" in panel.shown.value and "380 billion yuan</mark>" in panel.shown.value
    assert panel.claim.value == "s1-plan"


def test_a_claim_without_a_text_says_so(small):
    panel = explorers.claims(small)
    panel.claim.value = "apple"
    assert "The text of the document is not here" in seen(panel)


def test_ten_thousand_claims_are_searched_and_only_the_first_are_shown(alibaba):
    claims = alibaba.claims
    many = pd.concat([claims] * (10_000 // len(claims) + 1), ignore_index=True).head(10_000)
    panel = explorers.claims(Dossier(claims=many.assign(claim_id=[f"c{n}" for n in range(10_000)])))
    assert panel.rows == 10_000 and f"and {10_000 - MOST:,} more rows" in seen(panel)
    assert panel.shown.value.count("<tr") <= MOST + 1 and len(panel.claim.options) == MOST + 1


def test_of_very_many_claims_all_are_compared_and_the_first_can_be_left_out():
    claims = pd.DataFrame(
        {"claim_id": [f"c{n}" for n in range(500)], "entity": ["Meta"] * 150 + ["Apple"] * 350}
    )
    claims = claims.assign(
        document_id="d", metric="capex", statement="s", value=65e9, unit="USD", period="2025", speaker="Meta",
        speaker_kind="company", modality="planned", status="accepted",
    )  # fmt: skip
    panel = explorers.comparison(Dossier(claims=claims))
    assert "300 claims after the first 200 always count" in seen(panel)
    assert panel.rows == 2 and len(panel.include.options) == 200
    panel.include.value = ()
    assert panel.rows == 1 and panel.fault.value == ""


def test_the_evidence_of_a_tone_is_marked_in_its_document():
    documents = pd.DataFrame({"document_id": ["d"], "title": ["T"], "kind": ["digest"]})
    entities = pd.DataFrame({"entity": ["Acme"], "name": ["Acme"], "kind": ["company"]})
    text = "Acme is a company. Analysts praised the strong plan of Acme."
    panel = explorers.tone(Dossier(documents=documents, entities=entities, texts={"d": text}))
    assert "praised</mark>" in panel.shown.value and "#bfe3c6" in panel.shown.value
    assert text in seen(panel)


def test_the_speaker_narrows_the_tone(alibaba):
    panel = explorers.tone(alibaba)
    every = panel.rows
    panel.speaker.value = "analyst"
    assert 0 < panel.rows < every and panel.fault.value == ""
    panel.entity.value = ""
    assert panel.chart is None and panel.fault.value == ""


def test_event_listing_and_window_change_the_reaction(alibaba):
    panel = explorers.reaction(alibaba)
    panel.event.value = "E11"
    assert panel.rows == 2 and "9988.HK" in seen(panel) and "BABA" in seen(panel)
    panel.listing.value = "BABA"
    assert panel.rows == 1 and "9988.HK" not in seen(panel).split("Other news")[0]
    day, panel.window.value = seen(panel), (-1, 1)
    assert seen(panel) != day and panel.fault.value == ""
    panel.listing.value = "NVDA"
    assert panel.rows == 0 and "not among the listings" in seen(panel)


def test_an_empty_dossier_has_nothing_to_react_to():
    assert "No event" in seen(explorers.reaction(Dossier()))


def assert_only_words(panel, text):
    """The panel shows the hostile text as words: no tag, no attribute, no mark that turns the reading direction."""
    assert panel.fault.value == ""
    for markup in (panel.shown.value, panel._repr_mimebundle_()["text/html"]):
        reader = Reader(markup)
        own = [value for name, value in reader.attributes if name == "src"]
        assert "script" not in reader.tags and all(
            src.startswith("data:image/svg+xml;base64,") for src in own
        )
        assert not [name for name, _ in reader.attributes if name.startswith("on")]
        assert "\u202e" not in reader.text and text[:12].replace("\u202e", "[U+202E]")[:12] in reader.text
        # A word too long for the line may break.
        assert max(map(len, re.findall(r"[^\s<>]+", re.sub(r"<[^>]*>", " ", markup)))) < 120
        for src in own:
            drawing = base64.b64decode(src.partition(",")[2]).decode()
            assert not re.search(r"<(script|img|foreignObject)|\u202e", drawing)
    for control in panel.controls.values():
        assert not [name for name, _ in getattr(control, "options", ()) if "\u202e" in str(name)]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text_in_every_explorer(text, alibaba):
    claims = alibaba.claims.assign(statement=text, entity=text, speaker=text)
    odd = dataclasses.replace(
        alibaba, claims=claims, documents=alibaba.documents.assign(title=text, publisher=text),
        texts={name: f"{text} {words}" for name, words in alibaba.texts.items()},
        events=alibaba.events.assign(headline=text), confounders=alibaba.confounders.assign(headline=text),
    )  # fmt: skip
    for name in ("claims", "comparison", "tone", "reaction"):
        assert_only_words(getattr(explorers, name)(odd), text)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text_at_the_desk_of_review_and_in_the_name_of_its_file(text, desk):
    name = text.replace("/", "")[:60]
    path = desk / f"{name}.csv"
    claims = load_claims(desk / "claims.csv")
    save_claims(claims.assign(statement=text, quote=pd.NA, start=pd.NA, end=pd.NA), path)
    panel = explorers.review(open_dossier(desk), path)
    assert_only_words(panel, text)
    panel.skip.click()
    assert_only_words(panel, text)


# The desk of review


@pytest.fixture
def desk(folder):
    """A folder with three proposed claims about one document."""
    path = folder / "claims.csv"
    rows = [
        f"{name},d1,Meta,capex,Meta plans {name}.,{value},,,USD,exact,2025,,,2025-01-24,Meta,company,planned,"
        f"$60-65 billion,11,25,proposed\n"
        for name, value in (("one", 60e9), ("two", 65e9), ("three", 6.5e9))
    ]
    path.write_text(path.read_text(encoding="utf-8") + "".join(rows), encoding="utf-8")
    return folder


def statuses(folder):
    return load_claims(folder / "claims.csv").set_index("claim_id")["status"].to_dict()


def test_a_proposed_claim_stands_beside_its_quote(desk):
    panel = explorers.review(open_dossier(desk))
    assert panel.rows == 3 and "Meta plans one." in seen(panel)
    assert "$60-65 billion</mark>" in panel.shown.value


def test_a_decision_is_on_the_disk_before_the_next_claim(desk):
    panel = explorers.review(open_dossier(desk))
    panel.accept.click()
    assert statuses(desk) == {
        "meta": "accepted",
        "apple": "accepted",
        "one": "accepted",
        "two": "proposed",
        "three": "proposed",
    }
    panel.reject.click()
    assert statuses(desk)["two"] == "rejected" and "Claim 3 of 3; 2 decided here" in seen(panel)


def test_keys_decide_and_leave_the_field_empty(desk):
    panel = explorers.review(open_dossier(desk))
    for key in "ars":
        panel.key.value = key
        assert panel.key.value == ""
    assert [statuses(desk)[name] for name in ("one", "two", "three")] == ["accepted", "rejected", "proposed"]
    assert "All 3 proposed claims are seen" in seen(panel)
    panel.key.value = "x"
    assert panel.key.value == "" and panel.fault.value == ""


def test_a_decision_can_be_undone(desk):
    before = (desk / "claims.csv").read_bytes()
    panel = explorers.review(open_dossier(desk))
    panel.skip.click()
    panel.undo.click()
    assert "nothing was decided here" in panel.fault.value
    as_saved = load_claims(desk / "claims.csv")
    panel.reject.click()
    panel.undo.click()
    pd.testing.assert_frame_equal(load_claims(desk / "claims.csv"), as_saved)
    assert "Claim 2 of 3" in seen(panel) and before.count(b"proposed") == 3


def test_an_edit_is_saved_with_its_acceptance_and_nothing_else_changes(desk):
    before = load_claims(desk / "claims.csv").set_index("claim_id")
    panel = explorers.review(open_dossier(desk))
    panel.edit.click()
    assert panel.form.layout.display == "" and panel.fields["value"].value == "60000000000"
    panel.fields["value"].value, panel.fields["bound"].value = "61000000000", "more_than"
    panel.accept.click()
    after = load_claims(desk / "claims.csv").set_index("claim_id")
    assert after.loc["one", ["value", "bound", "status"]].tolist() == [61e9, "more_than", "accepted"]
    same = [c for c in before.columns if c not in ("value", "bound", "status")]
    pd.testing.assert_frame_equal(after[same], before[same])
    pd.testing.assert_frame_equal(after.drop("one"), before.drop("one"))
    assert panel.form.layout.display == "none"


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [("metric", "capexx", "capex"), ("value", "much", "not a number"), ("entity", "Nobody", "unknown entity"), ("speaker", "", "empty")],
)  # fmt: skip
def test_an_edit_that_does_not_hold_is_told_and_not_saved(desk, field, value, word):
    before = (desk / "claims.csv").read_bytes()
    panel = explorers.review(open_dossier(desk))
    panel.edit.click()
    panel.fields[field].value = value
    panel.accept.click()
    assert word in panel.fault.value and panel.rows == 3
    assert (desk / "claims.csv").read_bytes() == before
    assert panel.form.layout.display == ""


def test_what_another_desk_decided_meanwhile_stays(desk):
    dossier = open_dossier(desk)
    one, other = explorers.review(dossier), explorers.review(dossier)
    other.skip.click()
    other.reject.click()
    one.accept.click()
    assert [statuses(desk)[name] for name in ("one", "two")] == ["accepted", "rejected"]


def test_the_next_process_goes_on_where_a_killed_one_stopped(desk):
    code = textwrap.dedent(f"""
        import os, signal
        import analystkit as ak
        panel = ak.explorers.review(ak.open_dossier({str(desk)!r}))
        panel.accept.click()
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == -signal.SIGKILL, run.stderr
    panel = explorers.review(open_dossier(desk))
    assert panel.queue == ["two", "three"] and statuses(desk)["one"] == "accepted"


def test_a_claim_that_has_left_the_file_is_told(desk):
    panel = explorers.review(open_dossier(desk))
    path = desk / "claims.csv"
    path.write_text(
        "".join(line for line in path.read_text().splitlines(True) if not line.startswith("one,"))
    )
    panel.accept.click()
    assert "no longer in claims.csv" in panel.fault.value


def guided(panel, **fields):
    panel.guidance.click()
    for name, text in fields.items():
        panel.guided[name].value = text
    panel.append.click()


RESULTS = {
    "entity": "Meta", "period": "2026", "low": "115,000,000,000", "high": "135e9", "unit": "USD",
    "said_on": "2026-01-28", "source_url": "https://example.org/results",
}  # fmt: skip


def test_guidance_is_appended_from_the_desk_and_a_decision_after_it_keeps_it(desk):
    panel = explorers.review(open_dossier(desk))
    assert panel.guide_form.layout.display == "none"
    guided(panel, **RESULTS)
    assert panel.fault.value == "" and "Appended meta-2026-guide-2026-01-28" in seen(panel)
    assert panel.guided["entity"].value == "" and panel.guide_form.layout.display == ""
    panel.accept.click()
    claims = load_claims(desk / "claims.csv").set_index("claim_id")
    assert claims.loc["meta-2026-guide-2026-01-28", ["low", "high"]].tolist() == [115e9, 135e9]
    assert claims.loc["one", "status"] == "accepted" and "Appended" not in seen(panel)
    assert len(open_dossier(desk).claims) == len(claims)
    panel.key.value = "g"
    assert panel.guide_form.layout.display == "none"


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("low", "sixty", "float: &#x27;sixty"), ("entity", "<b>Nobody", "&lt;b&gt;Nobody"), ("said_on", "", "guidance needs said_on"),
        ("source_url", "example.org", "write https://"), ("low", "-5", "positive"), ("period", "soon", "soon"),
    ],
)  # fmt: skip
def test_guidance_that_does_not_hold_is_told_and_nothing_is_written(desk, field, text, words):
    before = {path.name: path.read_bytes() for path in desk.glob("*.csv")}
    panel = explorers.review(open_dossier(desk))
    guided(panel, **(RESULTS | {field: text}))
    assert words in panel.fault.value and 'role="alert"' in panel.fault.value
    assert {path.name: path.read_bytes() for path in desk.glob("*.csv")} == before
    assert panel.guided["high"].value == "135e9"


def test_a_dossier_without_a_folder_cannot_be_reviewed():
    with pytest.raises(AnalystkitError, match="path="):
        explorers.review(Dossier())


def test_importing_the_package_does_not_import_widgets():
    code = "import sys, analystkit; print('ipywidgets' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
