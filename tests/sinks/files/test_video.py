"""What a video file's encoder says by itself."""

import pytest

from tests.conftest import in_a_fresh_python

GIVEN_UP = """
import av
from sinks.files import video as _named_so_that_it_is_loaded

with av.open("/dev/null", "w", format="webm") as output:
    stream = output.add_stream("libsvtav1", rate=25, options={"preset": "12"})
    stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
    stream.encode(av.VideoFrame(64, 64, "yuv420p"))
del stream, output
"""


@pytest.mark.slow
def test_an_encoder_of_av1_that_is_given_up_prints_nothing() -> None:
    done = in_a_fresh_python(GIVEN_UP)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
