import pytest

from streamer.errors import StreamerError
from streamer.page.login.access import COOKIE, AccessRules, Sessions, is_loopback

EVERYWHERE = "0.0.0.0"  # noqa: S104 - nothing is bound here
TOKEN = "a-token-of-the-operator"  # noqa: S105 - of these tests


def rules(**changes: object) -> AccessRules:
    given: dict[str, object] = {"host": "127.0.0.1", "port": 8080, "token": TOKEN}
    return AccessRules(**{**given, **changes})  # type: ignore[arg-type]


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost"]
)
def test_loopback_is_known_in_all_its_forms(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", [EVERYWHERE, "::", "192.168.1.5", "example.org", ""])
def test_what_others_can_reach_is_not_loopback(host: str) -> None:
    assert not is_loopback(host)


def test_an_address_that_others_can_reach_needs_a_token() -> None:
    with pytest.raises(StreamerError, match="a token is needed"):
        rules(host=EVERYWHERE, token="")


def test_a_short_token_is_refused() -> None:
    with pytest.raises(StreamerError, match="16 characters or more, got 5"):
        rules(token="short")  # noqa: S106 - of this test


@pytest.mark.parametrize(
    "header", ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "192.168.1.5:8080"]
)
def test_the_pages_own_addresses_are_known(header: str) -> None:
    assert rules().knows_host(header)


@pytest.mark.parametrize(
    "header",
    ["evil.example:8080", "evil.example", "127.0.0.1:1", "127.0.0.1:808\u00b2"],
)
def test_another_name_is_not_the_page(header: str) -> None:
    assert not rules().knows_host(header)


def test_a_proxys_name_is_known_where_it_is_named() -> None:
    assert rules(names=("rain.example",)).knows_host("rain.example")


def test_only_the_pages_own_origin_may_change_things() -> None:
    assert rules().knows_origin("http://127.0.0.1:8080", "127.0.0.1:8080")
    assert rules().knows_origin(None, "127.0.0.1:8080")
    assert not rules().knows_origin("http://evil.example", "127.0.0.1:8080")
    assert not rules().knows_origin("null", "127.0.0.1:8080")


def test_without_a_token_everybody_on_loopback_may_look() -> None:
    assert Sessions(rules(token="")).allows(None, None, "127.0.0.1")


def test_the_right_token_gives_a_session_that_ends() -> None:
    clock = Seconds()
    sessions = Sessions(rules(), clock)

    session = sessions.log_in(TOKEN, "10.0.0.1")

    assert sessions.allows(f"{COOKIE}={session}", None, "10.0.0.1")
    assert not sessions.allows(f"{COOKIE}=another", None, "10.0.0.1")
    assert not sessions.allows(None, None, "10.0.0.1")
    clock.now += 13 * 3600
    assert not sessions.allows(f"{COOKIE}={session}", None, "10.0.0.1")


def test_a_program_sends_the_token_as_bearer() -> None:
    sessions = Sessions(rules(), Seconds())

    assert sessions.allows(None, f"Bearer {TOKEN}", "10.0.0.1")
    assert not sessions.allows(None, "Bearer wrong", "10.0.0.1")
    assert not sessions.allows(None, f"Basic {TOKEN}", "10.0.0.1")


def test_who_guesses_is_refused_for_a_minute_and_others_are_not() -> None:
    clock = Seconds()
    sessions = Sessions(rules(), clock)
    for _ in range(10):
        assert sessions.log_in("wrong", "10.0.0.1") is None

    assert sessions.log_in(TOKEN, "10.0.0.1") is None
    assert sessions.log_in(TOKEN, "10.0.0.2") is not None
    clock.now += 61
    assert sessions.log_in(TOKEN, "10.0.0.1") is not None


def test_a_broken_cookie_is_no_session() -> None:
    assert not Sessions(rules(), Seconds()).allows('"\x00;=;', None, "10.0.0.1")
