"""From the change of a control to the picture drawn anew, as a person at a browser has it.

    python benchmarks/browser.py [CHANGES]     # 12 changes a control when not said; needs the extra `browser`

The explorers run in the dashboard, in headless Chromium, on the shipped dossier and on one with 10,000 claims. The
clock starts when a list changes and stops two frames after the panel shows another answer, its pictures decoded. The
script stops when a panel shows a fault or the same answer, never because of a time.
"""

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

import pandas as pd

import analystkit as ak

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "browser"))
import driving

MANY = 10_000
CONTROLS = [("Claims", "Measure"), ("Claims", "Entity"), ("Comparison", "Basis"), ("Comparison", "Currency"),
            ("Reaction", "Event"), ("Reaction", "Window"), ("Reaction", "Model"), ("Tone", "Document"),
            ("Tone", "About")]  # fmt: skip
_ANSWER = """(list, index) => new Promise((done, fail) => {
    const views = () => [...document.querySelectorAll('.widget-tab .widget-html-content')]
        .filter(one => one.checkVisibility());
    const shown = () => views().map(one => one.innerHTML).join();
    const drawn = () => views().every(one => [...one.querySelectorAll('img')].every(image => image.complete));
    const before = shown(), start = performance.now();
    if (list.selectedIndex === index) return done(0);
    list.selectedIndex = index;
    list.dispatchEvent(new Event('change', {bubbles: true}));
    const look = () => {
        if (performance.now() - start > 60000) fail(new Error('the panel shows the same answer'));
        else if (shown() !== before && drawn())
            requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
        else requestAnimationFrame(look);
    };
    look();
})"""


def write_many(source: Path, target: Path) -> None:
    """Write the dossier again and again under other entities and ids, until it has 10,000 claims."""
    shutil.copytree(source, target)
    claims, entities = (pd.read_csv(source / f"{name}.csv", dtype="str") for name in ("claims", "entities"))
    copies = [claims]
    names = [entities]
    for n in range(1, MANY // len(claims) + 1):
        ids = ["claim_id", "converts", "revises", "entity"]
        copies.append(claims.assign(**{name: claims[name] + f" {n}" for name in ids}))
        names.append(entities.assign(entity=entities["entity"] + f" {n}", aliases=None))
    pd.concat(copies).head(MANY).to_csv(target / "claims.csv", index=False)
    pd.concat(names).to_csv(target / "entities.csv", index=False)
    assert len(ak.open_dossier(target).claims) == MANY


def measure(page, changes: int) -> None:
    for name, label in CONTROLS:
        explorer = driving.Explorer(page, name)
        control = explorer.control(label)
        first, length = control.evaluate("list => [list.selectedIndex, list.length]")
        steps = [(first + n) % length for n in range(1, changes + 1)]
        times = [control.evaluate(_ANSWER, step) for step in steps]
        control.evaluate(_ANSWER, first)  # the next control starts where a user does
        assert not explorer.fault.count(), explorer.fault.inner_text()
        print(f"  {name + ', ' + label:28}{statistics.median(times):8.0f}{max(times):8.0f}", flush=True)


def main() -> None:
    changes = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    if reason := driving.missing():
        sys.exit(reason)
    with tempfile.TemporaryDirectory() as folder, driving.chromium() as browser:
        home = driving.desk(Path(folder))
        write_many(home / "data" / "alibaba-ai-plan", home / "data" / "many")
        for dossier in ("data/alibaba-ai-plan", "data/many"):
            claims = len(ak.open_dossier(home / dossier).claims)
            with driving.explorers(browser, home, "dashboard", dossier) as page:
                print(f"{claims:,} claims; milliseconds of {changes} changes{'median':>8}{'max':>8}")
                measure(page, changes)


if __name__ == "__main__":
    main()
