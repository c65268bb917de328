"""Charts: their findings are true, their words fit on the page, and what cannot be drawn is said."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import analystkit as ak
from analystkit import charts
from analystkit.charts.house import ACCENT, GREY, INK, PALE
from analystkit.charts.investments import finding
from analystkit.charts.lettering import fold, plain, text_width, wrap
from analystkit.market import parity
from analystkit.reaction import study_reaction

ROOT = Path(__file__).resolve().parents[1]
HOSTILE = (
    "<script>alert(1)</script> $80 and $90 \u202eesrever\u202c " + "Donaudampfschifffahrtsgesellschaft" * 4
)


@pytest.fixture(scope="module")
def dossier():
    return ak.open_dossier(ROOT / "data" / "alibaba-ai-plan")


def comparison(rows):
    """A comparison typed as (entity, value, low, high, modality, reason), in billions."""
    frame = pd.DataFrame(rows, columns=["entity", "value", "low", "high", "modality", "reason"])
    frame[["value", "low", "high"]] = frame[["value", "low", "high"]].astype("float64") * 1e9
    return frame.assign(
        low_closed=np.isfinite(frame["low"]) & np.isfinite(frame["high"]), high_closed=np.isfinite(frame["high"]), currency="USD",
        basis="per_year", claim_ids=None, period="2025", rate_date=pd.NaT,
    )  # fmt: skip


MIXED = [
    ("Microsoft", 80, 79.5, 80.5, "planned", None),
    ("Meta", np.nan, 60, 65, "planned", None),
    ("Alibaba", 17.5, 17.5, np.inf, "planned", None),
    ("Stargate", 125, -np.inf, 125, "planned", None),
    ("Amazon", np.nan, np.nan, np.nan, "planned", "no figure is given"),
]


def words(figure):
    return " ".join(
        " ".join(t.get_text() for t in figure.findobj(match=lambda a: hasattr(a, "get_text"))).split()
    )


def outside(figure):
    """Words that stick out of the page."""
    figure.draw_without_rendering()
    page, texts = figure.bbox, list(figure.texts)
    for axes in figure.findobj(lambda artist: hasattr(artist, "get_xlabel")):
        texts += [*axes.texts, axes.title, axes._left_title, axes.xaxis.label, axes.yaxis.label]
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            texts += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    texts = [t for t in texts if t.get_text() and t.get_visible()]
    boxes = [(t.get_text(), t.get_window_extent()) for t in texts]
    return [
        text for text, box in boxes
        if box.x0 < page.x0 - 1 or box.x1 > page.x1 + 1 or box.y0 < page.y0 - 1 or box.y1 > page.y1 + 1
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("other", "said"),
    [
        pytest.param(
            (80, 79.5, 80.5), "that floor is less than a quarter of B's", id="17.5 of 79.5 is 22 percent"
        ),
        pytest.param(
            (60, 59.5, 60.5), "that floor is less than a third of B's", id="17.5 of 59.5 is 29.4 percent"
        ),
        pytest.param(
            (17, 16.9, 17.1), "that floor is about as much as B's", id="17.5 is 2 to 4 percent above"
        ),
        pytest.param((16, 14, 18), "beside B's", id="a wide range says nothing"),
        pytest.param((5, 4.9, 5.1), ", more than three times B's", id="17.5 is at least 3.4 times 5.1"),
    ],
)
def test_the_floor_of_an_open_amount_is_placed_and_not_the_amount(other, said):
    rows = comparison([("A", 17.5, 17.5, np.inf, "planned", None), ("B", *other, "planned", None)])
    assert said in finding(rows.assign(words=["more than 17.5", "x"]), "bn USD a year", 0)


def test_amounts_of_another_kind_are_not_set_beside_a_plan():
    rows = comparison([("A", 17, 16, 18, "planned", None), ("B", 80, 79, 81, "reported", None)])
    assert finding(rows.assign(words="x"), "bn", 0).endswith("no other figure stands beside it")


def test_what_has_no_figure_is_listed_in_words():
    figure = charts.investments(comparison(MIXED), figure=charts.blank())
    assert "Not drawn: Amazon: no figure is given." in words(figure)


def test_the_hedges_are_drawn_and_told():
    figure = charts.investments(comparison(MIXED), figure=charts.blank())
    told = words(figure)
    for label in (
        "more than 17.5",
        "up to 125",
        "60 to 65",
        "no upper limit",
        "no lower limit",
        "a stated range",
    ):
        assert label in told
    arrows = [a for a in figure.axes[0].texts if getattr(a, "arrow_patch", None) is not None]
    assert len(arrows) == 2
    assert len(figure.axes[0].patches) == 1  # the range alone is a bar


@pytest.mark.parametrize("width", [7.5, 3.6])
@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(MIXED, id="five rows"),
        pytest.param(MIXED[:1], id="one row"),
        pytest.param(
            [(f"Company {n}", n, n - 0.5, n + 0.5, "planned", None) for n in range(60, 0, -1)], id="60 rows"
        ),
        pytest.param([(HOSTILE, 80, 79, 81, "planned", None), *MIXED], id="a long hostile name"),
        pytest.param([("A", -50, -50.5, -49.5, "reported", None), *MIXED], id="a negative amount"),
        pytest.param([("A", 0, 0, 0, "planned", None)], id="nothing but zero"),
        pytest.param([("A", np.nan, np.nan, np.nan, "planned", HOSTILE)], id="no row with a figure"),
        pytest.param([], id="no row"),
    ],
)
def test_no_word_leaves_the_page(rows, width):
    figure = charts.investments(comparison(rows), width=width, figure=charts.blank())
    assert outside(figure) == []
    assert figure.get_figheight() < 20


def test_hostile_text_is_shown_as_text():
    figure = charts.investments(comparison([(HOSTILE, 80, 79, 81, "planned", None)]), figure=charts.blank())
    assert "$80 and $90" in charts.alt_text(figure)
    assert "\u202e" not in words(figure)
    assert not any(
        t.get_parse_math()
        for t in figure.findobj(match=lambda a: hasattr(a, "get_parse_math"))
        if t.get_text()
    )
    assert "<script>" not in charts.svg(figure)


def test_a_chart_is_drawn_twice_the_same(tmp_path):
    for kind in ("png", "svg"):
        first, second = (
            charts.save(
                charts.investments(comparison(MIXED), figure=charts.blank()), tmp_path / f"{n}.{kind}"
            )
            for n in "ab"
        )
        assert first.read_bytes() == second.read_bytes()


def test_the_numbers_stand_beside_the_picture(tmp_path):
    path = charts.save(charts.investments(comparison(MIXED), figure=charts.blank()), tmp_path / "plans.svg")
    numbers = pd.read_csv(path.with_suffix(".csv"))
    assert numbers.loc[numbers["entity"] == "Meta", ["low", "high"]].to_numpy().tolist() == [[60e9, 65e9]]
    assert 'role="img" aria-label="' in path.read_text(encoding="utf-8")


def test_another_format_is_refused(tmp_path):
    with pytest.raises(ak.AnalystkitError, match=r"\.png or \.svg"):
        charts.save(charts.blank(), tmp_path / "plans.pdf")


def test_a_chart_is_shown_once_and_carries_its_words():
    import matplotlib.pyplot as plt

    plt.close("all")
    figure = charts.investments(comparison(MIXED))
    assert plt.get_fignums()
    shown, about = figure._repr_mimebundle_()
    assert not plt.get_fignums()
    assert about["image/png"]["alt"] == charts.alt_text(figure)
    assert shown["text/plain"] == f"<Figure: {figure.finding}>"


def test_a_chart_of_a_widget_leaves_pyplot_alone():
    import matplotlib.pyplot as plt

    plt.close("all")
    charts.investments(comparison(MIXED), figure=charts.blank())
    assert not plt.get_fignums()


def test_the_house_colours_stay_apart_in_grey():
    """Lightness by the weights of Rec. 709."""
    greys = sorted(
        sum(w * int(colour[i : i + 2], 16) for w, i in zip((0.2126, 0.7152, 0.0722), (1, 3, 5), strict=True))
        / 255
        for colour in (INK, ACCENT, PALE)
    )
    assert min(np.diff(greys)) > 0.15
    assert GREY != INK


def test_footnote_numbers_are_those_of_the_table(dossier):
    compared = ak.compare(dossier)
    figure = charts.investments(compared, dossier, figure=charts.blank())
    from analystkit.sources import footnotes, marks

    numbers = marks(compared["claim_ids"], footnotes(dossier, compared["claim_ids"]))
    row = compared.index[compared["entity"] == "Alibaba"][0]
    assert fold(numbers[row]) in words(figure)
    assert "Sources: [1]" in words(figure)


def test_the_first_session_after_the_plan_is_told_with_the_other_news(dossier):
    figure = charts.reaction_path(dossier, "E11", figure=charts.blank())
    assert "BABA -10.2 %" in figure.finding
    assert "9988.HK -2.0 %" in figure.finding
    assert "America First Investment Policy" in words(figure)
    assert outside(figure) == []


def test_an_unknown_event_is_named_with_those_that_are_known(dossier):
    with pytest.raises(ak.AnalystkitError, match="no event is called 'E99'; the events are E01"):
        charts.reaction_path(dossier, "E99", figure=charts.blank())


@pytest.mark.parametrize("width", [7.5, 3.6])
def test_every_chart_of_the_dossier_keeps_its_words_on_the_page(dossier, width):
    reaction = ak.measure_reaction(dossier)
    tone = ak.measure_tone(dossier)
    study = study_reaction(dossier, (-5, 5))
    one = reaction[reaction["event_id"] == "E11"]
    drawn = [
        charts.investments(ak.compare(dossier), dossier, width=width, figure=charts.blank()),
        charts.reaction_path(dossier, "E11", width=width, figure=charts.blank()),
        charts.parity(parity(dossier.prices, "BABA", "9988.HK", 7.77), "BABA", "9988.HK", width=width, figure=charts.blank()),
        charts.tone_by_speaker(tone, width=width, figure=charts.blank()),
        charts.tone_against_reaction(ak.associate(tone, reaction), width=width, figure=charts.blank()),
        charts.car_paths(study, width=width, figure=charts.blank()),
        charts.abnormal_paths(one, study, width=width, figure=charts.blank()),
        charts.agreement(ak.reconcile(dossier), dossier, width=width, figure=charts.blank()),
        charts.promises(ak.track(dossier, metric=["investment_plan", "capex"]), dossier, width=width, figure=charts.blank()),
    ]  # fmt: skip
    for figure in drawn:
        assert outside(figure) == [], figure.finding
        assert charts.alt_text(figure).startswith(figure.finding[:40])
        assert "\u2026." not in words(figure) + charts.alt_text(figure)
        assert figure.data is not None


def study_returns():
    """The returns of `panel_study` and their market: noise, up and down, with one day of news."""
    sessions = pd.bdate_range("2024-01-01", periods=170)
    market = pd.Series(np.tile([0.01, 0.01, -0.01, -0.01, 0.0], 34), sessions)
    noise = np.tile([0.01, -0.01, 0.02, -0.02, 0.0], 34)
    returns = pd.DataFrame({"A": market + noise, "B": market - noise / 2, "M": market})
    returns.loc[sessions[160], ["A", "B"]] += [0.10, -0.05]
    return returns


def panel_study(volume=None):
    """Two listings of one event, and one of them in two earlier events; prices with that volume every day."""
    returns = study_returns()
    days = returns.index[[160, 160, 140, 150]]
    events = pd.DataFrame(
        {"event_id": ["E", "E", "F", "G"], "instrument": ["A", "B", "A", "A"], "session": days}
    )
    study = ak.event_study(returns, events, "M", window=(-2, 2))
    prices = (
        returns.rename_axis("session")
        .reset_index()
        .melt("session", var_name="instrument", value_name="close")
    )
    return study, prices.assign(close=1.0, volume=volume)


def as_reaction(study):
    """The columns of `measure_reaction` that the chart reads."""
    return study.events.assign(model="market", verdict="moved")


def test_the_band_of_a_listing_is_its_own_and_holds_the_error_of_the_fit():
    """By hand: market model, s^2 (L + L^2/n + (sum dx)^2/Sxx), L = 5, Student's t with 118 degrees of freedom (1.9803)."""
    study, _ = panel_study()
    one = as_reaction(study).query("event_id == 'E'")
    figure = charts.abnormal_paths(one, study, figure=charts.blank())
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["A", "B"]
    last = figure.data[figure.data["day"] == 2].set_index("instrument")["high"]
    for name in "AB":
        assert last[name] == pytest.approx(
            1.9803 * study.events.query("event_id == 'E' and instrument == @name")["se"].iloc[0] * 100,
            rel=1e-4,
        )
    assert last["A"] / last["B"] == pytest.approx(2.0, rel=1e-6)


def test_many_paths_of_a_listing_get_their_mean_with_a_band():
    """By hand: mean of the three paths of A on the last day; reach t(2) = 4.30265 times sd / sqrt(3)."""
    study, _ = panel_study()
    figure = charts.abnormal_paths(as_reaction(study), study, figure=charts.blank())
    cars = study.events.query("instrument == 'A'")["car"] * 100
    mean = figure.data.query("line == 'mean' and day == 2").iloc[0]
    assert mean["cumulated"] == pytest.approx(cars.mean())
    assert mean["high"] - mean["cumulated"] == pytest.approx(4.30265 * cars.std() / np.sqrt(3), rel=1e-5)
    assert "A: the band is as if the 3 events were independent: none share their session" in words(figure)
    assert "(n = 3 events, on average)" in figure.finding


def test_events_that_share_their_session_widen_the_band_of_the_mean():
    """Kolari and Pynnonen (2010): the variance of the mean times (1 + (n - 1) r) / (1 - r)."""
    study, _ = panel_study()
    figure = charts.car_paths(study, figure=charts.blank())
    cars, r = study.events["car"] * 100, study.correlation
    mean = figure.data.query("line == 'mean' and day == 2").iloc[0]
    inflation = (1 + 3 * max(r, 0)) / (1 - max(r, 0))
    assert mean["high"] - mean["cumulated"] == pytest.approx(
        3.18245 * cars.std() * np.sqrt(inflation / 4), rel=1e-5
    )
    assert "2 of 4 share their session" in words(figure)
    assert "Kolari-Pynn\u00f6nen t" in figure.finding
    assert "kolari_pynnonen" not in words(figure)


def test_nothing_is_added_up_over_a_gap_between_two_windows():
    study, _ = panel_study()
    study = ak.event_study(
        study_returns(),
        study.events[["event_id", "instrument", "session"]],
        None,
        "mean_adjusted",
        [(0, 1), (4, 5)],
    )
    assert set(charts.car_paths(study, figure=charts.blank()).data["day"]) == {0, 1}


def test_volume_is_drawn_below_the_paths_in_multiples_of_the_usual():
    study, prices = panel_study(volume=100.0)
    first = study.events["session"].iloc[0]
    prices.loc[(prices["session"] == first) & (prices["instrument"] == "A"), "volume"] = 250.0
    one = as_reaction(study).query("event_id == 'E'")
    figure = charts.abnormal_paths(one, study, figure=charts.blank(), prices=prices)
    drawn = figure.data.query("instrument == 'A'").set_index("day")["volume"]
    assert drawn.tolist() == [1.0, 1.0, 2.5, 1.0, 1.0]
    (below,) = figure.axes[0].child_axes
    assert [bar.get_height() for bar in below.patches] == drawn.tolist()
    assert below.get_xlim() == figure.axes[0].get_xlim()


@pytest.mark.parametrize("given", [True, False])
def test_a_chart_without_volume_says_that_there_is_none(given):
    study, prices = panel_study()
    figure = charts.car_paths(study, figure=charts.blank(), prices=prices if given else None)
    assert "No volume is drawn" in words(figure)
    assert not figure.axes[0].child_axes


def test_a_listing_without_a_path_is_named_with_its_reason():
    study, _ = panel_study()
    rows = as_reaction(study).query("event_id == 'E'")
    lost = rows.iloc[:1].assign(instrument="Z", car=np.nan, reason="no prices")
    figure = charts.abnormal_paths(pd.concat([rows, lost]), study, figure=charts.blank())
    assert "Not drawn: Z: no prices (1)" in words(figure)


def test_the_numbers_of_a_chart_hold_every_path_and_text_that_is_drawn(dossier):
    tone = ak.measure_tone(dossier)
    figure = charts.tone_by_speaker(tone, "Alibaba", figure=charts.blank())
    scored = tone[(tone["entity"] == "Alibaba") & tone["tone"].notna()]
    assert len(figure.data) == len(scored) + scored["speaker_kind"].nunique()
    assert figure.data.loc[figure.data["mark"] != "mean", "document_id"].notna().all()
    study = study_reaction(dossier, (-1, 1))
    paths = charts.car_paths(study, figure=charts.blank()).data
    assert len(paths) == 3 * (study.abnormal.notna().all(axis=1).sum() + 1)


def test_all_other_news_joined_to_the_event_is_marked_and_told(dossier):
    """Of the days drawn: news that names the event, and news that touches one of its listings."""
    figure = charts.reaction_path(dossier, "E11", figure=charts.blank())
    marked = figure.data.dropna(subset=["confounder_id"])["confounder_id"]
    assert {"C14", "C15", "C16", "C17", "C18"} <= set(marked)  # name the event
    assert {"C11", "C13", "C20"} <= set(marked)  # touch its listings and do not name it
    assert f"other news in these days: {len(marked)}" in figure.finding
    letters = {part for text in figure.axes[0].texts for part in text.get_text().split(",")}
    assert set(figure.data["letter"].dropna()) <= letters


@pytest.mark.parametrize("width", [7.5, 3.6])
def test_the_days_of_an_axis_say_month_and_year(dossier, width):
    figure = charts.reaction_path(dossier, "E11", width=width, figure=charts.blank())
    figure.draw_without_rendering()
    shown = [tick.get_text() for tick in figure.axes[0].get_xticklabels()]
    assert len(shown) >= 2
    assert all(text.endswith("\n2025") and text.split()[1] in ("Feb", "Mar") for text in shown)


def test_a_kind_of_speaker_with_one_sentence_is_no_finding():
    tone = pd.DataFrame(
        {
            "entity": "Acme", "speaker_kind": ["analyst", "company", "executive"], "tone": [-0.5, 0.4, 0.9],
            "n_scored": [5, 4, 1], "document_id": "d", "source": "document",
        }
    )  # fmt: skip
    title = charts.tone_by_speaker(tone, figure=charts.blank()).finding
    assert "company voices most favourably (+0.40, n = 4)" in title
    assert title.endswith("under 3: executive")
    alone = charts.tone_by_speaker(tone.tail(1), figure=charts.blank()).finding
    assert alone == "Of Acme, no kind of speaker has 3 scored sentences (n = 1 in all)"


def test_the_alt_text_tells_finding_number_values_and_axes(dossier):
    told = charts.alt_text(charts.tone_by_speaker(ak.measure_tone(dossier), "Alibaba", figure=charts.blank()))
    for part in ("Of Alibaba,", "n = ", "market -0.", "Across: tone"):
        assert part in told


def test_the_premium_is_told_with_its_lowest_and_highest_day():
    days = pd.to_datetime(["2025-02-20", "2025-02-21", "2025-02-24"])
    figure = charts.parity(
        pd.DataFrame({"session": days, "premium": [0.02, 0.04, -0.06]}), "A", "B", figure=charts.blank()
    )
    assert figure.finding == "A stood between 6.0 % below and 4.0 % above B, on average 0.0 % above"
    assert "-6.0 %, 2025-02-24" in words(figure)


def test_the_tone_of_a_kind_of_speaker_is_the_mean_over_its_sentences():
    """(2 x -0.5 + 1 x 0.4) / 3 = -0.2."""
    tone = pd.DataFrame(
        {
            "entity": "Acme", "speaker_kind": ["analyst", "analyst", "company"], "tone": [-0.5, 0.4, 0.7],
            "n_scored": [2, 1, 4], "document_id": ["d", "e", "d"], "source": "document",
        }
    )  # fmt: skip
    figure = charts.tone_by_speaker(tone, figure=charts.blank())
    assert "analyst voices speak least favourably (-0.20, n = 3)" in figure.finding
    assert "company voices most favourably (+0.70, n = 4)" in figure.finding


def test_the_facts_are_counted_by_their_verdict():
    facts = pd.DataFrame(
        {
            "entity": ["A", "B", "C"], "metric": "capex", "documents": ["d;e", "d", "d;f"], "sources": [2, 1, 2],
            "verdict": ["agree", "alone", "contradict"], "low": np.nan, "high": np.nan, "unit": "USD",
        }
    )  # fmt: skip
    figure = charts.agreement(facts, figure=charts.blank())
    assert figure.finding == "Of 3 facts, 2 are said by several sources: 1 agree, 1 contradict"
    signs = {"\u2715 1", "\u2715 2", "\u2713 1", "\u2713 3", "\u00b7 1"}  # conflicts come first
    assert {t.get_text() for t in figure.axes[0].texts} == signs


@pytest.mark.parametrize(
    "empty",
    [
        lambda: charts.tone_by_speaker(
            pd.DataFrame(columns=["entity", "speaker_kind", "tone", "n_scored", "source"])
        ),
        lambda: charts.agreement(pd.DataFrame(columns=["entity", "verdict", "documents"])),
        lambda: charts.parity(pd.DataFrame({"session": [], "premium": []})),
        lambda: charts.promises(ak.track(ak.Dossier())),
        lambda: charts.tone_against_reaction(pd.DataFrame(columns=["tone", "sar", "reason", "verdict"])),
    ],
)
def test_a_chart_without_rows_says_so(empty):
    import matplotlib.pyplot as plt

    assert charts.alt_text(empty()).startswith("No ") or "no fact" in charts.alt_text(empty())
    plt.close("all")


def test_a_word_too_long_is_broken_and_too_many_lines_are_cut_with_a_mark():
    lines = wrap("a" * 200, 8, 1.0, lines=3)
    assert len(lines) == 3
    assert lines[-1].endswith("\u2026")
    assert all(text_width(line, 8) <= 1.0 for line in lines)


def test_marks_that_turn_the_reading_direction_are_left_out():
    assert plain("a\u202eb\nc") == "ab c"


def test_promises_are_drawn_with_their_floors(dossier):
    figure = charts.promises(ak.track(dossier, metric="investment_plan"), dossier, figure=charts.blank())
    assert math.isfinite(figure.get_figheight())
    assert "more than 380" in words(figure)
