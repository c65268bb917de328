"""The pages of a report, opened from the disk with the network off."""

import subprocess
import sys

import driving
import pytest

PAGES = ["index", *sorted(path.stem for path in (driving.ROOT / "notebooks").glob("*.ipynb"))]


@pytest.fixture(scope="module")
def report(desk):
    """The report of all notebooks."""
    command = [sys.executable, "-m", "analystkit", "report", "--out", "reports"]
    subprocess.run(command, cwd=desk, check=True, timeout=900)
    return desk / "reports"


@pytest.fixture
def opened(browser, report):
    """Open a page of the report; in the end nothing was asked of a network, and nothing complained."""
    asked, said = [], []
    with browser.new_context(offline=True, viewport={"width": 1000, "height": 800}) as context:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))

        def show(name):
            page.goto((report / f"{name}.html").as_uri())
            return page

        yield show
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert said == []


@pytest.mark.parametrize("name", PAGES)
def test_every_picture_is_there_and_is_told_in_words(opened, name):
    images = opened(name).locator("img")
    assert images.evaluate_all("images => images.filter(image => !image.naturalWidth).length") == 0
    assert all(
        len(words or "") > 20 for words in images.evaluate_all("images => images.map(image => image.alt)")
    )


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_not_wider_than_the_window(opened, name):
    page = opened(name)
    for width in (1400, 1000, 600):
        page.set_viewport_size({"width": width, "height": 800})
        assert driving.overflow(page) == 0, f"at {width} pixels"


@pytest.mark.parametrize("name", PAGES[1:])
def test_every_footnote_mark_leads_to_its_source(opened, name):
    page = opened(name)
    lost = "links => links.map(link => link.hash.slice(1)).filter(id => !document.getElementById(id))"
    assert page.locator("a[href^='#']").evaluate_all(lost) == []
    mark = page.locator("main sup a[href^='#'], main td a[href^='#']").filter(visible=True).first
    if not mark.count():
        pytest.skip("this page has no footnotes")
    source = page.locator(f"[id='{mark.get_attribute('href')[1:]}']")
    mark.click()
    assert source.is_visible() and len(source.inner_text()) > 20
    top = source.evaluate("source => source.getBoundingClientRect().top")
    assert -1 < top < 800, "the source is brought into view"


@pytest.mark.parametrize("name", PAGES[1:])
def test_the_code_is_folded_away_until_it_is_asked_for(opened, name):
    page = opened(name)
    code = page.get_by_text("import analystkit as ak").first
    assert not code.is_visible()
    page.get_by_label("Show code").check()
    assert code.is_visible()
    page.get_by_label("Show code").press("Space")
    assert not code.is_visible()


def test_the_overview_leads_to_every_page_and_each_page_back(opened):
    page = opened("index")
    links = page.locator("main h2 a")
    assert links.count() == len(PAGES) - 1
    for at in range(links.count()):
        title = links.nth(at).inner_text()
        links.nth(at).click()
        assert page.locator("h1").inner_text().strip("¶ ") == title
        page.get_by_role("navigation", name="Report").get_by_role("link", name="Overview").click()
