"""The command line: one verb for each thing the kit does to a dossier."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

import analystkit as ak
from analystkit.schemas import TABLES

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Turn news about investments into numbers you can defend.",
    pretty_exceptions_enable=False,
)
Folder = Annotated[str, typer.Argument(help="The dossier's folder, looked up here and in each folder above.")]
Out = Annotated[Path | None, typer.Option("--out", help="Write .csv, .parquet or .xlsx instead of showing.")]


def _show(frame: Any, out: Path | None, dossier: Any = None) -> None:
    """Print a table, or write it in the format that the file's name asks for."""
    if out is None:
        typer.echo(frame.to_string(index=False, max_colwidth=70, na_rep="") if len(frame) else "(no rows)")
        return
    if out.suffix == ".xlsx":
        ak.tables.to_workbook(frame, out, dossier)
    elif out.suffix == ".parquet":
        frame.to_parquet(out, index=False)
    elif out.suffix == ".csv":
        frame.to_csv(out, index=False)
    else:
        raise ak.AnalystkitError(
            f"cannot write {out.name!r}: use a name that ends in .csv, .parquet or .xlsx."
        )
    typer.echo(f"{len(frame)} rows in {out}")


@app.command()
def new(path: Path, title: str = "") -> None:
    """Make the folder of a new dossier."""
    from analystkit.authoring import new_dossier

    typer.echo(
        f"Made {new_dossier(path, title)}. Next: python -m analystkit add {path} ARTICLE.txt --title ..."
    )


@app.command()
def add(
    folder: Folder,
    source: Annotated[str, typer.Argument(help="A text file, or the address of a page.")],
    title: Annotated[str, typer.Option(help="As the publisher prints it.")],
    document_id: Annotated[str, typer.Option(help="Short name; from the file's name when not given.")] = "",
    kind: Annotated[str, typer.Option(help="original (kept in library/) or digest.")] = "original",
    published_at: Annotated[str, typer.Option(help="With its offset: 2025-02-24T11:42:00+08:00.")] = "",
    publisher: str = "",
) -> None:
    """Add a source to a dossier."""
    from analystkit.authoring import add_document

    name = document_id or Path(source).stem
    more = {"published_at": published_at, "publisher": publisher}
    add_document(folder, source, name, title, kind, **{k: v for k, v in more.items() if v})
    typer.echo(f"Added {name!r}. Next: python -m analystkit extract {folder} {name}")


@app.command()
def extract(folder: Folder, document_id: str, out: Out = None) -> None:
    """Propose claims from a document, for a person to accept; nothing is added to the dossier."""
    dossier = ak.open_dossier(folder)
    text = dossier.text(document_id)
    if text is None:
        raise ak.AnalystkitError(f"{document_id!r} is a citation: it has no text to read here.")
    _show(ak.extract_claims(text, document_id, dossier.entities), out)


@app.command()
def check(
    folder: Folder,
    severity: Annotated[str, typer.Option(help="Lowest to show: error, warning or note.")] = "note",
    fail_on: Annotated[str, typer.Option(help="Exit with 1 when a finding is as severe as this.")] = "",
    out: Out = None,
) -> None:
    """Cross-examine the sources: what does not stand, what conflicts, what is worth knowing."""
    ranks = {"error": 0, "warning": 1, "note": 2}
    for word in filter(None, (severity, fail_on)):
        if word not in ranks:
            raise ak.AnalystkitError(f"no severity is called {word!r}; use {', '.join(ranks)}.")
    findings = ak.check(ak.open_dossier(folder, strict=False))
    rank = findings["severity"].map(ranks)
    shown = findings[rank <= ranks[severity]]
    if out:
        _show(shown, out)
    else:
        for finding in shown.itertuples():
            typer.echo(f"{finding.severity:8}{finding.rule}: {finding.message}")
        counts = findings["severity"].value_counts().reindex(list(ranks), fill_value=0)
        typer.echo(f"{counts['error']} errors, {counts['warning']} warnings, {counts['note']} notes")
    if fail_on and (rank <= ranks[fail_on]).any():
        raise typer.Exit(1)


@app.command()
def compare(
    folder: Folder, basis: str = "per_year", currency: str = "USD", on: str = "", out: Out = None
) -> None:
    """Put investments side by side on one basis: total, per_year or share_of_revenue."""
    dossier = ak.open_dossier(folder)
    rows = ak.compare(dossier, currency=currency, basis=basis, on=on or None)
    columns = ["entity", "value", "low", "high", "currency", "basis", "claim_ids", "caveats", "reason"]
    _show(rows if out else rows[columns], out, dossier)


@app.command()
def track(folder: Folder, metric: str = "capex", part: str = "outcome", out: Out = None) -> None:
    """Follow promises: revisions, progress or outcome."""
    dossier = ak.open_dossier(folder)
    _show(getattr(ak.track(dossier, metric), part), out, dossier)


@app.command()
def guide(
    folder: Folder,
    entity: Annotated[str, typer.Option()],
    period: Annotated[str, typer.Option(help="2026, FY2026, FY2026-Q1 or P3Y.")],
    said_on: Annotated[str, typer.Option(help="YYYY-MM-DD.")],
    source: Annotated[str, typer.Option(help="Address of the page that carries it.")],
    low: Annotated[float | None, typer.Option(help="In base units: 115000000000.")] = None,
    high: float | None = None,
    bound: Annotated[
        str, typer.Option(help="Hedge of a single figure: exact, more_than, approximately ...")
    ] = "",
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
    start: Annotated[str, typer.Option(help="First day, YYYY-MM-DD.")],
    end: Annotated[str, typer.Option(help="Last day, YYYY-MM-DD.")],
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
    pdf: Annotated[
        bool, typer.Option(help="Print each page with a Chromium that is installed here.")
    ] = False,
) -> None:
    """Check the dossiers, run the notebooks and write report pages that open without a network."""
    from analystkit.report import build, dossiers_of

    for name in [folder] if folder else dossiers_of(notebooks):
        counts = ak.check(ak.open_dossier(name))["severity"].value_counts()
        told = ", ".join(f"{n} {word}{'s' * (n != 1)}" for word, n in counts.items())
        typer.echo(f"Checked {name}: {told or 'no findings'}")
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
