"""The schemas for others: Frictionless Table Schema and the codebook."""

from __future__ import annotations

from typing import Any

from analystkit.schemas.tables import KEYS, PATTERNS, TABLES, columns, read_words, vocabulary


def table_schema(table: str) -> dict[str, Any]:
    """Return the Frictionless Table Schema of a table, for `datapackage.json`.

    Examples
    --------
    >>> table_schema("event_instruments")["primaryKey"]
    ['event_id', 'instrument']
    """
    types = {"number": "number", "offset": "integer", "date": "date"}
    fields = []
    for row in columns(table).itertuples():
        field: dict[str, Any] = {"name": row.column, "type": types.get(row.kind, "string")}
        field["description"] = row.meaning + (f" [{row.unit}]" if row.unit else "")
        constraints: dict[str, Any] = {"required": True} if row.required == "yes" else {}
        if row.vocabulary:
            constraints["enum"] = list(vocabulary(row.vocabulary))
        if row.kind in PATTERNS:
            constraints["pattern"] = PATTERNS[row.kind][0]
        if row.kind == "moment":
            constraints["pattern"] = r"\d{4}-\d{2}-\d{2}T[0-9:.]+(Z|[+-]\d{2}:\d{2})"
        if constraints:
            field["constraints"] = constraints
        fields.append(field)
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    spec = columns(table).set_index("column")
    whole = spec.loc[KEYS[table], "required"].eq("yes").all()
    return schema | ({"primaryKey": KEYS[table]} if whole else {})


def codebook() -> str:
    """Return the codebook of all tables and vocabularies as Markdown, the text of `data/README.md`.

    Examples
    --------
    >>> codebook().startswith("# Codebook")
    True
    """
    lines = [
        "# Codebook",
        "",
        "Made from the package's own schemas by `python -m analystkit codebook`; a test compares the two.",
        "A dossier is a folder of these tables. Required columns are in bold; empty cells mean: not established.",
    ]
    for table in TABLES:
        lines += ["", f"## {table}.csv", "", "| column | kind | unit | meaning |", "|---|---|---|---|"]
        for row in columns(table).itertuples():
            name = f"**{row.column}**" if row.required == "yes" else row.column
            kind = f"[{row.vocabulary}](#{row.vocabulary})" if row.vocabulary else row.kind
            lines.append(f"| {name} | {kind} | {row.unit} | {row.meaning} |")
    lines += ["", "# Vocabularies"]
    for name, words in read_words("vocabularies.csv").groupby("vocabulary", sort=False):
        lines += ["", f"## {name}", "", "| word | meaning |", "|---|---|"]
        lines += [f"| {row.word} | {row.meaning} |" for row in words.itertuples()]
    return "\n".join(lines) + "\n"
