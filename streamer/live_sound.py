"""The way of a live stream's sound: around the network, from the source to the sink."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from sinks.sink import Sink
from sources.frame import Source
from sources.sound import Sound, SoundPacket


@runtime_checkable
class GivesSound(Protocol):
    """A live source whose sound can be passed on."""

    on_sound: Callable[[SoundPacket], None] | None
    sound: Sound | None


@runtime_checkable
class TakesSound(Protocol):
    """A live sink that can carry sound."""

    def expect_sound(self, sound: Sound) -> None:
        """Says before `begin` which sound will come."""

    def take_sound(self, packet: SoundPacket) -> None:
        """Hands a packet on; from any thread."""


def join_sound(source: Source, sink: Sink) -> None:
    """Lets sound flow, once the source has told its kind; call it before `begin`."""
    if isinstance(source, GivesSound) and isinstance(sink, TakesSound) and source.sound:
        sink.expect_sound(source.sound)
        source.on_sound = sink.take_sound
