import os
import subprocess
import sys

import pytest

from benchmarks.support.soak_scene import children_of
from tests.support.patience import eventually


@pytest.mark.slow
def test_the_living_children_of_a_process_are_told_with_their_words() -> None:
    words = [sys.executable, "-c", "input()", "a-word-of-this-test"]
    with subprocess.Popen(words, stdin=subprocess.PIPE) as child:

        def told() -> str:
            return children_of(os.getpid()).get(child.pid, "")

        eventually(lambda: "a-word-of-this-test" in told())
        child.kill()
        eventually(lambda: not told())

    assert children_of(child.pid) == {}
