"""The other streams of a source that comes through a pipe, copied as they arrive."""

from collections.abc import Iterator
from pathlib import Path

from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream

from sinks.files.copying.adts import config_in
from sinks.files.copying.first_packets import copy_of
from sinks.files.copying.source_stream import MP4, is_cover
from sinks.files.copying.stream_copy import StreamCopier
from sources.container.arriving import ArrivingStreams

_NOT_AGAIN = "through a pipe it cannot be read a second time"


class PipedCopier(StreamCopier):
    """Copies what has arrived up to the time of a picture; nothing is waited for."""

    def __init__(self, streams: ArrivingStreams) -> None:
        """Takes the packets of `streams`, which whoever opened the source closes."""
        super().__init__(Path("-"), streams.container)
        self._streams = streams
        self._main = streams.main

    def _look_ahead(self, container: str) -> "dict[int, Packet[Stream]]":
        """Returns the first packets of the streams that have begun."""
        first = self._streams.first()
        return {index: copy_of(packet) for index, packet in first.items()}

    def _why_not(self, container: str, stream: Stream) -> str:
        if is_cover(stream) or (container in MP4 and stream.type == "subtitle"):
            return _NOT_AGAIN
        return super()._why_not(container, stream)

    def _adts_config(self, stream: Stream) -> bytes | None:
        waiting = self._streams.first().get(stream.index)
        return config_in(stream, [copy_of(waiting)] if waiting is not None else [])

    def _put_forward(self, output: OutputContainer, begin: object) -> None:
        """Puts nothing forward: what begins late in a pipe has not arrived yet."""

    def _kept_packets(self) -> "Iterator[Packet[Stream]]":
        if not self._copies:
            self._streams.leave()
        return _Arriving(self)

    def next_packet(self) -> "Packet[Stream] | None":
        """Returns the next packet that is kept; None if none is there yet."""
        while (packet := self._streams.take()) is not None:
            if packet.stream_index in self._copies:
                self._discontinuities.read(packet)
                return packet
        return None

    def close(self) -> None:
        """Takes nothing any more."""
        self._streams.leave()


class _Arriving:
    """Packets that are there; its end is not the last word, more may come."""

    def __init__(self, copier: PipedCopier) -> None:
        self._copier = copier

    def __iter__(self) -> "Iterator[Packet[Stream]]":
        return self

    def __next__(self) -> "Packet[Stream]":
        packet = self._copier.next_packet()
        if packet is None:
            raise StopIteration
        return packet
