from pathlib import Path
from typing import Any

import pytest

from model import VARIANTS
from training import TrainingError, load_settings
from training.progress.schedule import Phase
from training.rain.weather import Weather
from training.settings import TrainSettings, settings_from

CONFIGS = Path(__file__).parents[2] / "configs"
PHASE = {"start": 0.0, "size": 32, "batch": 1}


def test_the_defaults_are_the_papers() -> None:
    settings = TrainSettings()

    assert (settings.rate, settings.floor, settings.halve_every) == (2e-4, 1e-6, 20_000)
    assert settings.phases == (Phase(start=0.0, size=96, batch=8),)


def test_what_stands_before_the_pictures_becomes_weather() -> None:
    weather = TrainSettings(flakes=0.1, thin_things=0.2, dry=0.3).weather

    assert (weather.flakes, weather.thin_things, weather.dry) == (0.1, 0.2, 0.3)
    assert TrainSettings().weather == Weather()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"learning_rate": 1}, "unknown key 'learning_rate'; known: model, models"),
        ({"steps": "many"}, "steps must be a whole number, got 'many'"),
        ({"schedule": "step"}, "'halving' or 'cosine', got 'step'"),
        ({"budget": "9m"}, "'halving' is planned in steps"),
        ({"thin_things": 2.0}, r"thin_things is a chance from 0 to 1, got 2\.0"),
        ({"frames": 0}, "frames is 1 or more, got 0"),
        ({"falling": 1.5}, r"falling is a chance from 0 to 1, got 1\.5"),
        ({"frames": 3, "clean": ["a"], "pairs": ["pairs:b"]}, "without `pairs`"),
        ({"dry": -0.1}, r"dry is a chance from 0 to 1, got -0\.1"),
        ({"budget": "soon", "schedule": "cosine"}, "a time such as 90s"),
        (
            {"phases": [{"size": 3}]},
            "phases must be a table of start, size, batch, got one without batch",
        ),
        ({"phases": [{"start": 0.5, "size": 64, "batch": 2}]}, "starts at 0"),
        (
            {"rain": {"snow": 1.0}},
            "rain is shares of heavy, light, .*, layers; got snow",
        ),
    ],
)
def test_what_no_run_can_be_made_of_is_named(
    table: dict[str, Any], message: str
) -> None:
    with pytest.raises(TrainingError, match=message):
        settings_from(table, "my.toml").budget_seconds  # noqa: B018 - may raise


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"none\.toml: No such file"):
        load_settings(tmp_path / "none.toml")


@pytest.mark.parametrize(
    "path",
    sorted([*CONFIGS.glob("train_*.toml"), *CONFIGS.glob("paper_*.toml")]),
    ids=str,
)
def test_every_config_that_ships_is_valid(path: Path) -> None:
    assert load_settings(path).model


@pytest.mark.parametrize(
    "table", [{"blend": 0.5}, {"blend": 0.0, "begin_from": "mspfn-lite"}]
)
def test_a_blend_needs_something_to_blend_with(table: dict[str, Any]) -> None:
    with pytest.raises(TrainingError, match="only with begin_from"):
        settings_from(table, "x.toml")


def test_a_file_that_is_no_text_is_no_toml(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(b"\xa0\xff\x00")

    with pytest.raises(TrainingError, match="is no valid TOML"):
        load_settings(film)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"epoch": "days"}, "epoch must be 'crops' or 'pairs', got 'days'"),
        ({"augment": "turn"}, "augment must be 'mirror' or 'batch' or 'none'"),
        ({"edge_weight": -1.0}, r"edge_weight is 0 or more, got -1\.0"),
        ({"epochs": 3, "clean": ["x"]}, "epochs counts real pairs"),
        ({"fused_sums": True, "compile": True}, "fused_sums .* without `compile`"),
        ({"epochs": 3, "phases": [PHASE, PHASE]}, "epochs needs one phase"),
        ({"runs": ["a"]}, r"tables \[runs\.NAME\]"),
        ({"runs": {"a": {"rates": 1}}}, "runs.a: unknown key 'rates'"),
    ],
)
def test_what_contradicts_itself_is_refused(
    table: dict[str, Any], message: str
) -> None:
    with pytest.raises(TrainingError, match=message):
        settings_from(table, "x.toml")


def test_a_run_of_a_study_changes_what_its_table_names_and_shares_the_rest() -> None:
    table = {"rate": 1e-3, "runs": {"plain": {}, "no-edges": {"edge_weight": 0}}}

    plain, without = settings_from(table, "x.toml").runs

    assert (plain.title, plain.edge_weight, plain.rate) == ("plain", 0.05, 1e-3)
    assert (without.title, without.edge_weight, without.rate) == ("no-edges", 0, 1e-3)


def test_the_papers_settings_add_nothing_that_it_does_not_name() -> None:
    paper = load_settings(CONFIGS / "train_paper.toml")
    table_4 = load_settings(CONFIGS / "paper_table4.toml")

    assert (paper.ema, paper.clip, paper.precision, paper.edge_weight) == (
        *(0, 0, "fp32", 0.05),
    )
    assert [run.edge_weight for run in table_4.runs] == [0, 0.05]
    assert all(run.epochs == paper.epochs == 30 for run in table_4.runs)


@pytest.mark.parametrize(
    "path", sorted(CONFIGS.glob("*_tiny.toml")), ids=lambda path: path.stem
)
def test_the_files_for_the_small_network_are_read_and_name_networks(path: Path) -> None:
    settings = load_settings(path)

    named = {settings.model, *settings.models}
    assert any(name.startswith("mspfn-tiny") for name in named)
    assert named <= VARIANTS.keys()
