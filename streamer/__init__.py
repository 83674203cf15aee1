"""Runs a network over a stream: threads, channels, colour and the report."""

from streamer.derain import derain_video
from streamer.errors import DamagedSourceError, StreamerError
from streamer.report import Report

__all__ = ["DamagedSourceError", "Report", "StreamerError", "derain_video"]
