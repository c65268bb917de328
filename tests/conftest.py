"""A small dossier on disk that holds together, to be broken one fact at a time."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

TABLES = {
    "documents.csv": (
        "document_id,title,published_at,time_precision,path,kind\n"
        "d1,Meta spends,2025-01-24T09:00:00-05:00,hour,documents/d1.txt,digest\n"
        "d2,Apple pledges,2025-02-24T06:01:00-05:00,minute,,citation\n"
    ),
    "entities.csv": (
        "entity,name,kind,aliases,fiscal_year_end\n"
        "Meta,Meta Platforms,company,Facebook,12-31\n"
        "Apple,Apple Inc.,company,,09-30\n"
        "narrator,the article itself,group,,\n"
    ),
    "claims.csv": (
        "claim_id,document_id,entity,metric,statement,value,low,high,unit,bound,period,period_start,period_end,"
        "said_on,speaker,speaker_kind,modality,quote,start,end,status\n"
        "meta,d1,Meta,capex,Meta plans 60 to 65 billion dollars.,,60000000000,65000000000,USD,range,2025,,,"
        "2025-01-24,Meta,company,planned,$60-65 billion,11,25,accepted\n"
        "apple,d2,Apple,investment_plan,Apple pledges more than 500 billion.,500000000000,,,USD,more_than,P4Y,,,"
        "2025-02-24,Apple,company,planned,,,,accepted\n"
    ),
    "instruments.csv": (
        "instrument,entity,exchange,currency,benchmark,price_basis\nMETA,Meta,XNAS,USD,,adjusted\n"
    ),
    "prices.csv": "instrument,session,close\nMETA,2025-01-23,636.45\nMETA,2025-01-24,647.49\n",
    "documents/d1.txt": "Meta plans $60-65 billion of capital spending in 2025.\n",
}


@pytest.fixture
def folder(tmp_path):
    """The folder of a dossier that opens."""
    home = tmp_path / "dossier"
    for name, text in TABLES.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return home


@pytest.fixture
def shared():
    """The development data beside the repository, where a test may use it."""
    path = ROOT.parent / "shared"
    if not path.is_dir():
        pytest.skip("the development data beside the repository is not here")
    return path
