"""Killed again and again, an experiment loses nothing and does nothing twice."""

from pathlib import Path

import pytest
from chaos import chaos


@pytest.mark.parametrize(("kills", "seed"), [
    (6, 11), pytest.param(100, 12, marks=pytest.mark.slow)])
def test_kills_at_random_moments(kills: int, seed: int, tmp_path: Path) -> None:
    report = chaos(kills, seed, tmp_path)
    assert report.faults == []
    assert report.kills.total() >= kills
    assert report.logs == 200 * report.experiments


@pytest.mark.slow
def test_studies_that_are_killed() -> None:
    from chaos_tuning import chaos as chaos_of_studies

    summary = chaos_of_studies(20, seed=3)
    assert summary.kills == 20
    assert summary.faults() == 0, str(summary)
