"""Floors: the scores on pages with ground truth, which no change may lower unnoticed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FLOORS = json.loads(Path(__file__).with_name("floors.json").read_text("utf-8"))


@pytest.mark.proof
@pytest.mark.parametrize("name", FLOORS)
def test_extraction_scores_no_lower_than_its_floor(name: str, tmp_path: Path):
    folder = os.environ.get("ALOUD_CORPORA")
    if not folder:
        pytest.skip("ALOUD_CORPORA is not set: extraction was not scored")
    measure = Path(folder).parent / "measure" / "extract_pages.py"
    if not measure.exists():
        pytest.skip(f"{measure} is missing: extraction was not scored")
    out = tmp_path / "scores.json"
    command = [sys.executable, measure, "--data", Path(folder) / "pages" / name, "--boot", "0"]
    command += ["--type", "article", "--json", out, "ours=py:aloud.extract:text"]
    subprocess.run(command, check=True, capture_output=True)
    scores = json.loads(out.read_text("utf-8"))["ours"]["summary"]
    floor = FLOORS[name]
    assert scores["f1"] >= floor["f1"]
    assert scores["clean"] >= floor["clean"]
    assert scores["lost"] <= floor["lost"]
