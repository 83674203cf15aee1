"""Who is let in, over real HTTP and WebSockets on loopback."""

import pytest
from websockets.exceptions import InvalidStatus

from tests.streamer.page.conftest import Serve, ask, pictures_of

TOKEN = "a-token-of-the-operator"  # noqa: S105 - of these tests


def test_a_token_is_asked_for_once_and_never_in_an_address(serve: Serve) -> None:
    page = serve(token=TOKEN)

    assert ask(page, "/api/streams")[0] == 401
    assert ask(page, f"/api/streams?token={TOKEN}")[0] == 401
    assert ask(page, "/")[1]["location"] == "/login"
    assert ask(page, "/login", method="POST", body="token=wrong")[0] == 403
    status, headers, _ = ask(page, "/login", method="POST", body=f"token={TOKEN}")
    assert status == 303
    cookie = headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert TOKEN not in cookie
    assert ask(page, "/api/streams", Cookie=cookie.partition(";")[0])[0] == 200
    assert ask(page, "/metrics", Authorization=f"Bearer {TOKEN}")[0] == 200
    assert ask(page, "/livez")[0] == 200


def test_pictures_are_not_sent_without_a_token(serve: Serve) -> None:
    page = serve(token=TOKEN)

    with pytest.raises(InvalidStatus) as refused, pictures_of(page):
        pass

    assert refused.value.response.status_code == 403


def test_a_foreign_origin_or_name_is_refused(serve: Serve) -> None:
    page = serve()

    with pytest.raises(InvalidStatus), pictures_of(page, origin="http://evil.example"):
        pass
    assert ask(page, "/", Host=f"evil.example:{page.port}")[0] == 421
    assert ask(page, "/login", method="POST", Origin="http://evil.example")[0] == 403
