"""The way of a live stream's audio: around the network, from the source to the sink."""

import logging
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from sinks.sink import Sink
from sources.audio import Audio, AudioPacket
from sources.frame import Source

_LOG = logging.getLogger("derain.audio")


@runtime_checkable
class GivesAudio(Protocol):
    """A live source whose audio can be passed on."""

    name: str
    on_audio: Callable[[AudioPacket], None] | None
    on_audio_kind: Callable[[Audio | None], None]
    audio: Audio | None


@runtime_checkable
class TakesAudio(Protocol):
    """A sink that can carry audio."""

    def expect_audio(self, audio: Audio) -> None:
        """Says before `begin` which audio will come."""

    def take_audio(self, packet: AudioPacket) -> None:
        """Hands a packet on; from any thread."""


class AudioPath:
    """Hands on one kind of audio: what the sink was opened for.

    A camera may come back without audio, or with another codec. No container can change
    its codec while it is written, so the pictures go on alone until the old kind is
    back; a line in the log says each change.
    """

    def __init__(
        self, name: str, wanted: Audio | None, take: Callable[[AudioPacket], None]
    ) -> None:
        """`wanted` is what `take` can carry; None for nothing at all."""
        self._name, self._wanted, self._take = name, wanted, take
        self._kind = wanted

    def kind_is(self, kind: Audio | None) -> None:
        """A connection was made, with this audio."""
        before, self._kind = self._kind, kind
        if kind == before:
            return
        if kind == self._wanted:
            _LOG.info("source=%s audio=%r is back", self._name, str(kind))
            return
        had = f"not {self._wanted}" if self._wanted else "where there was none"
        now = str(kind) if kind else "none"
        _LOG.warning(
            "source=%s audio=%r, %s: the pictures go on without", self._name, now, had
        )

    def __call__(self, packet: AudioPacket) -> None:
        """Hands a packet on, if it is of the right kind."""
        if self._wanted is not None and self._kind == self._wanted:
            self._take(packet)


def join_audio(source: Source, sink: Sink) -> None:
    """Lets audio flow, once the source has told its kind; call it before `begin`."""
    if not isinstance(source, GivesAudio) or not isinstance(sink, TakesAudio):
        return
    path = AudioPath(source.name, source.audio, sink.take_audio)
    if source.audio is not None:
        sink.expect_audio(source.audio)
    source.on_audio_kind = path.kind_is
    source.on_audio = path
