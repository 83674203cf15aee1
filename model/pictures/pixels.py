"""The arrays that pictures are, for everybody who takes or gives one."""

from typing import Any

from numpy.typing import NDArray

RgbArray = NDArray[Any]
"""RGB [height, width, 3], C-contiguous: uint8 of 0 to 255, or uint16 to 65535."""
