"""Results and their sources -> tables, marked texts and workbooks; what a source says is shown, never run."""

from analystkit.tables.marking import Html, highlight, safe
from analystkit.tables.reading import findings, show
from analystkit.tables.workbook import to_workbook

__all__ = ["Html", "findings", "highlight", "safe", "show", "to_workbook"]
