"""Trust in a proposal: fitted to what was right, kept in a file."""

from pathlib import Path

import numpy as np
import pytest

from rowcall_sqlgen.builtin.trust import Trust, load_trust, save_trust
from tools.training.calibration import fit_trust


def test_evidence_moves_the_probability_and_absent_evidence_does_not() -> None:
    trust = Trust(weights={"agreement": 2.0, "doubt": -1.0}, bias=0.5)

    assert trust.probability({}) == pytest.approx(0.622, abs=0.001)
    assert trust.probability({"agreement": 1.0}) == pytest.approx(0.924, abs=0.001)
    assert trust.probability({"agreement": 1.0, "doubt": 2.0, "other": 9.0}) == pytest.approx(0.622, abs=0.001)
    assert 0.0 < trust.probability({"doubt": 1e6}) < 1e-9


def test_a_fit_is_calibrated() -> None:
    """Of evidence that is right three times in four, the fitted trust says three in four."""
    random = np.random.default_rng(0)
    clear = random.random(4_000) < 0.5
    right = random.random(4_000) < np.where(clear, 0.75, 0.1)
    evidence = [
        {"clear": float(is_clear), "noise": float(n)} for is_clear, n in zip(clear, random.random(4_000), strict=True)
    ]
    trust = fit_trust(evidence, [bool(is_right) for is_right in right])

    assert trust.probability({"clear": 1.0, "noise": 0.5}) == pytest.approx(0.75, abs=0.03)
    assert trust.probability({"clear": 0.0, "noise": 0.5}) == pytest.approx(0.10, abs=0.03)


def test_a_trust_comes_back_from_its_file(tmp_path: Path) -> None:
    trust = Trust(weights={"agreement": 2.25, "doubt": -1.0}, bias=0.5)
    save_trust(trust, tmp_path / "trust.json")

    assert load_trust(tmp_path / "trust.json") == trust
