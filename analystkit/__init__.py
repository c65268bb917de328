"""Turn news about investments into numbers you can defend.

    import analystkit as ak
    dossier = ak.open_dossier("data/alibaba-ai-plan")
    ak.compare(dossier, basis="per_year")

Every name is loaded on first use, so that importing the package costs no more than importing pandas.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "AnalystkitError": "errors",
    "Dossier": "dossier",
    "open_dossier": "dossier",
    "load_claims": "claims",
    "save_claims": "claims",
    "find_figures": "figures",
    "attribute_speakers": "speech",
    "extract_claims": "extraction",
    "reconcile": "agreement",
    "compare": "comparisons",
    "track": "tracking",
    "check": "checks",
    "check_text": "desk",
    "score_tone": "tone",
    "measure_tone": "tone",
    "load_prices": "market",
    "first_session": "market",
    "event_study": "reaction",
    "measure_reaction": "reaction",
    "check_moves": "reaction",
    "associate": "association",
}
_MODULES = ("charts", "tables", "explorers")
__version__ = "0.1.0"
__all__ = [*_HOMES, *_MODULES]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(importlib.import_module(f"analystkit.{_HOMES[name]}"), name)
    elif name in _MODULES:
        value = importlib.import_module(f"analystkit.{name}")
    else:
        raise AttributeError(f"module 'analystkit' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
