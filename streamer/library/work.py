"""How films are made: the same for all of a library."""

from dataclasses import asdict, dataclass
from typing import Any

from sinks.encoding.options import EncodeOptions
from streamer.library.options import LibraryOptions
from streamer.library.state.identity import program_version, weights_sha256
from streamer.settings import NetworkOptions

STATE_FOLDER = ".derain"
REACH = {"off": (0, 0), "causal": (2, 0), "centred": (2, 2)}
"""Frames before and behind a piece that each kind of temporal step has to see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """How films are made: the same for all of a library."""

    network: NetworkOptions
    encode: EncodeOptions
    options: LibraryOptions
    compare: bool = False
    require_gpu_decode: bool = False
    overwrite: bool = False
    """Whether an output that no earlier run of ours has begun may be replaced."""

    def recipe(self) -> dict[str, Any]:
        """Returns everything that decides what comes out, by its name."""
        recipe = {
            "version": program_version(),
            "weights": weights_sha256(self.network.named),
            **self.settings,
        }
        if self.network.temporal != "off":
            recipe["fusion"] = weights_sha256("temporal-fusion")
        return recipe

    @property
    def settings(self) -> dict[str, Any]:
        """What decides on it and was said by the user, or not said."""
        options = self.options
        return {
            **asdict(self.network),
            **asdict(self.encode),
            "compare": self.compare or options.preview,
            "start": options.start,
            "duration": options.duration,
            "preview": options.preview,
            "piece": options.piece,
        }


DEFAULT_SETTINGS = Work(
    network=NetworkOptions(), encode=EncodeOptions(), options=LibraryOptions()
).settings
"""Of a user who says nothing."""
