"""What each table looks like: columns, types, vocabularies and units, checked with every fault at once.

The columns stand in `words/columns.csv`, the vocabularies in `words/vocabularies.csv`: one place from which the
checks, the codebook `data/README.md` and each `datapackage.json` are made.
"""

from analystkit.schemas.conforming import FAULTS, conform, dtypes, empty, faults_at, raise_for
from analystkit.schemas.describing import codebook, table_schema
from analystkit.schemas.tables import KEYS, PERIOD, TABLES, columns, currencies, read_words, vocabulary

__all__ = [
    "FAULTS", "KEYS", "PERIOD", "TABLES", "codebook", "columns", "conform", "currencies", "dtypes", "empty",
    "faults_at", "raise_for", "read_words", "table_schema", "vocabulary",
]  # fmt: skip
