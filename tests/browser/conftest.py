"""One browser for all tests, and the explorers on a dossier with three proposed claims, in both of their houses."""

import driving
import pytest

PROPOSED = ["s1-top-decade", "s1-top-agi", "s1-slide"]


@pytest.fixture(scope="session")
def browser():
    if reason := driving.missing():
        pytest.skip(reason)
    with driving.chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def desk(browser, tmp_path_factory):
    """A copy of notebooks, dashboard and dossiers; the first of these has claims to review."""
    home = driving.desk(tmp_path_factory.mktemp("desk"))
    claims = home / "data" / "alibaba-ai-plan" / "claims.csv"
    lines = claims.read_text(encoding="utf-8").splitlines(keepends=True)
    waiting = [
        line.replace(",accepted,", ",proposed,") if line.split(",")[0] in PROPOSED else line for line in lines
    ]
    claims.write_text("".join(waiting), encoding="utf-8")
    return home


@pytest.fixture(scope="module", params=["dashboard", "lab"])
def explorers(request, browser, desk):
    """The page of the explorers, all of them drawn: as people who do not code see it, and in JupyterLab."""
    with driving.explorers(browser, desk, request.param) as page:
        yield page
