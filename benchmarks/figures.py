"""Figures found by this kit beside quantulum3, price-parser and Recognizers-Text, in one run.

python benchmarks/figures.py

A figure counts as found when a prediction overlaps it with the same numbers and the same ISO 4217
currency (for the peers a bare "Dollar" counts as USD); a horizon needs the same code, a bound the
same bound. Precision is the share of a tool's predictions that hit a labelled figure so. Peers that
are not installed, or do not import, are named. Our own results are asserted; no time ever is.
"""

import json
import math
import pathlib
import sys
import time
import warnings
from collections import namedtuple
from collections.abc import Callable, Iterable

from analystkit.figures import find_figures

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))
Found = namedtuple("Found", "start end kind numbers unit bound", defaults=[None])
KINDS = ("money", "percent", "horizon")
NAMES = {
    "dollar": "USD", "united states dollar": "USD", "us dollar": "USD", "euro": "EUR", "pound sterling": "GBP",
    "british pound": "GBP", "chinese yuan": "CNY", "yuan": "CNY", "japanese yen": "JPY", "yen": "JPY",
    "south korean won": "KRW", "won": "KRW", "indian rupee": "INR", "rupee": "INR", "swiss franc": "CHF",
    "thai baht": "THB", "brazilian real": "BRL", "canadian dollar": "CAD", "hong kong dollar": "HKD",
    "norwegian krone": "NOK", "malaysian ringgit": "MYR", "swedish krona": "SEK", "new taiwan dollar": "TWD",
}  # fmt: skip
FILLER = (
    "The board met on the outskirts of the city and heard the usual speeches about patience. Nobody in the room "
    "wished to be quoted, but several directors said that the mood had changed since the summer. Suppliers were "
    "told to expect longer orders and shorter notice, and the works council asked for a seat at the table. "
)


def ours(text: str) -> Iterable[Found]:
    for row in find_figures(text, "2025-02-24").itertuples():
        if row.kind == "horizon":
            yield Found(row.start, row.end, row.kind, (row.period,), None)
        elif row.kind in KINDS:
            ends = (row.low, row.high) if row.bound == "range" else (row.value,)
            yield Found(row.start, row.end, row.kind, ends, row.unit, row.bound)


def quantulum() -> Callable[[str], Iterable[Found]]:
    from quantulum3 import parser

    def find(text: str) -> Iterable[Found]:
        for quantity in parser.parse(text):
            name, entity = quantity.unit.name, quantity.unit.entity.name
            if entity == "currency":
                unit = NAMES.get(name, name)
                yield Found(*quantity.span, "money", (quantity.value,), unit)
            elif name == "percentage":
                yield Found(*quantity.span, "percent", (quantity.value,), "percent")
            elif entity == "time" and name in ("year", "month", "week", "day", "decade"):
                letter = {"decade": "0Y"}.get(name, name[0].upper())
                yield Found(*quantity.span, "horizon", (f"P{quantity.value:g}{letter}",), None)

    return find


def price_parser() -> Callable[[str], Iterable[Found]]:
    from price_parser import Price

    signs = {"$": "USD", "US$": "USD", "£": "GBP", "€": "EUR", "₹": "INR", "HK$": "HKD", "¥": "JPY"}

    def find(text: str) -> Iterable[Found]:
        price = Price.fromstring(text)  # one a text: it says neither where nor that there are more
        if price.amount is not None and price.currency:
            unit = signs.get(price.currency, price.currency)
            yield Found(0, len(text), "money", (float(price.amount),), unit)

    return find


def recognizers() -> Callable[[str], Iterable[Found]]:
    from recognizers_date_time import recognize_datetime
    from recognizers_number import recognize_percentage
    from recognizers_number_with_unit import recognize_currency

    def find(text: str) -> Iterable[Found]:
        for result in recognize_currency(text, "en-us"):
            value, unit = result.resolution["value"], result.resolution["unit"].lower()
            code = result.resolution.get("isoCurrency") or NAMES.get(unit, unit)
            if value is not None:
                yield Found(result.start, result.end + 1, "money", (float(value),), code)
        for result in recognize_percentage(text, "en-us"):
            value = float(result.resolution["value"].rstrip("%"))
            yield Found(result.start, result.end + 1, "percent", (value,), "percent")
        for result in recognize_datetime(text, "en-us"):
            values = (result.resolution or {}).get("values") or [{}]
            code = values[0].get("timex", "")
            if values[0].get("Mod") == "before":
                code = f"../{code}"
            if values[0].get("Mod") in ("since", "after"):
                code = f"{code}/.."
            yield Found(result.start, result.end + 1, "horizon", (code,), None)

    return find


def gold() -> list[tuple[str, list[Found]]]:
    """Return the labelled sentences, and the two source articles where they are at hand."""
    texts = []
    for line in (HERE.parent / "tests/data/figures_labelled.jsonl").read_text("utf-8").splitlines():
        sentence = json.loads(line)
        figures = []
        for label in sentence["figures"]:
            end = label["start"] + len(label["quote"])
            if label["kind"] == "horizon":
                figures.append(Found(label["start"], end, "horizon", (label["period"],), None))
            elif label["kind"] in KINDS:
                numbers = (label["value"],) if "value" in label else (label["low"], label["high"])
                unit = label["unit"] if label["unit"] else math.nan
                figures.append(Found(label["start"], end, label["kind"], numbers, unit, label["bound"]))
        texts.append((sentence["text"], figures))
    from test_figures import ARTICLE_HORIZONS, ARTICLES, SHARED

    for name, rows in ARTICLES.items():
        if not (SHARED / name).exists():
            print(f"{name} is not at hand and is left out")
            continue
        figures = [
            Found(at, at + len(quote), "percent" if unit == "percent" else "money", (value,), unit, bound)
            for at, quote, value, unit, bound in rows
        ]
        figures += [
            Found(at, at + len(quote), "horizon", (code,), None) for at, quote, code in ARTICLE_HORIZONS[name]
        ]
        texts.append(((SHARED / name).read_text("utf-8"), figures))
    return texts


def same(one: Found, other: Found) -> bool:
    alike = one.unit == other.unit or (one.unit != one.unit and other.unit != other.unit)
    return one.kind == other.kind and one.start < other.end and other.start < one.end and (
        alike and one.numbers == other.numbers
    )  # fmt: skip


def scores(find: Callable[[str], Iterable[Found]], texts: list[tuple[str, list[Found]]]) -> dict:
    """Return recall and precision by kind, and the recall of bounds that are not exact."""
    counts = {kind: [0, 0, 0, 0] for kind in KINDS}  # labelled, found, predicted, right
    hedged = bounded = 0
    for text, figures in texts:
        predicted = list(find(text))
        for figure in figures:
            hits = [other for other in predicted if same(figure, other)]
            counts[figure.kind][0] += 1
            counts[figure.kind][1] += bool(hits)
            if figure.bound not in (None, "exact"):
                hedged += 1
                bounded += any(other.bound == figure.bound for other in hits)
        for other in predicted:
            counts[other.kind][2] += 1
            counts[other.kind][3] += any(same(figure, other) for figure in figures)
    result = {}
    for kind, (labelled, found, predictions, right) in counts.items():
        result[kind] = (found / labelled, right / predictions if predictions else math.nan)
    return {**result, "bound": (bounded / hedged, math.nan)}


def speed(find: Callable[[str], Iterable[Found]], text: str) -> float:
    """Return MB a second of one core, the best of three."""
    best = math.inf
    for _ in range(3):
        started = time.process_time()
        list(find(text))
        best = min(best, time.process_time() - started)
    return len(text.encode()) / 1e6 / best


def hostile() -> None:
    """Print how the time grows when a hostile text grows fourfold: 4 is linear."""
    from test_figures import HOSTILE

    print(f"\n{'hostile text, 200 KB':24}{'s':>8}{'x for 4 x text':>16}")
    for name, unit in HOSTILE.items():
        times = []
        for size in (50_000, 200_000):
            text = unit * (size // len(unit))
            started = time.process_time()
            find_figures(text)
            times.append(time.process_time() - started)
        print(f"{name:24}{times[1]:8.3f}{times[1] / times[0]:16.1f}")


def main() -> None:
    warnings.simplefilter("ignore")
    texts = gold()
    tools: dict[str, Callable[[str], Iterable[Found]]] = {"analystkit": ours}
    makers = {"quantulum3": quantulum, "price-parser": price_parser, "recognizers-text": recognizers}
    for name, make in makers.items():
        try:
            tools[name] = make()
        except (ImportError, AttributeError) as reason:
            print(f"{name} does not import and is left out: {reason}")
    news = " ".join(sentence + " " + FILLER for sentence, _ in texts)
    print(f"{len(texts)} texts, {sum(len(figures) for _, figures in texts)} figures")
    print(f"\n{'recall/precision, %':20}" + "".join(f"{kind:>12}" for kind in (*KINDS, "bound", "MB/s")))
    results = {}
    for name, find in tools.items():
        results[name] = scores(find, texts)
        size = 1_000_000 if name == "analystkit" else 20_000
        measured = speed(find, (news * (size // len(news) + 1))[:size])
        cells = [
            f"{100 * recall:.0f}/" + ("-" if precision != precision else f"{100 * precision:.0f}")
            for recall, precision in results[name].values()
        ]
        print(f"{name:20}" + "".join(f"{cell:>12}" for cell in cells) + f"{measured:12.3f}")
    hostile()
    labelled = scores(ours, [pair for pair in texts if len(pair[0]) < 1000])
    assert all(labelled[kind] == (1, 1) for kind in KINDS) and labelled["bound"][0] == 1
    # Of the articles only the horizons of plans are labelled, so precision says nothing there.
    assert all(recall == 1 for recall, _ in results["analystkit"].values())
    assert results["analystkit"]["money"][1] == results["analystkit"]["percent"][1] == 1


if __name__ == "__main__":
    main()
