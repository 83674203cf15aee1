"""nginx with its RTMP module, from Debian: others push to it and read from it."""

import socket
import subprocess
from contextlib import suppress
from pathlib import Path

from tests.support.servers.peers import PATIENCE_SECONDS, eventually, free_port

_NGINX = "/usr/sbin/nginx"
_MODULE = "/usr/lib/nginx/modules/ngx_rtmp_module.so"
_CONFIG = """
load_module {module};
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log warn;
events {{ worker_connections 64; }}
rtmp {{
    server {{
        listen 127.0.0.1:{port};
        application live {{ live on; wait_key on; }}
    }}
}}
"""


class NginxRtmp:
    """A server that can be killed and brought back on the same port."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, name: str = "clean") -> str:
        return f"rtmp://127.0.0.1:{self.port}/live/{name}"

    def start(self) -> "NginxRtmp":
        config = self._folder / "nginx.conf"
        config.write_text(
            _CONFIG.format(module=_MODULE, folder=self._folder, port=self.port)
        )
        self._process = subprocess.Popen(
            [_NGINX, "-p", str(self._folder), "-c", str(config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        eventually(self._listens, what="nginx listens")
        return self

    def _listens(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 5):
            return True
        return False

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=PATIENCE_SECONDS)
            self._process = None
