"""Every explorer, used as a person uses it: in the dashboard and in JupyterLab."""

import csv

import pytest
from driving import EXPLORERS, ROOT, Explorer

pytestmark = pytest.mark.usefixtures("browser")


@pytest.fixture
def on(explorers):
    return lambda name: Explorer(explorers, name)


def test_no_cell_of_code_is_visible_in_the_dashboard(explorers):
    if "/lab/" in explorers.url:
        pytest.skip("JupyterLab shows code")
    assert explorers.locator(".jp-CodeCell .jp-InputArea, .jp-Editor").filter(visible=True).count() == 0
    assert "open_dossier" not in explorers.content()


def test_there_is_a_tab_for_every_explorer(explorers):
    assert explorers.locator(".widget-tab").get_by_role("tab").all_inner_texts() == EXPLORERS


def test_a_search_finds_the_claim_and_marks_its_quote(on):
    claims = on("Claims")
    claims.shows("128 of 128 claims.")
    claims.control("Search").fill("s1-top-agi")
    claims.control("Search").press("Enter")
    claims.shows("1 of 128 claims.")
    assert claims.marked.all_inner_texts() == ["primary objective"]
    claims.control("Search").fill("")
    claims.control("Search").press("Enter")
    claims.shows("128 of 128 claims.")


def test_filters_narrow_and_sorting_turns_the_list(on):
    claims = on("Claims")
    with (ROOT / "data/alibaba-ai-plan/claims.csv").open(encoding="utf-8", newline="") as lines:
        count = sum(row["entity"] == "Microsoft" for row in csv.DictReader(lines))
    claims.control("Entity").select_option("Microsoft")
    claims.shows(f"{count} of 128 claims.")
    names = [name for name in claims.options("Read claim") if name != "the first"]
    claims.control("Sort by").select_option("claim id")
    claims.control("largest first").check()
    first = claims.root.get_by_role("row").filter(visible=True).nth(1)
    first.filter(has_text=max(names)).wait_for()
    claims.control("largest first").uncheck()
    first.filter(has_text=min(names)).wait_for()
    claims.control("Sort by").select_option("as listed")
    claims.control("Entity").select_option("all")
    claims.shows("128 of 128 claims.")


def test_the_keys_alone_reach_a_control_and_change_it(on):
    claims = on("Claims")
    claims.control("Search").focus()
    claims.page.keyboard.press("Tab")
    entity = claims.control("Entity")
    assert entity.evaluate("control => control === document.activeElement")
    for key in ("Space", "ArrowDown", "Enter"):
        claims.page.keyboard.press(key)
    claims.root.get_by_text("128 of 128 claims.").wait_for(state="hidden")
    assert entity.evaluate("control => control.selectedIndex") == 1
    claims.choose("Entity", "all")
    claims.shows("128 of 128 claims.")


def test_basis_and_currency_change_the_chart_and_the_table(on):
    comparison = on("Comparison")
    comparison.redraws(lambda: comparison.control("Basis").select_option("total"))
    comparison.redraws(lambda: comparison.control("Currency").select_option("CNY"))
    comparison.row("Alibaba", "more than 0.38").wait_for()
    assert "CNY" in comparison.picture.get_attribute("alt")


def test_only_the_claims_that_are_chosen_are_compared(on):
    comparison = on("Comparison")
    include = comparison.control("Include")
    every = include.evaluate("list => [...list.selectedOptions].map(one => one.value)")
    comparison.redraws(lambda: comparison.choose("Include", "apple-0224:"))
    entities = comparison.root.locator("tbody tr").filter(visible=True)
    assert entities.count() == 1 and "Apple" in entities.inner_text()
    comparison.redraws(lambda: include.select_option(every))


def test_the_rate_is_that_of_the_chosen_day(on):
    comparison = on("Comparison")
    comparison.control("Rate of (day)").fill("2025-01-02")
    comparison.control("Rate of (day)").blur()
    comparison.shows("2025-01-02")


def test_each_control_of_the_reaction_draws_another_path(on):
    reaction = on("Reaction")
    reaction.redraws(lambda: reaction.choose("Event", "E11:"))
    reaction.shows("BABA, 2025-02-24: ")
    reaction.shows("9988.HK, 2025-02-24: ")
    reaction.redraws(lambda: reaction.choose("Listing", "BABA"))
    reaction.root.get_by_text("9988.HK, 2025-02-24: ").wait_for(state="hidden")
    reaction.redraws(lambda: reaction.choose("Window", "day -2 to 2"))
    reaction.redraws(lambda: reaction.choose("Model", "market adjusted"))
    reaction.redraws(lambda: reaction.choose("Benchmark", "HSI"))
    reaction.row("BABA", "HSI").wait_for()


def test_the_tone_is_shown_of_the_chosen_document_and_speaker(on):
    tone = on("Tone")
    tone.answers(lambda: tone.choose("Document", "s2:"))
    said = tone.root.locator("tbody tr").filter(visible=True)
    every = said.count()
    tone.answers(lambda: tone.choose("Speaker", "analyst"))
    assert 0 < said.count() < every
    assert {row.split("\t")[2] for row in said.all_inner_texts()} == {"analyst"}


def test_decisions_of_a_review_are_on_the_disk_and_faults_in_the_panel(on, desk):
    path = desk / "data" / "alibaba-ai-plan" / "claims.csv"

    def status(name):
        with path.open(encoding="utf-8", newline="") as lines:
            return next(row["status"] for row in csv.DictReader(lines) if row["claim_id"] == name)

    review = on("Review")
    review.shows("Claim 1 of 3")
    review.button("undo").click()
    review.fault.filter(has_text="nothing was decided here").wait_for()
    review.button("reject").click()
    review.shows("Claim 2 of 3")
    assert review.fault.count() == 0
    assert status("s1-top-decade") == "rejected"
    review.control("Key").fill("u")
    review.control("Key").press("Enter")
    review.shows("Claim 1 of 3")
    assert status("s1-top-decade") == "proposed"
    review.button("edit").click()
    review.control("metric").fill("no such metric")
    review.button("accept").click()
    review.fault.filter(has_text="no such metric").wait_for()
    assert status("s1-top-decade") == "proposed"
    review.button("skip").click()
    review.shows("Claim 2 of 3")
    path.rename(path.with_suffix(".away"))
    try:
        review.button("accept").click()
        review.fault.filter(has_text="claims.csv").wait_for()
    finally:
        path.with_suffix(".away").rename(path)
