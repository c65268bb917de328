"""The command line: one verb for each thing the kit does to a dossier."""

from __future__ import annotations

import sys
from html import unescape
from pathlib import Path
from re import sub
from typing import Annotated, Any, Literal

import pandas as pd
import typer

import analystkit as ak
from analystkit.schemas import TABLES

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False,
    help="Turn news about investments into numbers you can defend.",
)  # fmt: skip
Folder = Annotated[str, typer.Argument(help="The dossier's folder, looked up here and in each folder above.")]
Out = Annotated[Path | None, typer.Option("--out", help="Write .csv, .parquet or .xlsx instead of showing.")]
Severity = Literal["error", "warning", "note"]
_RANKS = {"error": 0, "warning": 1, "note": 2}


def _option(words: str) -> Any:
    return typer.Option(help=words)


def _show(frame: pd.DataFrame, out: Path | None, dossier: Any = None) -> None:
    """Print a table, or write it in the format that the file's name asks for."""
    writers = {".csv": frame.to_csv, ".parquet": frame.to_parquet}
    if out is None:
        typer.echo(repr(ak.tables.show(frame)) if len(frame) else "(no rows)")
    elif out.suffix == ".xlsx":
        ak.tables.to_workbook(frame, out, dossier)
    elif out.suffix in writers:
        writers[out.suffix](out, index=False)
    else:
        raise ak.AnalystkitError(f"cannot write {out.name!r}: the name must end in .csv, .parquet or .xlsx.")
    if out:
        typer.echo(f"{len(frame)} rows in {out}")


def _counted(findings: pd.DataFrame) -> str:
    counts = findings["severity"].value_counts().reindex(list(_RANKS), fill_value=0)
    return ", ".join(f"{n} {word}{'s' * (n != 1)}" for word, n in counts.items())


@app.command()
def new(path: Path, title: str = "") -> None:
    """Make the folder of a new dossier."""
    from analystkit.authoring import new_dossier

    made = new_dossier(path, title)
    typer.echo(f"Made {made}. Next: python -m analystkit add {path} ARTICLE.txt --title ...")


@app.command()
def add(
    folder: Folder,
    source: Annotated[str, typer.Argument(help="A text file, or the address of a page.")],
    title: Annotated[str, _option("As the publisher prints it.")],
    document_id: Annotated[str, _option("Short name; from the file's name when not given.")] = "",
    kind: Annotated[str, _option("original (kept in library/) or digest.")] = "original",
    published_at: Annotated[str, _option("With its offset: 2025-02-24T11:42:00+08:00.")] = "",
    publisher: str = "",
) -> None:
    """Add a source to a dossier."""
    from analystkit.authoring import add_document

    name = document_id or Path(source).stem
    more = {"published_at": published_at, "publisher": publisher}
    add_document(folder, source, name, title, kind, **{key: word for key, word in more.items() if word})
    typer.echo(f"Added {name!r}. Next: python -m analystkit extract {folder} {name}")


@app.command()
def extract(folder: Folder, document_id: str, out: Out = None) -> None:
    """Propose claims from a document, for a person to accept; nothing is added to the dossier."""
    dossier = ak.open_dossier(folder)
    text = dossier.text(document_id)
    if text is None:
        raise ak.AnalystkitError(f"{document_id!r} is a citation: it has no text to read here.")
    day = dossier.documents.set_index("document_id")["published_at"][document_id]
    claims = ak.extract_claims(text, document_id, dossier.entities, None if day is pd.NaT else day)
    _show(claims, out)
    named = {name for names in claims[["entity", "speaker"]].to_numpy().ravel() for name in names.split(";")}
    if new := sorted(named - {*dossier.entities["entity"], "unknown"}):
        typer.echo(f"Not in entities.csv: {', '.join(new)}. Add a row for each whose claims you accept.")


@app.command()
def review(
    folder: Folder,
    proposed: Annotated[
        str, typer.Argument(help="A file from `extract --out`; claims.csv if not given.")
    ] = "",
) -> None:
    """Decide on proposed claims, one after the other: accept, reject, skip or undo.

    Each decision is saved at once. What you accept in a file of `extract --out` is added to the dossier in the end.
    To change a claim's fields first, edit the file, or use ak.explorers.review(dossier) in a notebook.
    """
    from analystkit.authoring import append

    dossier = ak.open_dossier(folder, strict=False)
    desk = ak.explorers.review(dossier, proposed or None)
    words = {word[0]: word for word in ("accept", "reject", "skip", "undo", "quit")}
    while desk.rows:
        claim = desk.claims.set_index("claim_id").loc[desk.queue[desk.at]].dropna()
        typer.echo(f"\n{claim.to_string()}\n{desk.rows} to decide.")
        word = words.get(typer.prompt(", ".join(words.values())).strip()[:1].lower())
        if word == "quit":
            break
        if word:
            desk.decide(word)
            typer.echo(unescape(sub("<[^>]+>", "", desk.fault.value)), err=True, nl=bool(desk.fault.value))
    if proposed:
        fresh = desk.claims[desk.claims["status"].eq("accepted")]
        fresh = fresh[~fresh["claim_id"].isin(dossier.claims["claim_id"])]
        append(folder, claims=fresh)
        typer.echo(f"Added {len(fresh)} claim{'s' * (len(fresh) != 1)} to {folder}.")


@app.command()
def scan(
    texts: Annotated[list[Path], typer.Argument(help="Text files, or folders of .txt files.")],
    out: Out = None,
) -> None:
    """List every figure in text files: amount, unit, hedge, period, and where it stands. Needs no dossier."""
    from analystkit.documents import read_text

    files = [file for path in texts for file in (sorted(path.glob("*.txt")) if path.is_dir() else [path])]
    found = [ak.find_figures(read_text(file)) for file in files]
    rows = pd.concat(found, keys=[file.name for file in files], names=["file"]).reset_index("file")
    _show(rows, out)


@app.command()
def check(
    folder: Folder,
    severity: Annotated[Severity, _option("Lowest to show.")] = "note",
    fail_on: Annotated[Severity | None, _option("Exit with 1 when a finding is as severe as this.")] = None,
    out: Out = None,
) -> None:
    """Cross-examine the sources: what does not stand, what conflicts, what is worth knowing."""
    findings = ak.check(ak.open_dossier(folder, strict=False))
    rank = findings["severity"].map(_RANKS)
    shown = findings[rank <= _RANKS[severity]]
    if out:
        _show(shown, out)
    else:
        for finding in shown.itertuples():
            typer.echo(f"{finding.severity:8}{finding.rule}: {finding.message}")
        typer.echo(_counted(findings))
    if fail_on and (rank <= _RANKS[fail_on]).any():
        raise typer.Exit(1)


@app.command()
def compare(
    folder: Folder, basis: str = "per_year", currency: str = "USD", on: str = "", out: Out = None
) -> None:
    """Put investments side by side on one basis: total, per_year or share_of_revenue."""
    dossier = ak.open_dossier(folder)
    _show(ak.compare(dossier, currency=currency, basis=basis, on=on or None), out, dossier)


@app.command()
def track(folder: Folder, metric: str = "capex", part: str = "outcome", out: Out = None) -> None:
    """Follow promises: revisions, progress or outcome."""
    dossier = ak.open_dossier(folder)
    _show(getattr(ak.track(dossier, metric), part), out, dossier)


@app.command()
def guide(
    folder: Folder,
    entity: Annotated[str, typer.Option()],
    period: Annotated[str, _option("2026, FY2026, FY2026-Q1 or P3Y.")],
    said_on: Annotated[str, _option("YYYY-MM-DD.")],
    source: Annotated[str, _option("Address of the page that carries it.")],
    low: Annotated[float | None, _option("In base units: 115000000000.")] = None,
    high: float | None = None,
    bound: Annotated[str, _option("Hedge of a single figure: exact, more_than, approximately ...")] = "",
    unit: str = "USD",
    definition: str = "",
    speaker: str = "",
) -> None:
    """Append what a company now says it will spend; the next report draws it."""
    from analystkit.authoring import guide as append_guidance

    claim = append_guidance(
        folder, entity, period, low, high, said_on=said_on, source_url=source, unit=unit,
        bound=bound or None, definition=definition or None, speaker=speaker or None,
    )  # fmt: skip
    typer.echo(f"Added {claim['claim_id']}: {claim['statement']}")


@app.command()
def prices(
    tickers: Annotated[list[str], typer.Argument()],
    start: Annotated[str, _option("First day, YYYY-MM-DD.")],
    end: Annotated[str, _option("Last day, YYYY-MM-DD.")],
    out: Out = None,
) -> None:
    """Fetch daily prices through yfinance (the optional extra `live`) into a cache."""
    from analystkit.market import fetch_prices

    _show(fetch_prices(tickers, start, end), out)


@app.command()
def react(folder: Folder, model: str = "market", out: Out = None) -> None:
    """Measure how each listing moved after each event."""
    dossier = ak.open_dossier(folder)
    _show(ak.measure_reaction(dossier, model=model), out, dossier)


@app.command()
def tone(folder: Folder, out: Out = None) -> None:
    """Measure the tone of each document by who speaks."""
    dossier = ak.open_dossier(folder)
    _show(ak.measure_tone(dossier), out, dossier)


@app.command()
def report(
    folder: Annotated[str, typer.Argument(help="Each notebook's own dossier when not given.")] = "",
    notebooks: Path = Path("notebooks"),
    out: Path = Path("reports"),
    pdf: Annotated[bool, _option("Print each page with a Chromium that is installed here.")] = False,
) -> None:
    """Check the dossiers, run the notebooks and write report pages that open without a network."""
    from analystkit.report import build, dossiers_of, examine

    for name in [folder] if folder else dossiers_of(notebooks):
        typer.echo(f"Checked {name}: {_counted(examine(name, out))}")
    for page in build(folder or None, notebooks, out, pdf=pdf):
        typer.echo(f"  {page}")


@app.command()
def export(folder: Folder, out: Path) -> None:
    """Write every table of a dossier into one workbook."""
    dossier = ak.open_dossier(folder)
    ak.tables.to_workbook({table: getattr(dossier, table) for table in TABLES}, out, dossier)
    typer.echo(f"Wrote {out}")


@app.command()
def codebook() -> None:
    """Print the codebook of all tables and vocabularies as Markdown."""
    from analystkit.schemas import codebook as text

    typer.echo(text(), nl=False)


def main() -> None:
    """Run the command line; a problem with the input is one message, not a traceback."""
    try:
        app()
    except ak.AnalystkitError as error:
        typer.echo(f"analystkit: {error}", err=True)
        if error.rows is not None and len(error.rows) > 1:
            typer.echo(error.rows.head(20).to_string(index=False, max_colwidth=60, na_rep=""), err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
