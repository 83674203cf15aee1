"""The last stage of a run: colour back, compare, sink; on the encode thread."""

from collections.abc import Callable
from dataclasses import replace

import av

from sinks.encoding.encoders import sampling_of
from sinks.sink import Sink
from sources.colour import FromRgb, conversion_for, stored_colour
from sources.frame import Colour, Frame, Source
from sources.pictures.alpha import Alpha, alpha_of, may_have_alpha
from streamer.pipeline.preview import PreviewTap
from streamer.pipeline.side_by_side import SideBySide
from streamer.pipeline.stats import StageTimes
from streamer.pipeline.submit import InFlight

_SIZE_CHANGES_TOLD = 3


class OutputStage:
    """Turns results into frames for the sink, which it opens with the first one."""

    def __init__(
        self,
        sink: Sink,
        source: Source,
        *,
        compare: bool,
        on_frame: Callable[[int], None] | None = None,
        now_ns: Callable[[], int],
    ) -> None:
        """Opens nothing yet.

        Args:
            sink: Begun with the first frame.
            source: What it announced of its pictures, the first frame corrects.
            compare: Stores before and after in one picture.
            on_frame: Told how many frames are stored, after each of them.
            now_ns: The monotonic clock.
        """
        self.notes: list[str] = []
        self.times = StageTimes()
        self.frames_out = 0
        self.frames_untouched = 0
        self.width = self.height = 0
        self.coverage: float | None = None
        """Rain taken out of the newest picture, in per cent; None: not counted."""
        self.preview: PreviewTap | None = None
        """Where pictures can be looked at while the run goes on."""
        self._sink, self._source = sink, source
        self._compare, self._on_frame, self._now_ns = compare, on_frame, now_ns
        self._side_by_side: SideBySide | None = None
        self._from_rgb: FromRgb | None = None
        self._size = (0, 0)
        self._colour = self._tags = Colour()
        self._colour_changed = self._alpha_left_out = False
        self._turned, self._turn_changed = (0, False), False
        self._format, self._stored_format = "", ""
        self._changes = 0

    def take(self, flight: InFlight) -> None:
        """Stores one result."""
        flight.stamps.encoding_ns = self._now_ns()
        frame, given = flight.frame, flight.frame.picture
        from_rgb = self._from_rgb or self._begin(flight)
        self._tell_changes(frame)
        alpha = self._alpha_of(frame) if may_have_alpha(given.format.name) else None
        picture = self._picture(flight, from_rgb)
        picture.duration = given.duration
        self._sink.write(replace(frame, picture=picture, alpha=alpha))
        self.frames_out += 1
        flight.stamps.stored_ns = self._now_ns()
        self.coverage = flight.pending.coverage
        if self.preview is not None and not self._compare:
            self.preview.offer(frame, picture, self._colour)
        self.times.add(flight.stamps, (given.width, given.height))
        if self._on_frame is not None:
            self._on_frame(self.frames_out)

    def _picture(self, flight: InFlight, from_rgb: FromRgb) -> av.VideoFrame:
        """Returns what is stored: the decoded picture itself where no rain was found.

        Even the way to RGB and back costs a value here and there.
        """
        frame, rgb = flight.frame, flight.slot.out
        untouched = flight.pending.untouched
        self.frames_untouched += untouched
        if flight.made is not None:
            made = flight.made
            if self._side_by_side is not None:
                made = self._side_by_side.of_planes(frame.picture, made)
            return from_rgb.refitted(made, flight.how)
        if self._side_by_side is not None:
            rgb = self._side_by_side(flight.slot.picture, rgb)
        elif untouched and from_rgb.leaves(frame.picture, flight.how):
            return frame.picture
        if flight.carrier is None:
            raise ValueError("A flight has either planes that were made, or a carrier.")
        return from_rgb(rgb, flight.carrier)

    def _begin(self, flight: InFlight) -> FromRgb:
        frame = flight.frame
        picture = flight.made or frame.picture
        width, height = picture.width, picture.height
        self._size = (width, height)
        self._tags = frame.colour
        self._colour = stored_colour(frame.colour, picture.format.name)
        if self._compare:
            self._side_by_side = SideBySide(frame.rotation, frame.mirrored)
            width, height = self._side_by_side.size(width, height)
        self.width, self.height = width, height
        name = picture.format.name
        stream = replace(
            self._source.info,
            width=width,
            height=height,
            pixel_format=name,
            colour=self._colour,
            rotation=frame.rotation,
            mirrored=frame.mirrored,
            side_data=frame.side_data,
        )
        if frame.picture.interlaced_frame:
            self.notes.append(
                "the source is interlaced; its frames are stored as progressive"
            )
        wanted = self._sink.begin(stream)
        self._turned = frame.rotation, frame.mirrored
        self._format, self._stored_format = name, wanted
        fixed = (width, height) if self._sink.fixed_size else None
        self._from_rgb = FromRgb(wanted, fixed, self._colour)
        return self._from_rgb

    def _alpha_of(self, frame: Frame) -> Alpha | None:
        """Returns what the sink stores beside the colour; says once that it does not.

        Every picture is looked at: the first of a folder may well be opaque.
        """
        if self._alpha_left_out:
            return None
        alpha = alpha_of(frame.picture)
        if alpha is None or (self._sink.carries_alpha and not self._compare):
            return alpha
        self._alpha_left_out = True
        self.notes.append("the transparency of the source is left out")
        return None

    def _tell_changes(self, frame: Frame) -> None:
        """Says what a frame has otherwise than those before it."""
        picture = frame.picture
        if (picture.width, picture.height) != self._size:
            self._tell_size(frame)
        if frame.colour != self._tags:
            self._tell_colour(frame)
        if (frame.rotation, frame.mirrored) != self._turned:
            self._tell_turn(frame)
        if picture.format.name != self._format:
            self._tell_format(frame)

    def _tell_colour(self, frame: Frame) -> None:
        """Says once that matrix or range change, where the tags do."""
        if self._colour_changed:
            return
        self._tags = frame.colour
        if not self._sink.fixed_size:
            return
        colour = stored_colour(frame.colour, frame.picture.format.name)
        first = conversion_for(self._colour, self.height)
        if conversion_for(colour, self.height) != first:
            self._colour_changed = True
            self.notes.append(
                f"matrix or range of the colours change at frame {frame.index}; "
                "converted to those of the first"
            )

    def _tell_turn(self, frame: Frame) -> None:
        """Says once that the turn for showing changes, which a video stores once.

        H.264 and HEVC say it with key frames alone.
        """
        if not frame.picture.key_frame:
            return
        if self._sink.fixed_size and not self._turn_changed:
            self._turn_changed = True
            self.notes.append(
                f"the turn or mirror for showing changes at frame {frame.index}; that "
                "of the first is stored"
            )

    def _tell_format(self, frame: Frame) -> None:
        """Says that later pictures have more depth or chroma than is stored."""
        if not self._sink.fixed_size:
            return
        name = self._format = frame.picture.format.name
        came, stored = sampling_of(name), sampling_of(self._stored_format)
        if came.depth > stored.depth or int(came.chroma) > int(stored.chroma):
            self._stored_format = name  # told once; what is finer still is told, too
            self.notes.append(
                f"the pictures change to {came} at frame {frame.index}; stored as "
                f"{stored}"
            )

    def _tell_size(self, frame: Frame) -> None:
        """Says the first times that the size of the pictures changes."""
        if not self._sink.fixed_size:
            return
        size = (frame.picture.width, frame.picture.height)
        self._changes += 1
        if self._changes <= _SIZE_CHANGES_TOLD:
            self.notes.append(
                f"the picture size changes to {size[0]}x{size[1]} at frame "
                f"{frame.index}; scaled to {self.width}x{self.height}"
            )
        self._size = size
