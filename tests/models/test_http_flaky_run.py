"""A whole run on a server that fails three times in ten: the short form of benchmarks/faults.py."""

from __future__ import annotations

from pathlib import Path

from benchmarks import faults


def test_a_run_on_a_flaky_server_loses_nothing_and_scores_no_failure(tmp_path: Path) -> None:
    found = faults.run(300, 0.3, 0, tmp_path)
    assert sum(found["states"].values()) == 300
    assert found["states"].keys() <= {"answered", "error"}
    assert found["states"]["answered"] >= 295  # six failures in a row come to one in a thousand
    assert found["score"] == 1.0 and found["wrong"] == 0
    assert found["scored although failed"] == found["errors without a reason"] == 0
    assert found["sent again after an answer"] == 0
    assert set(found["faults"]) == set(faults.FAULTS)


def test_a_sample_that_never_gets_an_answer_is_an_error_with_its_reason(tmp_path: Path) -> None:
    found = faults.run(150, 0.8, 1, tmp_path, tries=2)
    assert found["states"]["error"] > 20 and found["states"]["answered"] > 10
    assert sum(found["states"].values()) == 150
    assert found["score"] == 1.0 and found["wrong"] == 0
    assert found["scored although failed"] == found["errors without a reason"] == 0
    assert found["sent again after an answer"] == 0
    assert sum(found["reasons"].values()) == found["states"]["error"]
