"""Lets pictures through only when all they are built on is there.

After a connect, and after damage, a decoder fills what is missing with grey or with
pieces of older pictures until the next key frame. A network would take that for rain.
"""

import av


class KeyFrameGate:
    """Closed at first and after damage; a clean key frame opens it."""

    def __init__(self) -> None:
        """Closed."""
        self.refused = 0
        self.seen = False
        """Whether any picture came, whole or not: the stream can be decoded."""
        self._open = False

    def admits(self, picture: av.VideoFrame) -> bool:
        """Whether `picture` is whole; counts those that are not."""
        self.seen = True
        if picture.is_corrupt:
            self._open = False
        elif picture.key_frame:
            self._open = True
        self.refused += not self._open
        return self._open

    def close(self) -> None:
        """Something is missing: the next key frame is waited for."""
        self._open = False
