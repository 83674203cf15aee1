"""Rain over the frames of a sequence: it falls, and no streak stays where it was.

Two kinds are mixed. Maps of the pool, of every style, fall by as much from frame to
frame, or are elsewhere in each: near drops fall farther than a picture is high. And
showers are drawn drop by drop, near and far ones at their own speeds, as those of
`test:rain` and of `derain rain`.
"""

import math
from typing import Any

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from sources.synthetic.falling_rain import FallingRain
from training.rain.pool import RainPool
from training.rain.sampling import host_generator

RainFrames = Float[Tensor, "frames batch 1 height width"]

_KEPT = 16
"""Drawn showers kept at a time."""
_RENEWED_EVERY = 4
"""Calls of `renew` for each new one: to draw it takes longer than to use it."""
_SIZE = 448
"""Height and width of a drawn shower: about what its drops are made for."""
_RATE = 25.0
_SLOWEST = 6.0
"""Pixels that a map falls from frame to frame, at least."""
_ELSEWHERE = 0.5
"""Share of maps that are elsewhere in each frame."""


class Showers:
    """Rain of sequences; one thread uses it.

    Args:
        pool: Rain maps, whose edges go on at the other side.
        frames: Of a sequence.
        falling: Share of sequences whose rain is drawn drop by drop.
        generator: The pool's.
    """

    def __init__(
        self,
        pool: RainPool,
        *,
        frames: int,
        falling: float,
        generator: torch.Generator,
    ) -> None:
        self._pool = pool
        self._frames = frames
        self._falling = falling
        self._generator = generator
        self._calls = 0
        kept = _KEPT if falling else 0
        shape = (kept, frames, _SIZE, _SIZE)
        self._drawn: UInt8[Tensor, "showers frames height width"] = torch.empty(
            shape, dtype=torch.uint8, device=generator.device
        )
        for place in range(kept):
            self._draw(place)

    def renew(self, maps: int) -> None:
        """Replaces the oldest maps of the pool, and at times a drawn shower."""
        self._pool.renew(maps)
        self._calls += 1
        turn, rest = divmod(self._calls, _RENEWED_EVERY)
        if len(self._drawn) and rest == 0:
            self._draw(turn % len(self._drawn))

    def _draw(self, place: int) -> None:
        host = host_generator(self._generator)
        amount, begin, seed = torch.rand(3, generator=host).tolist()
        rain = FallingRain(
            _SIZE, _SIZE, intensity=0.1 + 0.9 * amount, seed=int(seed * 2**31)
        )
        for frame in range(self._frames):
            streaks = rain.streaks(60 * begin + frame / _RATE)
            self._drawn[place, frame] = torch.from_numpy(streaks)

    def crops(self, count: int, size: int) -> RainFrames:
        """Returns the light that rain adds to so many sequences, white 1.

        The crops of one shower are of one place, in which it falls.
        """
        drawn = round(count * self._falling) if len(self._drawn) else 0
        parts = []
        if drawn:
            parts.append(self._of_drawn(drawn, size))
        if drawn < count:
            parts.append(self._of_maps(count - drawn, size))
        return torch.cat(parts, 1)

    def _of_drawn(self, count: int, size: int) -> RainFrames:
        host = host_generator(self._generator)
        draws = torch.rand((count, 4), generator=host)
        which = (draws[:, 0] * len(self._drawn)).long()
        tops, lefts = (draws[:, 1:3] * (_SIZE - size + 1)).long().unbind(1)
        own = zip(which.tolist(), tops.tolist(), lefts.tolist(), strict=True)
        crops = [
            self._drawn[place, :, top : top + size, left : left + size]
            for place, top, left in own
        ]
        return self._gained(torch.stack(crops, 1)[:, :, None] / 255, draws[:, 3])

    def _of_maps(self, count: int, size: int) -> RainFrames:
        host = host_generator(self._generator)
        whole = self._pool.maps.shape[2]
        draws = torch.rand((count, 6), generator=host)
        places = falling_places(draws, self._frames, whole, host)
        # [frames, count, size]: rows and columns of each crop, around the edges.
        line = torch.arange(size)
        rows = (places[..., :1] + line) % whole
        columns = (places[..., 1:] + line) % whole
        mirrored = (draws[:, 4] < 0.5)[None, :, None]
        columns = torch.where(mirrored, whole - 1 - columns, columns)
        which = (draws[:, 0] * len(self._pool.maps)).long()
        device = self._pool.maps.device
        which, rows, columns = (part.to(device) for part in (which, rows, columns))
        maps = self._pool.maps[:, 0]
        crops = maps[which[:, None, None], rows[..., None], columns[..., None, :]]
        return self._gained(crops[:, :, None].float(), draws[:, 5])

    def _gained(self, rain: RainFrames, draws: Tensor) -> RainFrames:
        gains = (0.6 + 0.7 * draws).to(rain.device)
        return rain * gains[:, None, None, None]

    def state(self) -> dict[str, Any]:
        """Returns what `restore` needs to go on exactly from here."""
        own = {"drawn": self._drawn, "calls": self._calls}
        return {**self._pool.state(), **own}

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from a state."""
        self._pool.restore(state)
        self._drawn.copy_(state["drawn"])
        self._calls = int(state["calls"])


def falling_places(
    draws: Float[Tensor, "count _"],
    frames: int,
    whole: int,
    host: torch.Generator,
) -> Tensor:
    """Returns rows and columns, [frames, count, 2], where crops begin in their maps.

    Args:
        draws: Random numbers from 0 to 1 of each sequence: the second and third say
            where it begins, the fourth how fast it falls.
        frames: How many each has.
        whole: Height and width of a map, in pixels.
        host: Draws what differs from frame to frame.
    """
    count = len(draws)
    fastest = math.log(max(whole / 2, _SLOWEST))
    speed = torch.exp(torch.lerp(_log(_SLOWEST), torch.tensor(fastest), draws[:, 3]))
    aside = 0.2 * speed * (torch.rand(count, generator=host) - 0.5)
    time = torch.arange(frames)[:, None]
    # A crop that climbs in its map sees the rain fall.
    falls = torch.stack([-time * speed, time * aside], -1) + draws[:, 1:3] * whole
    anywhere = torch.rand((frames, count, 2), generator=host) * whole
    jumps = (torch.rand(count, generator=host) < _ELSEWHERE)[None, :, None]
    return torch.where(jumps, anywhere, falls).floor().long()


def _log(value: float) -> Tensor:
    return torch.tensor(math.log(value))
