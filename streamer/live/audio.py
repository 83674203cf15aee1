"""The way of a live stream's sound: around the network, from the source to the sink."""

import logging
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from sinks.sink import Sink
from sources.audio import Sound, SoundPacket
from sources.frame import Source

_LOG = logging.getLogger("derain.sound")


@runtime_checkable
class GivesSound(Protocol):
    """A live source whose sound can be passed on."""

    name: str
    on_sound: Callable[[SoundPacket], None] | None
    on_sound_kind: Callable[[Sound | None], None]
    sound: Sound | None


@runtime_checkable
class TakesSound(Protocol):
    """A sink that can carry sound."""

    def expect_sound(self, sound: Sound) -> None:
        """Says before `begin` which sound will come."""

    def take_sound(self, packet: SoundPacket) -> None:
        """Hands a packet on; from any thread."""


class SoundPath:
    """Hands on one kind of sound: what the sink was opened for.

    A camera may come back without sound, or with another codec. No container can change
    its codec while it is written, so the pictures go on alone until the old kind is
    back; a line in the log says each change.
    """

    def __init__(
        self, name: str, wanted: Sound | None, take: Callable[[SoundPacket], None]
    ) -> None:
        """`wanted` is what `take` can carry; None for nothing at all."""
        self._name, self._wanted, self._take = name, wanted, take
        self._kind = wanted

    def kind_is(self, kind: Sound | None) -> None:
        """A connection was made, with this sound."""
        before, self._kind = self._kind, kind
        if kind == before:
            return
        if kind == self._wanted:
            _LOG.info("source=%s sound=%r is back", self._name, str(kind))
            return
        had = f"not {self._wanted}" if self._wanted else "where there was none"
        now = str(kind) if kind else "none"
        _LOG.warning(
            "source=%s sound=%r, %s: the pictures go on without", self._name, now, had
        )

    def __call__(self, packet: SoundPacket) -> None:
        """Hands a packet on, if it is of the right kind."""
        if self._wanted is not None and self._kind == self._wanted:
            self._take(packet)


def join_sound(source: Source, sink: Sink) -> None:
    """Lets sound flow, once the source has told its kind; call it before `begin`."""
    if not isinstance(source, GivesSound) or not isinstance(sink, TakesSound):
        return
    path = SoundPath(source.name, source.sound, sink.take_sound)
    if source.sound is not None:
        sink.expect_sound(source.sound)
    source.on_sound_kind = path.kind_is
    source.on_sound = path
