"""What a user may say about connecting to a stream, or to a server to push to."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from sources.errors import SourceError
from sources.settings.options import Option, problem_in

_DEBIAN_ROOTS = Path("/etc/ssl/certs/ca-certificates.crt")


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectOptions:
    """How a connection is made, verified and given up.

    Raises:
        SourceError: A number is out of its range, or a word unknown.
    """

    transport: Annotated[
        str,
        Option(
            "Live: RTSP over tcp or udp; auto: tcp, and udp where the server wants it.",
            choices=("auto", "tcp", "udp"),
        ),
    ] = "auto"
    ca_file: Annotated[
        str | None,
        Option(
            "Live: PEM file to verify rtsps://, https:// and rtmps:// against, in the "
            "place of the system's own."
        ),
    ] = None
    insecure: Annotated[
        bool,
        Option(
            "Live: do not verify who answers over TLS.",
            names=("--insecure",),
        ),
    ] = False
    open_seconds: Annotated[
        int,
        Option(
            "Live: how long a server may take until the stream begins; twice that "
            "once it was too short.",
            least=1,
        ),
    ] = 15
    stall_seconds: Annotated[
        int | None,
        Option(
            "Live: how long no picture may come (2 s, 5 pictures of a slow camera, "
            "20 s of HLS).",
            least=1,
        ),
    ] = None
    probe_ms: Annotated[
        int | None,
        Option(
            "Live: how much of a stream is looked at before it is played (200; 1000 "
            "of RTMP and HTTP).",
            least=1,
        ),
    ] = None
    wait: Annotated[
        bool,
        Option(
            "Live: wait for a path that is not found, as for a publisher that is not "
            "up yet; a file of streams always does.",
            names=("--wait",),
        ),
    ] = False

    def __post_init__(self) -> None:
        if problem := problem_in(self):
            raise SourceError(problem)

    def tls_options(self) -> dict[str, str]:
        """Returns FFmpeg's options to verify who answers, or not to.

        Raises:
            SourceError: The PEM file is not there, nor are the system's roots.
        """
        if self.insecure:
            return {"tls_verify": "0"}
        return {"tls_verify": "1", "ca_file": str(self.roots())}

    def roots(self) -> Path:
        """Returns the PEM file of the certificates that are trusted.

        Raises:
            SourceError: There is none.
        """
        if self.ca_file is not None:
            path = Path(self.ca_file)
            if not path.is_file():
                raise SourceError(f"{path}: there is no such file.")
            return path
        from ssl import get_default_verify_paths  # a run of files needs none of it

        system = get_default_verify_paths().cafile
        for path in (Path(system) if system else _DEBIAN_ROOTS, _DEBIAN_ROOTS):
            if path.is_file():
                return path
        raise SourceError(
            "This system has no certificates to verify against: install "
            "ca-certificates, or give --ca-file or --insecure."
        )


DEFAULT_CONNECT = ConnectOptions()
