import shutil

import pytest

from evaluation.evaluate import Plan
from evaluation.tasks.evaluate import TaskOutcome, TaskPlan, evaluate_task
from evaluation.tasks.judges.settings import read_judge
from evaluation.tasks.labels.open import Where
from tests.support.networks.tiny_judges import bright_judge
from tests.support.sets.labelled_folders import JUDGE, labelled_folder
from tests.support.silent_progress import Silent


@pytest.fixture(scope="session")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> TaskOutcome:
    """Four pictures and seven methods: the dry pictures, and the input again."""
    home = tmp_path_factory.mktemp("home")
    root = labelled_folder(home / "set")
    bright_judge(home / "bright.onnx")
    (home / "judge.toml").write_text(f"{JUDGE}multiple = 1\n")
    shutil.copytree(root / "input", home / "same")
    names = [f"a method of number {number}" for number in range(6)]
    results = (*((name, root / "target") for name in names), ("same", home / "same"))
    plan = TaskPlan(
        task="segmentation",
        where=Where(root=root),
        judge=read_judge(home / "judge.toml"),
        methods=Plan(set_name="", root="", models=("input",), results=results),
    )
    return evaluate_task(plan, Silent())
