import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analystkit as ak
from analystkit.schemas import columns, empty, vocabulary

ROW = {
    "claim_id": "c1", "document_id": "d1", "entity": "Meta", "metric": "capex", "statement": "Meta plans it.",
    "speaker": "Meta", "speaker_kind": "company", "modality": "planned", "status": "accepted",
}  # fmt: skip
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"]), min_size=1)
NUMBER = st.one_of(st.none(), st.floats(-9e15, 9e15).map(lambda x: round(x, 2)))


def claims_of(*rows):
    return pd.DataFrame([ROW | row for row in rows])


@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {
                "statement": TEXT, "value": NUMBER, "start": st.one_of(st.none(), st.integers(0, 10**9)),
                "speaker": TEXT.filter(lambda t: t.strip() == t), "of": st.one_of(st.none(), TEXT),
                "said_on": st.one_of(st.none(), st.dates().map(str)),
                "bound": st.sampled_from(list(vocabulary("bound"))),
            }
        ),
        min_size=1, max_size=4,
    ),
    suffix=st.sampled_from([".csv", ".jsonl", ".parquet"]),
)  # fmt: skip
def test_what_is_saved_is_what_is_loaded(tmp_path_factory, rows, suffix):
    path = tmp_path_factory.mktemp("claims") / f"claims{suffix}"
    numbered = [row | {"claim_id": f"c{n}"} for n, row in enumerate(rows)]
    ak.save_claims(claims_of(*numbered), path)
    once = ak.load_claims(path)
    ak.save_claims(once, path)
    pd.testing.assert_frame_equal(ak.load_claims(path), once)
    assert once["statement"].tolist() == [row["statement"].strip() for row in rows]
    expected = [np.nan if row["value"] is None else row["value"] for row in rows]
    np.testing.assert_array_equal(once["value"].to_numpy(), np.array(expected, dtype=float))


def test_all_columns_are_there_with_their_types_whatever_the_rows():
    loaded = empty("claims")
    assert list(loaded.columns) == columns("claims")["column"].tolist()
    assert str(loaded["start"].dtype) == "Int64"
    assert str(loaded["said_on"].dtype) == "datetime64[us]"
    assert str(loaded["value"].dtype) == "float64"
    assert str(loaded["quote"].dtype) == "str"


def test_large_amounts_are_written_in_plain_digits(tmp_path):
    path = ak.save_claims(claims_of({"value": 3.8e11, "unit": "CNY"}), tmp_path / "claims.csv")
    assert ",380000000000," in path.read_text(encoding="utf-8")


def test_a_folder_and_a_pattern_load_every_claim_file(tmp_path):
    ak.save_claims(claims_of({"claim_id": "a"}), tmp_path / "one.csv")
    ak.save_claims(claims_of({"claim_id": "b"}), tmp_path / "two.jsonl")
    ak.save_claims(claims_of({"claim_id": "c"}), tmp_path / "three.parquet")
    assert sorted(ak.load_claims(tmp_path)["claim_id"]) == ["a", "b", "c"]
    assert ak.load_claims(str(tmp_path / "t*.*"))["claim_id"].tolist() == ["c", "b"]


def test_one_claim_id_in_two_files_is_refused_by_file_and_row(tmp_path):
    ak.save_claims(claims_of({"claim_id": "a"}), tmp_path / "one.csv")
    ak.save_claims(claims_of({"claim_id": "b"}, {"claim_id": "a"}), tmp_path / "two.csv")
    with pytest.raises(ak.AnalystkitError) as caught:
        ak.load_claims(tmp_path)
    assert caught.value.rows[["file", "row", "value"]].values.tolist() == [["two.csv", 3, "a"]]


def test_a_path_without_claims_is_named():
    with pytest.raises(ak.AnalystkitError, match="nothing-here"):
        ak.load_claims("nothing-here.csv")


def test_a_spreadsheets_byte_order_mark_and_line_ends_are_read(tmp_path):
    path = ak.save_claims(claims_of({}), tmp_path / "claims.csv")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert ak.load_claims(path)["claim_id"].tolist() == ["c1"]


def test_two_processes_that_save_at_once_leave_a_whole_file(tmp_path):
    path = tmp_path / "claims.csv"
    ak.save_claims(claims_of({"claim_id": "start"}), path)
    code = (
        "import sys, analystkit as ak\n"
        "claims = ak.load_claims(sys.argv[1])\n"
        "for n in range(20): ak.save_claims(claims.assign(claim_id=sys.argv[2] + str(n)), sys.argv[1])\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(path), name]) for name in "ab"]
    seen = [len(ak.load_claims(path)) for _ in range(20)]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    assert set(seen) == {1}
    assert ak.load_claims(path)["claim_id"].tolist() in (["a19"], ["b19"])
