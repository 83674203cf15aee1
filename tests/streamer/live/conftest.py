"""Other programs that judge what a live run says."""

import shutil

import pytest


@pytest.fixture(scope="session")
def promtool() -> str:
    """Prometheus' own checker; fails, with the command that helps, where it is not."""
    found = shutil.which("promtool")
    if found is None:
        pytest.fail("needs promtool: apt-get install prometheus", pytrace=False)
    return found
