"""Lets a source decode where the network is, if it can, and says so if it cannot.

Decoding a file on the GPU only to copy pixels to the host is no gain: a run that needs
pixels decodes on the CPU, unless it was told otherwise. Live streams are decoded there
in any case; several of them would keep the CPU busy with decoding alone.
"""

import logging

from sinks.files.images import PictureFiles
from sinks.sink import Sink
from sources.errors import SourceError
from sources.frame import HasHealth, Source
from sources.nvdec import GpuDecodable, GpuDecoding, no_driver
from streamer.errors import StreamerError
from streamer.network.protocol import Network

_LOG = logging.getLogger("derain.decode")
_PIXELS = (
    "decoded and converted on the CPU, because the run needs pixels: they stay on the "
    "GPU without --tile, --backend torch and a folder of pictures"
)


def check_gpu_decode(*, required: bool) -> None:
    """Refuses early what `decode_near` would refuse after the network was loaded.

    Raises:
        StreamerError: A GPU must decode, and there is none.
    """
    reason = no_driver() if required else ""
    if reason:
        raise StreamerError(f"--require-gpu-decode cannot be kept: {reason}")


def planes_will_do(sink: Sink) -> bool:
    """Returns whether nobody needs the pixels of what comes out of the network."""
    return not isinstance(sink, PictureFiles)


def decode_for(source: Source, network: Network, sink: Sink, *, required: bool) -> None:
    """Decodes as `decode_near` does, and on the device where `sink` takes planes.

    Raises:
        StreamerError: Required, and the network is on no GPU.
        SourceError: Required, and the source cannot be decoded there.
    """
    stay = network.takes_planes and planes_will_do(sink)
    decode_near(source, network, stay=stay, required=required)


def decode_near(
    source: Source, network: Network, *, stay: bool, required: bool
) -> None:
    """Decodes on the network's GPU, if it has one and the source can be decoded there.

    Those are files and streams in the network. Whether a GPU takes a stream is known
    when it comes; the stream itself then falls back, or fails if `required`.

    Args:
        source: Not yet read.
        network: Loaded.
        stay: Pictures are wanted on the device: the network takes planes.
        required: Whether to refuse what cannot be decoded there.

    Raises:
        StreamerError: Required, and the network is on no GPU.
        SourceError: Required, and the source cannot be decoded there.
    """
    where, _, number = network.device.partition(":")
    if where != "cuda":
        if required:
            raise StreamerError(
                "--require-gpu-decode goes with a network on cuda; this one runs on "
                f"{network.device}"
            )
        return
    if not isinstance(source, GpuDecodable):
        if required:
            raise SourceError(
                f"--require-gpu-decode cannot be kept: {_maker(source)} makes these "
                "pictures on the CPU; only video files and streams in the network are "
                "decoded on a GPU."
            )
        return
    live = source.info.live
    if not (stay or required or live):
        _note(source, _PIXELS)
        return
    how = GpuDecoding(device=int(number or 0), stay=stay, required=required)
    if reason := source.decode_on_gpu(how):
        _fall_back(source, reason, required=required)


def _maker(source: Source) -> str:
    """Returns what makes the pictures; a live source knows it when it is connected."""
    return source.info.decoder or "its own decoder"


def _fall_back(source: Source, reason: str, *, required: bool) -> None:
    if required:
        raise SourceError(f"--require-gpu-decode cannot be kept: {reason}.")
    note = f"the CPU decodes this source, because the GPU cannot: {reason}"
    _LOG.warning(note)
    _note(source, note)


def _note(source: Source, note: str) -> None:
    if isinstance(source, HasHealth):
        source.health.notes.append(note)
