"""An address on the web that each event is posted to, as JSON."""

import urllib.error
import urllib.request

from sources.address import address_of
from sources.errors import SourceError
from streamer.errors import StreamerError
from streamer.events.event import DeliveryError, Happening

_SECONDS = 10.0


class Webhook:
    """Posts events to one address.

    Args:
        text: `https://...`; `${NAME}` in it comes from the environment.

    Raises:
        StreamerError: It is no such address, or a variable is not set.
    """

    def __init__(self, text: str) -> None:
        try:
            address = address_of(text)
        except SourceError as error:
            raise StreamerError(f"--webhook: {error}") from None
        if address.scheme not in {"http", "https"} or address.user is not None:
            raise StreamerError(
                "--webhook wants http://HOST/PATH or https://HOST/PATH, without a "
                f"login in it, got {address}"
            )
        self.name = f"{address.scheme}://{address.host}"
        self._url = address.with_secrets

    def deliver(self, event: Happening) -> None:
        """Returns when the server answered with a status from 200 to 299.

        Raises:
            DeliveryError: It did not within ten seconds.
        """
        request = urllib.request.Request(  # noqa: S310 - http or https, see above
            self._url,
            data=event.as_json().encode(),
            headers={"Content-Type": "application/json"},
            method="POST",
        )
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS):  # noqa: S310 - the same
                return
        except urllib.error.HTTPError as error:
            raise DeliveryError(f"status {error.code}") from None
        except (OSError, urllib.error.URLError) as error:
            reason = getattr(error, "reason", error)
            raise DeliveryError(str(reason)) from None

    def close(self) -> None:
        """Nothing is held."""
