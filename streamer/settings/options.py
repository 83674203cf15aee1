"""The options of a run, each with its default, in small values that are passed on.

How the network works, what a run does with its frames, what a live source needs, where
the page is served and who is told of events; how video is encoded and how a server is
reached stand beside `sinks` and `sources`. The command line is made from the same
declarations (`streamer.cli.options`).
"""

from dataclasses import dataclass
from typing import Annotated, Any

from model.mspfn.variants import DEFAULT_MODEL
from sources.settings.options import Option, problem_in
from streamer.errors import StreamerError

AUTO = "auto"
"""As a network's name: the one that files get, or a lighter one for a live source."""


def _refuse_what_is_wrong(options: Any) -> None:
    if problem := problem_in(options):
        raise StreamerError(problem)


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkOptions:
    """Which network, and how it works.

    Raises:
        StreamerError: A number is out of its range, a word unknown.
    """

    model: Annotated[
        str,
        Option(
            "A network of 'derain models', a .safetensors or an .onnx file; or auto: "
            "mspfn-lite, and for a live source that it is too slow for, a lighter one."
        ),
    ] = DEFAULT_MODEL
    device: Annotated[
        str,
        Option(
            "Where the network runs: auto, cpu, cuda or cuda:N; intel or intel:N, "
            "a GPU of Intel's, untried."
        ),
    ] = "auto"
    backend: Annotated[
        str,
        Option(
            "What runs it: auto (the fastest, measured), openvino, torch, compile, "
            "cuda or triton."
        ),
    ] = "auto"
    precision: Annotated[
        str, Option("In which numbers: auto, fp32, fp16, bf16 or int8.")
    ] = "auto"
    tile: Annotated[
        int | None,
        Option("Cut pictures into tiles of this side, to save memory.", least=1),
    ] = None
    temporal: Annotated[
        str,
        Option(
            "Use the frames around each frame: off; causal (the two before it, no "
            "delay); centred (two before and two after it, better).",
            choices=("off", "causal", "centred"),
        ),
    ] = "off"
    gate: Annotated[
        str,
        Option(
            "auto: frames without rain pass untouched; off: all are derained.",
            choices=("auto", "off"),
        ),
    ] = "auto"

    def __post_init__(self) -> None:
        _refuse_what_is_wrong(self)

    @property
    def named(self) -> str:
        """The network that a run begins with: a file waits for the better one."""
        return DEFAULT_MODEL if self.model == AUTO else self.model


@dataclass(frozen=True, kw_only=True, slots=True)
class RunOptions:
    """What a run does with its frames.

    Raises:
        StreamerError: A number is out of its range.
    """

    compare: Annotated[bool, Option("Store before and after side by side.")] = False
    max_frames: Annotated[int | None, Option("Stop after so many frames.", least=1)] = (
        None
    )
    require_gpu_decode: Annotated[
        bool,
        Option(
            "Refuse a source that the network's GPU cannot decode.",
            names=("--require-gpu-decode",),
        ),
    ] = False

    def __post_init__(self) -> None:
        _refuse_what_is_wrong(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveOptions:
    """How live sources and sinks are handled.

    Raises:
        StreamerError: A number is out of its range, a word unknown.
    """

    max_latency: Annotated[
        int,
        Option("Live: drop frames older than so many ms before the network.", least=1),
    ] = 200
    on_loss: Annotated[
        str,
        Option(
            "Live: while the source is away hold the last picture, or end.",
            choices=("hold", "end"),
        ),
    ] = "hold"
    record: Annotated[
        str | None, Option("Live: also record, such as rec/%Y%m%d-%H%M%S.mp4.")
    ] = None
    segment: Annotated[
        str, Option("Live: length of a recorded file, such as 30s, 10m or 1h.")
    ] = "10m"
    keep: Annotated[
        int | None,
        Option("Live: keep so many recorded files, delete older ones.", least=1),
    ] = None
    keep_size: Annotated[
        str | None,
        Option("Live: keep so much of recordings, such as 50G; the oldest go first."),
    ] = None
    keep_days: Annotated[
        int | None, Option("Live: keep recordings for so many days.", least=1)
    ] = None
    keep_free: Annotated[
        str | None,
        Option("Live: delete the oldest recordings to keep so much free, such as 5G."),
    ] = None
    size: Annotated[
        str | None,
        Option("Live: scale pictures to WIDTHxHEIGHT first, such as 640x360."),
    ] = None
    rate: Annotated[
        int | None,
        Option("Live: take so many pictures a second at most, evenly.", least=1),
    ] = None
    fit: Annotated[
        str,
        Option(
            "Live: where the network is too slow for the camera, auto makes every "
            "picture from its neighbours and gives the network as many as it can take; "
            "off drops pictures.",
            choices=("auto", "off"),
        ),
    ] = "off"
    serve_cert: Annotated[
        str | None, Option("Live: PEM file; serve:// then speaks RTSP over TLS.")
    ] = None
    serve_key: Annotated[
        str | None, Option("Live: PEM file of the key of --serve-cert.")
    ] = None
    hls_seconds: Annotated[
        int, Option("Live: length of a piece of HLS in seconds.", least=1)
    ] = 2
    metrics: Annotated[
        str | None, Option("Live: HOST:PORT of Prometheus metrics and /healthz.")
    ] = None
    json_log: Annotated[
        bool,
        Option("Live: log as JSON, without a line each second.", names=("--json-log",)),
    ] = False

    def __post_init__(self) -> None:
        _refuse_what_is_wrong(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class PageOptions:
    """Where the operator's page is served, and under which names."""

    page: Annotated[
        str | None,
        Option(
            "HOST:PORT of a page with pictures and figures; needs derain[web], and "
            "DERAIN_PAGE_TOKEN where others can reach the address."
        ),
    ] = None
    page_host: Annotated[
        str | None, Option("Page: a further host name, as a proxy shows it.")
    ] = None
    page_cert: Annotated[
        str | None, Option("Page: PEM file of a certificate chain, for TLS.")
    ] = None
    page_key: Annotated[
        str | None, Option("Page: PEM file of the certificate's private key.")
    ] = None
    allow_changes: Annotated[
        bool,
        Option(
            "Page: whoever has the token may add, change and remove streams.",
            names=("--allow-changes",),
        ),
    ] = False


@dataclass(frozen=True, kw_only=True, slots=True)
class EventOptions:
    """Who is told when something happens to a live stream."""

    on_event: Annotated[
        str | None,
        Option("Live: command that is run for each event, told as JSON on its stdin."),
    ] = None
    webhook: Annotated[
        str | None, Option("Live: http(s):// address that events are posted to.")
    ] = None
    mqtt: Annotated[
        str | None,
        Option("Live: mqtt(s)://HOST/TOPIC that events go to; needs derain[mqtt]."),
    ] = None
