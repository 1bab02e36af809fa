"""Logs of studies are read back, and drawn: the same picture from the same log."""


import pytest

from fescue import evaluation
from fescue.tuning import Optimizer, Parameter, ParameterType
from fescue.utils.errors import LogFileError

PARAMETERS = [
    Parameter("threads", ParameterType.INTEGER, 1, 64, log=True),
    Parameter("codec", ParameterType.CATEGORICAL, choices=["lz4", None, (1, 2)]),
    Parameter("level", ParameterType.INTEGER, 1, 9),
    Parameter("rest", ParameterType.FLOAT, -1.0, 1.0),
    Parameter("fixed", ParameterType.FLOAT, 2.0, 2.0),
]
CONDITIONS = {"level": {"codec": [None]}}


def one(params, trial):
    score = abs(params["threads"] - 12) / 4 + (params["codec"] is not None)
    for step in range(1, 4):
        trial.report(step, score + 1 / step)
        if trial.should_prune():
            break
    if params["rest"] > 0.8:
        raise ValueError("too hot")
    return score


def two(params):
    return params["rest"], abs(params["rest"] - 0.5) + params["threads"] / 64


@pytest.fixture(scope="module")
def logs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("studies")
    for objective in (one, two):
        Optimizer("random").optimize_sync(
            PARAMETERS, objective, 60, seed=3, conditions=CONDITIONS,
            log_file=folder / f"{objective.__name__}.txt")
    return folder


def test_what_was_written_is_read(logs):
    study = evaluation.read_study(logs / "one.txt")
    assert (study.objective, study.strategy, study.n_open) == ("one", "randomsearch", 0)
    assert [p.name for p in study.parameters] == [p.name for p in PARAMETERS]
    threads, codec, level, _, fixed = study.parameters
    assert (threads.low, threads.high, threads.is_log, threads.is_integer) == (1, 64, True, True)
    assert codec.choices == ("lz4", "None", "(1, 2)")
    assert fixed.position(2.0) == 0.5
    assert len(study.trials) == 60
    assert {trial.state for trial in study.trials} == {"complete", "failed", "pruned"}
    for trial in study.trials:
        assert (trial.state == "complete") == (trial.score == trial.score)
        at = codec.position(trial.setting["codec"])
        assert at in (0.0, 0.5, 1.0)
        assert (at == 0.5) == (level.position(trial.setting.get("level")) >= 0)
        if trial.state == "complete":
            assert trial.score == abs(trial.setting["threads"] - 12) / 4 + (at != 0.5)


def test_importance_finds_what_matters(logs):
    found = evaluation.parameter_importance(evaluation.read_study(logs / "one.txt"))
    assert next(iter(found)) == "threads"
    assert found["threads"] > 0.6
    assert found["fixed"] < 1e-9
    assert sum(found.values()) == pytest.approx(1)


@pytest.mark.parametrize("strategy", ["random", "bayesian", "tpe"])
def test_importance_of_settings_that_were_sought_out(strategy, tmp_path):
    parameters = [Parameter(name, ParameterType.FLOAT, 0.0, 1.0) for name in "abcd"]
    Optimizer(strategy).optimize_sync(
        parameters, lambda p: 4 * (p["a"] - 0.3) ** 2 + (p["b"] - 0.7) ** 2 + (p["c"] > 0.5) / 9,
        60, seed=1, log_file=tmp_path / "log.txt")
    found = evaluation.parameter_importance(evaluation.read_study(tmp_path / "log.txt"))
    assert next(iter(found)) == "a"
    assert found["a"] > 2 * found["d"]


def test_importance_needs_trials(tmp_path):
    Optimizer().optimize_sync(PARAMETERS[:1], lambda p: p["threads"], 5, seed=1,
                              log_file=tmp_path / "log.txt")
    study = evaluation.read_study(tmp_path / "log.txt")
    with pytest.raises(ValueError, match="5 complete trials: 10 are needed"):
        evaluation.parameter_importance(study)


PLOTS = {"one": [evaluation.plot_incumbent, evaluation.plot_settings, evaluation.plot_importance],
         "two": [evaluation.plot_front, evaluation.plot_incumbent]}


@pytest.mark.parametrize("suffix", ["svg", pytest.param("pdf", marks=pytest.mark.slow),
                                    pytest.param("png", marks=pytest.mark.slow)])
def test_pictures_are_the_same_again(logs, suffix, tmp_path):
    for name, plots in PLOTS.items():
        for plot in plots:
            study = evaluation.read_study(logs / f"{name}.txt")
            files = [evaluation.save(plot(study), tmp_path / f"{i}.{suffix}") for i in range(2)]
            assert files[0].read_bytes() == files[1].read_bytes()
            assert files[0].stat().st_size > 1000


def test_what_pictures_show(logs):
    from matplotlib.figure import Figure

    study = evaluation.read_study(logs / "one.txt")
    given = Figure().add_subplot()
    assert evaluation.plot_incumbent(study, given) is given
    (curve,) = [line for line in given.lines if line.get_label() == "best so far"]
    assert curve.get_ydata()[-1] == min(trial.score for trial in study.complete())
    crosses = next(line for line in given.lines if line.get_label() == "pruned or failed")
    assert len(crosses.get_xdata()) == 60 - len(study.complete())
    front = evaluation.plot_front(evaluation.read_study(logs / "two.txt"))
    shown = front.collections[1].get_offsets()
    others = front.collections[0].get_offsets()
    assert len(shown) + len(others) == 60
    for point in shown:
        assert not any((q <= point).all() and (q < point).any() for q in (*shown, *others))
    with pytest.raises(ValueError, match="no trial with several objectives"):
        evaluation.plot_front(study)
    with pytest.raises(ValueError, match=r"must end with .pdf, .png, .svg"):
        evaluation.save(given, "picture.gif")


def test_a_study_that_runs_or_was_killed(logs, tmp_path):
    study = Optimizer().study(PARAMETERS[:1], 10, seed=1, workers=2, log_file=tmp_path / "s.txt")
    first, _ = study.ask(), study.ask()
    study.tell(first, 3.5)
    now = evaluation.read_study(tmp_path / "s.txt")
    assert ([trial.score for trial in now.trials], now.n_open) == ([3.5], 1)
    for plot in (evaluation.plot_incumbent, evaluation.plot_settings):
        assert plot(now).get_title()
    study.close()


def test_damaged_logs(logs, tmp_path):
    whole = (logs / "one.txt").read_bytes()
    path = tmp_path / "cut.txt"
    for end in range(0, len(whole) - 13, 97):
        path.write_bytes(whole[:end])
        with pytest.raises(LogFileError, match=r"cut\.txt"):
            evaluation.read_study(path)
    for old, new in ((b'"ask": 7', b'"ask": 8'), (b'"threads", "type"', b'"type"'),
                     (b'"parameters": [', b"["), (b'"score": ', b'"score": "x'),
                     (b'{"end"', b'["end"')):
        path.write_bytes(whole.replace(old, new))
        with pytest.raises(LogFileError, match=r"cut\.txt"):
            evaluation.read_study(path)
