from pathlib import Path

import pytest

from bin.build_hook import PACKAGES, Renamer, copy_renamed, modules_in
from derain import checkout
from tests.conftest import PROJECT

pytestmark = pytest.mark.checkout

MODULES = frozenset(
    {"model", "model.errors", "sources", "sources.files", "sources.files.video"}
)


def renamed(code: str) -> str:
    return Renamer(MODULES).renamed(code.encode(), "it.py").decode()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("from model import x", "from derain.model import x"),
        ("from model.errors import x", "from derain.model.errors import x"),
        ("    # é\nfrom  sources import x", "    # é\nfrom  derain.sources import x"),
        ("a = 'é'; from model import x", "a = 'é'; from derain.model import x"),
        ("import model", "import derain.model as model"),
        ("import model as m, os", "import derain.model as m, os"),
        ("import model.errors as m", "import derain.model.errors as m"),
        (
            "t = 'x = {x!r}\\nfrom model.errors import x\\nif {y}'",
            "t = 'x = {x!r}\\nfrom derain.model.errors import x\\nif {y}'",
        ),
        ("t = ['model.errors']", "t = ['derain.model.errors']"),
        ('t = "model.errors.Base.x"', 't = "derain.model.errors.Base.x"'),
        ("t = r'''sources.files'''", "t = r'''derain.sources.files'''"),
        ("files('model')", "files('derain.model')"),
        ("a.import_module('model')", "a.import_module('derain.model')"),
        ("run('import model\\n')", "run('import derain.model as model\\n')"),
        (
            "run(f'from model.errors import {x}')",
            "run(f'from derain.model.errors import {x}')",
        ),
        (
            r"run(f'import sys\nfrom model import x\n{x}')",
            r"run(f'import sys\nfrom derain.model import x\n{x}')",
        ),
        ("f'{i(\"model.errors\")}'", "f'{i(\"derain.model.errors\")}'"),
    ],
)
def test_a_name_of_a_module_of_ours_is_renamed(code: str, expected: str) -> None:
    assert renamed(code) == expected


@pytest.mark.parametrize(
    "code",
    [
        "from models import x",
        "from .model import x",
        "from torch.model import x",
        "import modelling",
        "x = 'model'",
        "x = {'model': 1}",
        "x = 'model.json'",
        "x = 'from sources to sinks'",
        "x = 'sources.read'",
        "raise A from model",
        "getLogger('derain.sink')",
        "model.errors()",
    ],
)
def test_all_else_stays_byte_by_byte(code: str) -> None:
    assert renamed(code) == code


def test_an_import_that_binds_the_plain_name_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"it\.py:2: .* 'from \.\.\. import' for model"
    ):
        renamed("\nimport model.errors")


def test_data_is_copied_and_what_is_left_out_is_not_there(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "below").mkdir(parents=True)
    (source / "below" / "a.cu").write_bytes(b"from model import x\r\n")
    (source / "a.py").write_bytes(b"from model import x\n")
    (source / "gone.py").write_bytes(b"")

    copy_renamed(source, tmp_path / "to", Renamer(MODULES), leave_out=["gone.py"])

    assert (tmp_path / "to/below/a.cu").read_bytes() == b"from model import x\r\n"
    assert (tmp_path / "to/a.py").read_bytes() == b"from derain.model import x\n"
    assert not (tmp_path / "to/gone.py").exists()


def test_the_checkout_and_the_wheel_know_the_same_packages() -> None:
    assert PACKAGES == checkout.PACKAGES
    assert {name for name in modules_in(PROJECT) if "." not in name} == set(PACKAGES)


@pytest.mark.slow
def test_everything_that_meets_the_wheel_can_be_renamed() -> None:
    renamer = Renamer(modules_in(PROJECT))
    folders = (*PACKAGES, "derain", "tests", "benchmarks")
    files = [file for folder in folders for file in (PROJECT / folder).rglob("*.py")]
    files.remove(Path(__file__))  # it holds what is refused

    texts = [renamer.renamed(file.read_bytes(), str(file)) for file in files]

    assert len(texts) > 500
