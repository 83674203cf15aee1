"""An ONVIF camera on loopback: real UDP for the probe, real HTTP for the questions."""

import re
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

GROUP = "239.255.255.250"
HERE = "127.0.0.1"
_START = '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"'
_MATCH = (
    _START + ' xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
    'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><e:Header>'
    "<w:RelatesTo>{id}</w:RelatesTo></e:Header><e:Body><d:ProbeMatches><d:ProbeMatch>"
    "<w:EndpointReference><w:Address>{endpoint}</w:Address></w:EndpointReference>"
    "<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>{scopes}</d:Scopes>"
    "<d:XAddrs>{services}</d:XAddrs></d:ProbeMatch></d:ProbeMatches></e:Body>"
    "</e:Envelope>"
)
SCOPES = (
    "onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/name/Front%20Gate "
    "onvif://www.onvif.org/hardware/CAM-42 onvif://www.onvif.org/location/yard"
)
_BODIES = {
    "GetCapabilities": "<Capabilities><Media><XAddr>{media}</XAddr></Media>"
    "</Capabilities>",
    "GetProfiles": '<Profiles token="p&amp;0"><Name>main</Name>'
    "<VideoEncoderConfiguration><Encoding>H264</Encoding><Resolution>"
    "<Width>1920</Width><Height>1080</Height></Resolution>"
    '</VideoEncoderConfiguration></Profiles><Profiles token="p1"/>',
    "GetStreamUri": "<MediaUri><Uri>rtsp://127.0.0.1:554/{token}</Uri></MediaUri>",
}


class OnvifDevice:
    """Answers probes and questions until `close`.

    Args:
        locked: Wants a login for its media service.
        scopes: What it says of itself.
        media: Another address of its media service.
        answers: Another answer to every probe; {id} is the probe's.
    """

    def __init__(
        self,
        *,
        locked: bool = False,
        scopes: str = SCOPES,
        media: str = "",
        answers: str = "",
    ) -> None:
        self.asked: list[str] = []
        """The questions that came over HTTP, by name."""
        self._locked, self._scopes, self._answers = locked, scopes, answers
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("", 0))
        member = socket.inet_aton(GROUP) + socket.inet_aton(HERE)
        self._udp.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        self._udp.settimeout(0.1)
        self._http = ThreadingHTTPServer((HERE, 0), self._handler())
        self.service = f"http://{HERE}:{self._http.server_port}/onvif/device"
        self._media = media or self.service
        self._done = Event()
        self._threads = [
            Thread(target=self._answer_probes, daemon=True),
            Thread(target=self._http.serve_forever, args=(0.05,), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def port(self) -> int:
        """Where probes are answered, sent to the group or to this machine."""
        return int(self._udp.getsockname()[1])

    def _answer_probes(self) -> None:
        while not self._done.is_set():
            try:
                data, sender = self._udp.recvfrom(65_535)
            except TimeoutError:
                continue
            found = re.search(rb"MessageID>([^<]+)<", data)
            assert found is not None
            text = (self._answers or _MATCH).format(
                id=found[1].decode(),
                endpoint=f"urn:uuid:{self.port}",
                scopes=self._scopes,
                services=f"http://10.9.9.9/x https://{HERE}/y {self.service}",
            )
            self._udp.sendto(text.encode(), sender)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        device = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                status, text = device._answer(body)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler

    def _answer(self, body: str) -> tuple[int, str]:
        name = next(name for name in _BODIES if f":{name}" in body)
        self.asked.append(name)
        if self._locked and name != "GetCapabilities":
            return 400, _START + "><e:Body>ter:NotAuthorized</e:Body></e:Envelope>"
        found = re.search("ProfileToken>([^<]+)<", body)
        token = found[1].replace("&amp;", "and") if found else ""
        text = _BODIES[name].format(media=self._media, token=token)
        return 200, f"{_START}><e:Body>{text}</e:Body></e:Envelope>"

    def close(self) -> None:
        """Ends it."""
        self._done.set()
        self._http.shutdown()
        self._http.server_close()
        for thread in self._threads:
            thread.join()
        self._udp.close()
