"""From what a user types to a source."""

import pytest

from sources.errors import SourceError
from sources.opener import open_source


@pytest.mark.parametrize("scheme", ["srt", "rist"])
def test_what_only_gstreamer_knows_is_said_with_the_pipeline_for_it(
    scheme: str,
) -> None:
    with pytest.raises(SourceError, match=f"gst:{scheme}src"):
        open_source(f"{scheme}://10.0.0.7:5000")
