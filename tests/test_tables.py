"""Tables are read by people: amounts in words, marks that lead to sources, and nothing that a source says is run."""

import re
import zipfile

import numpy as np
import pandas as pd
import pytest
from markup import Reader
from openpyxl import load_workbook

import analystkit as ak
from analystkit import tables
from analystkit.dossier import Dossier
from analystkit.errors import TableError
from analystkit.tracking import track

HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "x" * 400, "safe\u202etxet"]
CLAIMS = pd.DataFrame(
    {
        "claim_id": ["plan", "pledge"], "document_id": ["d1", "d2"], "entity": ["Alibaba", "Apple"],
        "metric": "investment_plan", "statement": ["Alibaba plans it.", "Apple pledges it."],
        "value": [380e9, 500e9], "unit": ["CNY", "USD"], "bound": ["more_than", "approximately"],
        "period": ["P3Y", "P4Y"], "said_on": "2025-02-24", "speaker": ["Alibaba", "Apple"],
        "speaker_kind": "company", "modality": "planned", "status": "accepted",
        "quote": ["380 billion yuan", None], "start": [5, None], "end": [21, None],
    }
)  # fmt: skip
DOCUMENTS = pd.DataFrame(
    {
        "document_id": ["d1", "d2"], "title": ["A plan & more", "A pledge"], "kind": "citation",
        "publisher": ["The Paper", None], "published_at": ["2025-02-24T09:00:00+08:00", None],
        "url": ["https://example.org/a", "javascript:alert(1)"],
    }
)  # fmt: skip
COMPARED = pd.DataFrame(
    {
        "entity": ["Apple", "Alibaba", "Meta", "Nobody"], "value": [125e9, 52.4e9, np.nan, np.nan],
        "low": [124.5e9, 52.4e9, 60e9, np.nan], "high": [125.5e9, np.inf, 65e9, np.nan],
        "low_closed": [True, False, True, False], "high_closed": [True, False, True, False],
        "currency": "USD", "basis": "per_year", "rate_date": pd.to_datetime(["NaT", "2025-02-24", "NaT", "NaT"]),
        "claim_ids": ["pledge", "plan;pledge", "plan", "pledge"], "bound": ["approximately", "more_than", "range", None],
        "reason": [None, None, None, "no figure is given"],
    }
)  # fmt: skip


@pytest.fixture
def dossier():
    return Dossier(claims=CLAIMS, documents=DOCUMENTS)


def lines(view):
    return [re.split(r"  +", line.strip()) for line in repr(view).splitlines()]


def test_an_interval_is_one_column_in_words_under_its_unit():
    shown = tables.show(COMPARED, columns=["entity", "amount"])
    assert lines(shown) == [
        ["Entity", "Amount, bn USD a year"],
        ["Apple", "about 125"],
        ["Alibaba", "more than 52.4"],
        ["Meta", "60 to 65"],
        ["Nobody", "no figure"],
    ]


def test_amounts_of_several_units_name_their_own():
    shown = tables.show(Dossier(claims=CLAIMS).claims, columns=["entity", "amount"])
    assert lines(shown)[1:] == [["Alibaba", "more than 380 bn CNY"], ["Apple", "about 500 bn USD"]]


def test_a_share_of_revenue_is_a_percentage_of_it():
    row = COMPARED.head(1).assign(
        value=0.365, low=0.36, high=0.37, basis="share_of_revenue", currency=None, bound="exact"
    )
    assert lines(tables.show(row, columns=["amount"])) == [["Amount, % of a year's revenue"], ["36.5"]]


def test_a_claimed_fall_says_its_direction_and_its_hedge():
    claim = CLAIMS.head(1).assign(value=3.0, unit="percent", bound="at_most", direction="down", quote="3%")
    shown = tables.show(Dossier(claims=claim).claims, columns=["amount"])
    assert lines(shown) == [["Amount, %"], ["down by up to 3"]]


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(TableError, match="no column 'amout' to show; there are amount, entity"):
        tables.show(COMPARED, columns=["amout"])


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("car", -0.102, "-10.2 %"),
        ("raw_return", 0.034, "+3.4 %"),
        ("se", 0.0131, "1.3 %"),
        ("p", 0.00004, "< 0.001"),
        ("p", 0.0449, "0.045"),
        ("tone", -0.4, "-0.40"),
        ("close", 138.21, "138.21"),
        ("separable", True, "yes"),
        ("modality", "lease_cancellation", "lease cancellation"),
        ("session", pd.Timestamp("2025-02-24"), "2025-02-24"),
        (
            "published_at",
            pd.Timestamp("2025-02-24 11:42", tz="Asia/Shanghai").tz_convert("UTC"),
            "2025-02-24 03:42 UTC",
        ),
        ("flags", ["a", "b"], "a; b"),
    ],
)
def test_a_value_is_told_as_a_person_reads_it(column, value, told):
    frame = pd.DataFrame({column: [value]})
    assert repr(tables.show(frame)).splitlines()[1].strip() == told


def test_a_missing_value_is_an_empty_cell():
    frame = pd.DataFrame(
        {"entity": ["Meta"], "car": [np.nan], "note": [None], "session": [pd.NaT], "ok": [pd.NA]}
    )
    shown = tables.show(frame, columns=["entity", "car", "note", "session", "ok"])
    assert lines(shown)[1] == ["Meta"]
    assert "nan" not in shown.html.lower() and "nat" not in Reader(shown.html).text.lower()


def test_numbers_stand_on_the_right_and_words_on_the_left():
    markup = tables.show(pd.DataFrame({"entity": ["Meta"], "beta": [1.08]})).html
    assert re.findall(r"text-align:(\w+)[^>]*>(Meta|1\.08)<", markup) == [("left", "Meta"), ("right", "1.08")]


def test_columns_that_hold_nothing_are_left_out_unless_asked_for():
    frame = pd.DataFrame({"entity": ["Meta"], "note": [None]})
    assert lines(tables.show(frame))[0] == ["Entity"]
    assert lines(tables.show(frame, columns=["note", "entity"]))[0] == ["Note", "Entity"]


def test_a_mapping_gives_columns_headings():
    assert lines(tables.show(COMPARED, columns={"entity": "Who"}))[0] == ["Who"]


def test_a_named_index_is_shown_as_a_column():
    frame = pd.DataFrame({"n": [1]}, index=pd.Index(["a"], name="window"))
    assert lines(tables.show(frame)) == [["Window", "n"], ["a", "1"]]


def test_a_long_table_says_how_many_rows_more_there_are():
    shown = tables.show(pd.DataFrame({"n": range(1250)}), most=50)
    assert repr(shown).splitlines()[-1] == "and 1,200 more rows"
    assert shown.html.count("<tr") == 51 and "and 1,200 more rows" in shown.html


def test_marks_lead_to_numbered_notes_in_order_of_first_mention(dossier):
    shown = tables.show(COMPARED, dossier, columns=["entity", "claim_ids"])
    assert [row[1] for row in lines(shown)[1:]] == ["[1]", "[1, 2]", "[2]", "[1]"]
    targets = re.findall(r'href="#([\w-]+)"', shown.html)
    notes = re.findall(r'<li id="([\w-]+)"', shown.html)
    assert len(notes) == 2 and set(targets) == set(notes)


def test_a_note_names_quote_place_document_publisher_day_and_link(dossier):
    markup = tables.show(COMPARED, dossier).html
    note = Reader(re.findall(r"<li .*?</li>", markup)[1]).text
    assert note == "“380 billion yuan” (characters 5 to 21), A plan & more, The Paper, 2025-02-24, open"
    assert 'href="https://example.org/a#:~:text=380%20billion%20yuan"' in markup


def test_a_note_without_a_quote_tells_the_claim(dossier):
    markup = tables.show(COMPARED, dossier).html
    assert Reader(re.findall(r"<li .*?</li>", markup)[0]).text == "Apple pledges it, A pledge, undated"


def test_an_address_that_is_no_web_address_is_never_a_link(dossier):
    reader = Reader(tables.show(COMPARED, dossier).html + tables.show(DOCUMENTS).html)
    assert not [value for name, value in reader.attributes if name == "href" and "javascript" in value]


def test_two_tables_of_a_page_have_notes_of_their_own(dossier):
    one, two = tables.show(COMPARED, dossier).html, tables.show(COMPARED.head(2), dossier).html
    assert not set(re.findall(r'id="([\w-]+)"', one)) & set(re.findall(r'id="([\w-]+)"', two))


def test_the_same_table_gives_the_same_markup(dossier):
    assert tables.show(COMPARED, dossier).html == tables.show(COMPARED.copy(), dossier).html


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text_in_a_table_and_its_notes(text, dossier):
    frame = COMPARED.assign(entity=text, reason=text).rename(columns={"basis": text})
    odd = Dossier(
        claims=CLAIMS.assign(statement=text, quote=text),
        documents=DOCUMENTS.assign(title=text, publisher=text),
    )
    reader = Reader(tables.show(frame, odd, caption=text).html)
    assert not set(reader.tags) & {"script", "img"}
    assert not [name for name, _ in reader.attributes if name.startswith("on")]
    assert reader.text.count(text.replace("\u202e", "[U+202E]")) >= 6


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text_in_a_marked_document(text):
    spans = pd.DataFrame({"start": [0], "end": [4], "label": [text], "title": [text], "kind": [text]})
    reader = Reader(tables.highlight(text, spans, caption=text).html)
    assert set(reader.tags) <= {"div", "p", "b", "mark", "sup", "wbr"}
    assert {name for name, _ in reader.attributes} <= {"class", "dir", "style", "title"}
    assert text[4:].replace("\u202e", "[U+202E]") in reader.text


def test_a_word_too_long_for_a_line_may_break():
    longest = max(len(part) for part in tables.safe("x" * 400).split("<wbr>"))
    assert longest <= 30 and tables.safe("a fairly long line of words") == "a fairly long line of words"


def test_findings_start_with_what_cannot_stand(dossier):
    found = pd.DataFrame(
        {"rule": ["R4", "R1", "R8"], "severity": ["note", "error", "warning"], "claim_id": ["plan", "pledge", "plan"],
         "other_claim_id": [None, "plan", "pledge"], "message": ["hedges", "scale", "years"]}
    )  # fmt: skip
    assert lines(tables.findings(found, dossier)) == [
        ["1 error, 1 warning, 1 note"],
        ["What was found", "How grave", "Rule", "Footnotes"],
        ["scale", "error", "R1", "[1, 2]"],
        ["years", "warning", "R8", "[1, 2]"],
        ["hedges", "note", "R4", "[2]"],
    ]


def test_findings_stand_under_the_rows_they_touch():
    found = pd.DataFrame(
        {"severity": ["error", "note"], "claim_id": ["plan", "plan"], "message": ["scale <lost>", "minor"]}
    )
    text = Reader(tables.show(COMPARED, findings=found).html).text
    assert text.count("error: scale <lost>") == 2 and "minor" not in text


def test_spans_are_marked_where_they_stand():
    spans = pd.DataFrame({"start": [3], "end": [5], "kind": ["positive"]})
    assert repr(tables.highlight("up 3% & more", spans)) == "up [[3%]] & more"


def test_overlapping_spans_keep_every_letter_once():
    spans = pd.DataFrame({"start": [0, 2, 2], "end": [4, 6, 3], "label": ["a", "b", "c"]})
    view = tables.highlight("abcdefgh", spans)
    assert Reader(re.sub("<sup>.*?</sup>", "", view.html)).text == "abcdefgh"
    assert repr(view) == "[[ab]][[c]](c)[[d]](a)[[ef]](b)gh"


def test_spans_outside_the_text_are_counted_not_lost():
    spans = pd.DataFrame({"start": [0, 5, None, 2], "end": [2, 99, 3, 2]})
    assert repr(tables.highlight("abcdef", spans)).endswith("3 of 4 marked places lie outside this text.")


def book_of(tmp_path, *arguments, **more):
    return load_workbook(tables.to_workbook(arguments[0], tmp_path / "book.xlsx", *arguments[1:], **more))


def test_numbers_stay_numbers_with_formats_and_units_in_the_heading(tmp_path):
    sheet = book_of(tmp_path, COMPARED.assign(car=-0.102))["table"]
    cells = {cell.value: sheet.cell(2, cell.column) for cell in sheet[1]}
    assert (
        cells["low (USD per year)"].value == 124.5e9 and cells["low (USD per year)"].number_format == "#,##0"
    )
    assert cells["car"].value == -0.102 and cells["car"].number_format == "0.0%"
    assert sheet.cell(3, [c.value for c in sheet[1]].index("high (USD per year)") + 1).value == "unlimited"


def test_moments_are_days_and_hours_of_utc(tmp_path):
    moments = pd.DataFrame({"published_at": pd.to_datetime(["2025-02-24T11:42:00+08:00"], utc=True)})
    sheet = book_of(tmp_path, moments)["table"]
    assert sheet["A1"].value == "published_at (UTC)"
    assert sheet["A2"].value == pd.Timestamp("2025-02-24 03:42") and sheet["A2"].is_date


def test_each_figure_is_linked_to_its_source(tmp_path, dossier):
    book = book_of(tmp_path, COMPARED, dossier)
    sheet, sources = book["table"], book["sources"]
    headings = [cell.value for cell in sheet[1]]
    linked = {
        cell.row: cell.hyperlink.location
        for cell in sheet[get_letter(headings, "low (USD per year)")]
        if cell.hyperlink
    }
    # Apple, Alibaba and Meta cite pledge, plan, plan first; the notes are numbered by first mention.
    assert linked == {2: "'sources'!A2", 3: "'sources'!A3", 4: "'sources'!A3"}
    assert [cell.value for cell in sources["B"]] == ["claim_id", "pledge", "plan"]
    assert sources.cell(3, [c.value for c in sources[1]].index("quote") + 1).value == "380 billion yuan"


def get_letter(headings, name):
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[headings.index(name)]


def test_findings_are_notes_on_the_figures_they_touch(tmp_path, dossier, monkeypatch):
    found = pd.DataFrame(
        {"severity": ["error"], "claim_id": ["plan"], "other_claim_id": [None], "message": ["scale lost"]}
    )
    monkeypatch.setattr("analystkit.checks.check", lambda dossier: found)
    sheet = book_of(tmp_path, COMPARED, dossier)["table"]
    noted = {cell.row for row in sheet.iter_rows() for cell in row if cell.comment}
    assert noted == {3, 4}
    assert sheet["B3"].comment.text == "error: scale lost"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(1)", "a\x0bb"])
def test_text_that_looks_like_a_formula_stays_text(tmp_path, text):
    cell = book_of(tmp_path, pd.DataFrame({"entity": [text]}))["table"]["A2"]
    assert cell.data_type == "s" and cell.value == text.replace("\x0b", "[U+000B]")


def test_several_tables_make_several_sheets(tmp_path):
    book = book_of(tmp_path, {"plans: all/any": COMPARED, "Sources": COMPARED})
    assert book.sheetnames == ["plans- all-any", "Sources1"]


def test_the_same_tables_give_the_same_bytes(tmp_path, dossier):
    paths = [tables.to_workbook(COMPARED, tmp_path / name, dossier) for name in ("a.xlsx", "b.xlsx")]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert {info.date_time for info in zipfile.ZipFile(paths[0]).infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_what_is_no_table_is_refused(tmp_path):
    with pytest.raises(TableError, match="got int"):
        tables.to_workbook(7, tmp_path / "book.xlsx")
    with pytest.raises(TableError, match=r"ends in \.xlsx"):
        tables.to_workbook(COMPARED, tmp_path / "book.csv")


# ---- promises and deliveries: every figure leads to its source, the uncertain ones are marked


REPORTS = pd.DataFrame(
    {
        "entity": "Apple", "metric": "investment_plan", "definition": "cash", "unit": "USD", "how": "reported",
        "period": ["2025-Q1", "2025-Q2"], "period_start": ["2025-01-01", "2025-04-01"],
        "period_end": ["2025-03-31", "2025-06-30"], "value": [13e9, 17e9], "confidence": ["certain", "derived"],
        "source_title": "Filings", "source_url": "https://example.org/f", "accession": ["0-1", "0-2"],
    }
)  # fmt: skip
PROMISED = CLAIMS.tail(1).assign(period="2025", confidence="probable", bound="more_than", definition="cash")


@pytest.fixture
def promised():
    return Dossier(claims=PROMISED, documents=DOCUMENTS, fundamentals=REPORTS)


@pytest.fixture
def tracked(promised):
    return track(promised, "investment_plan")


def test_a_delivered_figure_leads_to_its_reports(promised, tracked):
    shown = tables.show(tracked.outcome, promised, columns=["delivered", "claim_ids", "report_ids"])
    assert lines(shown)[:2] == [
        ["Delivered", "Footnotes", "Reported in"],
        ["30 bn USD\u2020", "[1]", "[2, 3]"],
    ]
    notes = [Reader(note).text for note in re.findall("<li .*?</li>", shown.html)]
    assert notes[1].startswith("Apple, investment_plan for 2025-Q1: 13 billion USD, reported, 0-1, Filings")
    assert 'href="https://example.org/f"' in shown.html


def test_all_marks_of_a_row_fit_into_one_column(promised, tracked):
    assert lines(tables.show(tracked.outcome, promised, columns=["marks"]))[1] == ["[1, 2, 3]"]


def test_what_is_not_certain_has_a_sign_and_a_legend(promised, tracked):
    shown = tables.show(tracked.progress, promised, columns=["reported_to", "delivered_so_far", "pace_first"])
    assert [row[1] for row in lines(shown)[1:3]] == ["13 bn USD", "30 bn USD\u2020"]
    last = lines(shown)[-1][0]
    assert last.startswith("\u2020 not certain: probable (one secondary source); derived (calculated")
    assert last in Reader(shown.html).text


def test_a_hedge_is_told_in_the_pace_and_in_what_remains(promised, tracked):
    shown = tables.show(tracked.progress, columns=["pace_last", "required"])
    # 500 a year; 487 remain for three quarters, 470 for two
    assert lines(shown)[1:3] == [
        ["more than 125\u2020", "more than 162.3\u2020"],
        ["more than 250\u2020", "more than 235\u2020"],
    ]


def test_reported_figures_lead_to_their_own_source(promised):
    shown = tables.show(promised.fundamentals, promised, columns=["period", "value", "marks"])
    assert lines(shown)[1:3] == [["2025-Q1", "13 bn USD", "[1]"], ["2025-Q2", "17 bn USD\u2020", "[2]"]]


def test_nothing_is_marked_where_there_is_no_figure(promised):
    claim = PROMISED.assign(value=np.nan, confidence="uncertain")
    assert lines(tables.show(Dossier(claims=claim).claims, columns=["amount"]))[1] == ["no figure"]


def test_an_expectation_stands_beside_the_guidance_in_words():
    street = PROMISED.assign(claim_id="e", value=400e9, modality="estimated", said_on="2025-02-01")
    dossier = Dossier(claims=pd.concat([PROMISED, street]), documents=DOCUMENTS)
    shown = tables.show(track(dossier, "investment_plan").expectations, dossier)
    rows = dict(zip(*lines(shown)[:2], strict=True))
    assert rows["Guided against expected"] == "+25.0 %"
    assert (rows["Amount, bn USD"], rows["Guided, bn USD"]) == ("more than 400\u2020", "more than 500")
    assert rows["Footnotes"] == "[1, 2]"


@pytest.mark.parametrize(
    ("precision", "told"),
    [("minute", "2025-02-24 09:30 UTC"), ("hour", "2025-02-24 09:30 UTC"), ("part_of_day", "2025-02-24"), ("date", "2025-02-24")],
)  # fmt: skip
def test_a_placeholder_is_not_told_as_a_time_of_day(precision, told):
    frame = pd.DataFrame({"moment": pd.to_datetime(["2025-02-24T09:30Z"]), "time_precision": precision})
    assert lines(tables.show(frame, columns=["moment"]))[1] == [told]


def test_a_midnight_of_unknown_precision_is_a_day():
    moments = pd.DataFrame({"published_at": pd.to_datetime(["2025-02-24T00:00Z"])})
    assert lines(tables.show(moments))[1] == ["2025-02-24"]


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [("test", "bmp", "Boehmer, Musumeci and Poulsen"), ("test", "kolari_pynnonen", "Kolari and Pynn\u00f6nen"),
     ("statistic", 1.23456, "1.23"), ("beta", 0.98765, "0.988"), ("model", "market_adjusted", "market adjusted")],
)  # fmt: skip
def test_tests_and_their_figures_are_told_in_words(column, value, told):
    assert lines(tables.show(pd.DataFrame({column: [value]})))[1] == [told]


def test_prices_of_a_session_are_no_interval():
    prices = pd.DataFrame({"instrument": ["X"], "close": [10.5], "low": [10.0], "high": [11.0]})
    assert lines(tables.show(prices)) == [["Instrument", "Close", "Low", "High"], ["X", "10.5", "10", "11"]]


def test_each_figure_of_a_promise_is_linked_to_its_own_source(tmp_path, promised, tracked):
    book = book_of(tmp_path, tracked.outcome, promised)
    sheet, sources = book["table"], book["sources"]
    cells = {cell.value: sheet.cell(2, cell.column) for cell in sheet[1]}
    names = {f"'sources'!A{row}": sources.cell(row, 2).value for row in (2, 3, 4)}
    assert names[cells["first_low (USD)"].hyperlink.location] == "pledge"
    assert names[cells["delivered (USD)"].hyperlink.location].startswith("Apple investment_plan 2025-Q1")
    links = [c.value for c in sources[1]].index("link")
    assert sources.cell(3, links + 1).hyperlink.target == "https://example.org/f"


def test_an_uncertain_figure_of_a_workbook_stays_a_number_and_prints_its_sign(tmp_path, promised, tracked):
    sheet = book_of(tmp_path, tracked.outcome, promised)["table"]
    cells = {cell.value: sheet.cell(2, cell.column) for cell in sheet[1]}
    assert cells["delivered (USD)"].value == 30e9
    assert cells["delivered (USD)"].number_format == '#,##0"\u2020"'
    assert cells["first_word"].value == "more than 500\u2020"
    heads = {cell.value: cell for cell in sheet[1]}
    assert heads["delivered (USD)"].comment.text.startswith("\u2020 not certain: derived")


SHIPPED = ak.open_dossier("data/alibaba-ai-plan")
EVERY = {
    "claims": lambda d: d.claims,
    "documents": lambda d: d.documents,
    "fundamentals": lambda d: d.fundamentals,
    "events": lambda d: d.events,
    "compare": lambda d: ak.compare(d),
    "reconcile": lambda d: ak.reconcile(d),
    "check": lambda d: ak.check(d),
    "tone": lambda d: ak.measure_tone(d),
    "reaction": lambda d: ak.measure_reaction(d),
    "moves": lambda d: ak.check_moves(d),
    "revisions": lambda d: track(d).revisions,
    "outcome": lambda d: track(d).outcome,
    "expectations": lambda d: track(d).expectations,
}


@pytest.mark.parametrize("make", EVERY.values(), ids=EVERY)
def test_every_table_of_the_kit_makes_a_sound_sheet(tmp_path, make):
    """Numbers are numbers, text is text, and where a row names its claims each of its figures is linked."""
    table = make(SHIPPED)
    book = book_of(tmp_path, table, SHIPPED)
    sheet = book["table"]
    assert sheet.max_row == len(table) + 1
    cited = {"claim_ids", "claim_id", "report_ids"} & {cell.value for cell in sheet[1]}
    columns = {str(name).partition(" (")[0]: n for n, name in enumerate((c.value for c in sheet[1]), start=1)}
    named = [[sheet.cell(y, columns[name]).value for name in cited] for y in range(2, sheet.max_row + 1)]
    for y, row in enumerate(sheet.iter_rows(min_row=2)):
        for cell in row:
            assert cell.data_type != "f"
            if cell.data_type == "n" and cell.value is not None and not cell.is_date and any(named[y]):
                assert cell.hyperlink.location.startswith("'sources'!A"), (make, cell.coordinate)
            if isinstance(cell.value, str) and cell.value[:1] in tuple("=+-@"):
                assert cell.quotePrefix
    assert ("sources" in book.sheetnames) == any(any(ids) for ids in named)
