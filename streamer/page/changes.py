"""Streams added, changed and removed over HTTP: `/api/streams`, POST, PUT and DELETE.

Only with `--allow-changes`, which needs a token. A page of others can send none of
these requests: a body must say that it is JSON, which no form of a browser does and a
foreign script may not, and `guard` refuses a foreign Origin.
"""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sources.address import without_secrets
from streamer.errors import StreamerError
from streamer.live.fleet.settings import NameTakenError, UnknownStreamError

_LOG = logging.getLogger("derain.page")
_LONGEST_BODY = 16_384
Done = Mapping[str, list[str]]
"""Names under `added`, `changed` and `removed`."""


class Changes(Protocol):
    """Lets streams come and go; from any thread, one change after the other."""

    kept: str
    """Says to people how long a change lasts."""

    def add(self, table: Mapping[str, Any]) -> Done:
        """Lets one more stream run.

        Raises:
            StreamerError: What it says makes no sense, or its name is taken.
        """

    def change(self, name: str, table: Mapping[str, Any]) -> Done:
        """Lets a stream run as `table` says; the others go on.

        Raises:
            StreamerError: There is no such stream, or what it says makes no sense.
        """

    def remove(self, name: str) -> Done:
        """Ends a stream; the others go on.

        Raises:
            StreamerError: There is no such stream, or no other.
        """


class _RefusedError(Exception):
    """A request that is answered with a status and one line."""

    def __init__(self, status: int, line: str) -> None:
        super().__init__(line)
        self.status = status


class ChangeRoutes:
    """Answers the requests that change something.

    Args:
        changes: Makes the changes; None: none are allowed.
    """

    def __init__(self, changes: Changes | None) -> None:
        self._changes = changes

    async def add(self, request: Request) -> Response:
        """`POST /api/streams`: a stream as JSON, as a `[[stream]]` table has it."""
        return await self._answer(
            request, lambda to, table: to.add(table), has_body=True, status=201
        )

    async def change(self, request: Request) -> Response:
        """`PUT /api/streams/NAME`: the whole stream anew."""
        name = request.path_params["name"]
        return await self._answer(
            request, lambda to, table: to.change(name, table), has_body=True
        )

    async def remove(self, request: Request) -> Response:
        """`DELETE /api/streams/NAME`."""
        name = request.path_params["name"]
        return await self._answer(
            request, lambda to, _table: to.remove(name), has_body=False
        )

    async def _answer(
        self,
        request: Request,
        act: Callable[[Changes, dict[str, Any]], Done],
        *,
        has_body: bool,
        status: int = 200,
    ) -> Response:
        if self._changes is None:
            return _refusal(
                403, "this page changes nothing: start with --allow-changes"
            )
        try:
            table = await _table_in(request) if has_body else {}
            done = await run_in_threadpool(act, self._changes, table)
        except _RefusedError as error:
            return _refusal(error.status, str(error))
        except UnknownStreamError as error:
            return _refusal(404, str(error))
        except NameTakenError as error:
            return _refusal(409, str(error))
        except StreamerError as error:
            return _refusal(400, str(error))
        client = request.client.host if request.client else ""
        _LOG.info("from=%s %s", client, _in_words(done))
        return JSONResponse({**done, "kept": False, "note": self._changes.kept}, status)


async def _table_in(request: Request) -> dict[str, Any]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise _RefusedError(
            415, "a stream is told as JSON: Content-Type: application/json"
        )
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST_BODY:
            raise _RefusedError(
                413, f"the request is longer than {_LONGEST_BODY} bytes"
            )
    try:
        table = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _RefusedError(400, f"the request is no valid JSON: {error}") from None
    if not isinstance(table, dict):
        raise _RefusedError(400, "the request must be one JSON object: a stream")
    return table


def _refusal(status: int, line: str) -> Response:
    return JSONResponse({"error": without_secrets(line)}, status)


def _in_words(done: Done) -> str:
    return ", ".join(
        f"{word} {' '.join(names)}" for word, names in done.items() if names
    )
