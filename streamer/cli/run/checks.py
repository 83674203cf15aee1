"""What `derain run` refuses before it opens anything: options without an effect."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sinks.files.place import check_folder
from sinks.live.opener import is_live_sink
from sources import source_path
from sources.live.opener import is_live
from sources.pictures.files import PICTURE_SUFFIXES
from streamer.errors import StreamerError
from streamer.live.fleet.settings import StreamSettings
from streamer.settings import PageOptions

_OF_LIVE_SOURCES = (
    "max_latency",
    "on_loss",
    *("transport", "ca_file", "insecure", "open_seconds", "stall_seconds", "probe_ms"),
    "wait",
    "record",
    "segment",
    "keep",
    "keep_size",
    "keep_days",
    "keep_free",
    *("hls_seconds", "size", "rate", "serve_cert", "serve_key"),
    "metrics",
    "on_event",
    "webhook",
    "mqtt",
    "json_log",
    "allow_changes",
)
_OF_ENCODERS = ("codec", "quality", "preset")


def check_options(source: str, sink: str, given: Mapping[str, Any]) -> None:
    """Refuses options that this source or sink has no use for.

    Args:
        source: As the user named it.
        sink: As the user named it.
        given: The options of the command line; None where one was not given. A config
            file may hold more than one run needs.

    Raises:
        StreamerError: One would have no effect.
    """
    if not is_live(source):
        name = _first(given, _OF_LIVE_SOURCES)
        if name == "record":
            raise StreamerError(
                "--record goes with a live source; a SINK stores a file"
            )
        if name:
            raise StreamerError(
                f"{_option(name)} goes with a live source, not {source}"
            )
    name = _first(given, _OF_ENCODERS)
    if name and _stores_no_video(sink) and not given.get("record"):
        raise StreamerError(f"{_option(name)} goes with a video file, not {sink}")
    if is_live_sink(sink) and given.get("codec") is not None:
        raise StreamerError("--codec goes with a video file; live sinks get H.264")


def check_changes(page: PageOptions) -> None:
    """Refuses changes over the page of what is no file of streams.

    Raises:
        StreamerError: They were asked for.
    """
    if page.allow_changes:
        raise StreamerError(
            "--allow-changes goes with --config and a file of [[stream]] tables, "
            "without --report"
        )


def check_report(report: Path, streams: Sequence[StreamSettings]) -> None:
    """Refuses to write the report where it has no place, or over a video.

    A folder that is missing is made when the report is written, as an output's is.

    Raises:
        SinkError: There can be no such folder.
        StreamerError: It is a folder, it is source or sink, or
            there are several streams to report on.
    """
    if len(streams) > 1:
        raise StreamerError(f"--report goes with one stream, got {len(streams)}")
    check_folder(report.parent)
    if report.is_dir():
        raise StreamerError(f"{report} is a folder; the report wants a file")
    for other in (source_path(streams[0].source), Path(streams[0].sink)):
        if other is not None and _same(report, other):
            raise StreamerError(f"{report}: the report would overwrite this file")


def _same(one: Path, other: Path) -> bool:
    """Compares also files that are still to come, by any name or link."""
    if one.exists() and other.exists():
        return one.samefile(other)
    return one.resolve() == other.resolve()


def _first(given: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((name for name in names if given.get(name) is not None), "")


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def _stores_no_video(sink: str) -> bool:
    pictures = Path(sink).suffix.lower() in PICTURE_SUFFIXES
    return sink == "null:" or sink.endswith("/") or pictures
