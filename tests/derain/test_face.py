import pytest

import derain
from tests.conftest import in_a_fresh_python

pytestmark = pytest.mark.checkout


def test_everything_that_is_public_is_there() -> None:
    for name in derain.__all__:
        assert getattr(derain, name).__name__ == name


def test_a_name_that_is_not_there_is_named() -> None:
    with pytest.raises(AttributeError, match="'derain' has no attribute 'deraim'"):
        _ = derain.deraim


@pytest.mark.slow
def test_importing_the_face_imports_no_library() -> None:
    code = (
        "import derain, sys\n"
        "assert not {'torch', 'numpy', 'av', 'cv2'} & set(sys.modules)"
    )

    done = in_a_fresh_python(code)

    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_importing_the_face_is_over_before_a_hasty_interrupt() -> None:
    """What Python's own start has loaded already costs nothing."""
    code = (
        "import sys; started = set(sys.modules)\n"
        "import derain\n"
        "slow = {'pathlib', 'tempfile', 'typing', 'importlib.abc'}\n"
        "assert not slow & (set(sys.modules) - started)"
    )

    done = in_a_fresh_python(code)

    assert done.returncode == 0, done.stderr
