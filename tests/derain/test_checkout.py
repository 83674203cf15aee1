import importlib
from pathlib import Path

import pytest

import derain
from derain import checkout
from tests.conftest import in_a_fresh_python

pytestmark = pytest.mark.checkout


@pytest.mark.parametrize("name", checkout.PACKAGES)
def test_a_package_below_the_face_is_the_package_itself(name: str) -> None:
    below = importlib.import_module(f"derain.{name}.errors")

    plain = importlib.import_module(f"{name}.errors")

    assert below is plain
    assert plain.__spec__ is not None
    assert plain.__spec__.name == f"{name}.errors"
    assert getattr(derain, name) is importlib.import_module(name)


@pytest.mark.slow
@pytest.mark.parametrize("first", ["sources", "derain.sources"])
def test_either_name_may_come_first(first: str) -> None:
    code = (
        f"import importlib; importlib.import_module({first!r})\n"
        "from derain.sources.frame import Frame as below\n"
        "from sources.frame import Frame as plain\n"
        "assert below is plain"
    )

    done = in_a_fresh_python(code)

    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_module_that_hides_a_package_of_the_checkout_is_named(tmp_path: Path) -> None:
    (tmp_path / "sources.py").write_text("mine = True\n", encoding="utf-8")
    code = (
        f"import sys; import derain; sys.path.insert(0, {str(tmp_path)!r})\n"
        "import derain.sources"
    )

    done = in_a_fresh_python(code)

    assert done.returncode == 1
    assert f"{tmp_path / 'sources.py'} hides it" in done.stderr
