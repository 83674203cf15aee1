"""Takes the rain out of video: what a library user imports, and the one name installed.

`from derain import derain_video`; the packages lie below: `derain.sources`,
`derain.model`, `derain.sinks`, `derain.streamer`, `derain.training`,
`derain.evaluation`. What is named here is imported when it is asked for.

Nothing is loaded before that: until `derain.__main__` runs, Ctrl-C shows Python's
traceback.
"""

import os.path

TYPE_CHECKING = False
"""As in `typing`, which takes as long to load as all else here; so does `pathlib`."""

if TYPE_CHECKING:
    from evaluation import EvaluationError
    from model import Derainer, ModelError
    from sinks import SinkError, open_sink
    from sources import SourceError, open_source
    from streamer import (
        DamagedSourceError,
        EncodeOptions,
        LiveOptions,
        NetworkOptions,
        Report,
        RunOptions,
        StreamerError,
        derain_video,
    )
    from streamer.live.pipeline import LivePipeline
    from streamer.pipeline.file import Pipeline
    from training import TrainingError

__all__ = [
    "DamagedSourceError",
    "Derainer",
    "EncodeOptions",
    "EvaluationError",
    "LiveOptions",
    "LivePipeline",
    "ModelError",
    "NetworkOptions",
    "Pipeline",
    "Report",
    "RunOptions",
    "SinkError",
    "SourceError",
    "StreamerError",
    "TrainingError",
    "derain_video",
    "open_sink",
    "open_source",
]
_HOMES = {
    "DamagedSourceError": "streamer.pipeline.report",
    "Derainer": "model.derainer",
    "EncodeOptions": "sinks.encoding.options",
    "EvaluationError": "evaluation.errors",
    "LiveOptions": "streamer.settings",
    "LivePipeline": "streamer.live.pipeline",
    "ModelError": "model.errors",
    "NetworkOptions": "streamer.settings",
    "Pipeline": "streamer.pipeline.file",
    "Report": "streamer.pipeline.report",
    "RunOptions": "streamer.settings",
    "SinkError": "sinks.errors",
    "SourceError": "sources.errors",
    "StreamerError": "streamer.errors",
    "TrainingError": "training.errors",
    "derain_video": "streamer.api",
    "open_sink": "sinks.opener",
    "open_source": "sources.opener",
}

if not os.path.isdir(f"{__path__[0]}/model"):  # noqa: PTH112 - loads no pathlib
    from derain.checkout import lay_packages_below

    lay_packages_below(__name__)


def __getattr__(name: str) -> object:
    """Imports what is asked for, so that `derain --help` stays fast."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
