"""Who may watch what: logins and TLS of an RTSP server.

Part of the program of this folder, on the system's Python: it imports nothing of ours.
"""

from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, Gst, GstRtsp, GstRtspServer  # noqa: E402

_ANYBODY = "anybody"


class Access:
    """The logins of a port; each sees the streams that were opened with it."""

    def __init__(self, settings: dict[str, Any]) -> None:
        """Reads the certificate."""
        self._roles: dict[str, str] = {}
        self._with_login = settings["login"]
        self.auth: Any = None
        """For the server; None where anybody may watch without TLS."""
        if not settings["login"] and not settings["certificate"]:
            return
        self.auth = GstRtspServer.RTSPAuth.new()
        if settings["certificate"]:
            pair = settings["certificate"], settings["key"]
            self.auth.set_tls_certificate(Gio.TlsCertificate.new_from_files(*pair))
        if settings["login"]:
            self.auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
            self.auth.set_realm("derain")
        else:
            self.auth.set_default_token(_token(_ANYBODY))

    def allow(self, factory: Any, user: str, password: str) -> None:
        """Lets a user see what `factory` makes; anybody on a port without logins."""
        if self.auth is None:
            return
        role = self._role_of(user, password) if self._with_login else _ANYBODY
        allowed = (
            f"{role}, media.factory.access=(boolean)true, "
            "media.factory.construct=(boolean)true;"
        )
        factory.add_role_from_structure(Gst.Structure.from_string(allowed)[0])

    def _role_of(self, user: str, password: str) -> str:
        role = self._roles.setdefault(user, f"viewer{len(self._roles)}")
        self.auth.remove_digest(user)  # it may have had another password
        self.auth.add_digest(user, password, _token(role))
        return role


def _token(role: str) -> Any:
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", role)
    return token
