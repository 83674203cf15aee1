"""Passwords stay out of every text, whatever letters they are made of."""

import pytest

from sources.address import address_of, without_secrets
from sources.errors import SourceError

ODD = "@/#?:%"
PASSWORDS = [
    "plain",
    "p%40ss",
    *(f"a{letter}b" for letter in ODD),
    *(f"{letter}ab{letter}" for letter in ODD),
    "p@s/s#w?o:r%d",
    "'quo\"ted'",
]


@pytest.mark.parametrize("password", PASSWORDS)
@pytest.mark.parametrize("around", ["{}", "[Errno 5] failed: '{}'", '{{"u": "{}"}}'])
def test_a_password_is_hidden_in_any_text(password: str, around: str) -> None:
    text = around.format(f"rtsp://viewer:{password}@10.0.0.7:554/live?channel=1")

    shown = without_secrets(text)

    assert password not in shown
    assert "rtsp://viewer:***@10.0.0.7:554/live?channel=1" in shown


def test_two_addresses_in_one_text_are_both_hidden() -> None:
    shown = without_secrets("from rtsp://a:one@h/x to rtmp://b:two@g/y")

    assert shown == "from rtsp://a:***@h/x to rtmp://b:***@g/y"


def test_a_secret_in_the_query_is_hidden() -> None:
    shown = without_secrets("http://h/flv?user=admin&password=geheim&token=abc&n=1")

    assert shown == "http://h/flv?user=admin&password=***&token=***&n=***"


def test_a_text_without_secrets_is_left_alone() -> None:
    text = "rtsp://10.0.0.7/live: not found, at 12:00 by me@example.org"

    assert without_secrets(text) == text


@pytest.mark.parametrize(
    "written", ["p%40s%2Fs%23w%3Fo%3Ar%25d", "${SECRET}"], ids=["encoded", "variable"]
)
def test_a_password_is_read_encoded_or_from_the_environment(written: str) -> None:
    secret = "p@s/s#w?o:r%d"  # noqa: S105 - of nothing

    address = address_of(f"rtsp://viewer:{written}@h:554/a@b", {"SECRET": secret})

    assert (address.user, address.password) == ("viewer", secret)
    assert (address.host, address.path) == ("h:554", "/a@b")
    assert address.with_secrets == "rtsp://viewer:p%40s%2Fs%23w%3Fo%3Ar%25d@h:554/a@b"
    assert secret not in f"{address!r} {address}"
    assert "p%40" not in f"{address!r} {address}"


@pytest.mark.parametrize("letter", "@/#?:%")
def test_a_plain_password_is_understood(letter: str) -> None:
    address = address_of(f"rtsp://viewer:pass{letter}word@10.0.0.7/live")

    assert address.password == f"pass{letter}word"
    assert (address.host, address.path) == ("10.0.0.7", "/live")


@pytest.mark.parametrize("host", ["10.0.0.7", "[::1]:554", "camera.example", "camera"])
@pytest.mark.parametrize("password", ["p@ss/w0rd", "p@s/s#w?o:r%d", "%:?#/@", "/@/@"])
def test_a_plain_password_of_any_letters_ends_where_the_host_begins(
    host: str, password: str
) -> None:
    address = address_of(f"rtsp://viewer:{password}@{host}/live?channel=1")

    assert (address.user, address.password) == ("viewer", password)
    assert (address.host, address.path) == (host, "/live?channel=1")
    assert password not in f"{address} {address!r}"


@pytest.mark.parametrize("login", ["viewer:plain", "viewer:p@ss", "viewer:p%40ss"])
@pytest.mark.parametrize("path", ["/live@high", "/via/u:p@10.0.0.9/x", "/a@b/c"])
def test_a_login_before_a_number_leaves_an_at_sign_in_the_path(
    login: str, path: str
) -> None:
    address = address_of(f"rtsp://{login}@10.0.0.7{path}")

    assert (address.host, address.path) == ("10.0.0.7", path)


def test_a_login_before_a_name_leaves_an_at_sign_at_the_end_of_the_path() -> None:
    address = address_of("rtsp://viewer:plain@camera/live@high")

    assert (address.host, address.path) == ("camera", "/live@high")


def test_an_address_without_a_login_keeps_an_at_sign_in_its_path() -> None:
    address = address_of("rtsp://10.0.0.7:554/live@high")

    assert (address.user, address.path) == (None, "/live@high")


@pytest.mark.parametrize("wrong", ["rtsp://u:my pass@h/x", "rtsp:u:pass@h", "rtsp://"])
def test_what_is_no_address_is_refused_without_showing_it(wrong: str) -> None:
    with pytest.raises(SourceError) as caught:
        address_of(wrong)

    assert "pass" not in str(caught.value)


@pytest.mark.parametrize("port", ["0", "65536", "99999"])
def test_a_port_that_cannot_be_is_refused(port: str) -> None:
    with pytest.raises(SourceError, match=f"from 1 to 65535, got :{port}"):
        address_of(f"rtsp://u:p@10.0.0.7:{port}/x")


def test_a_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(SourceError, match="variable SECRET is not set"):
        address_of("rtsp://viewer:${SECRET}@h/x", {})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rtsp://h/x?user=a&psw=S3&channel=1", "rtsp://h/x?user=a&psw=***&channel=1"),
        ("http://h/v.mjpg?p=S3", "http://h/v.mjpg?p=***"),
        ("rtsp://u:S3@h/x?subtype=0&k=S3", "rtsp://u:***@h/x?subtype=0&k=***"),
        ("https://h/i.m3u8?fps=5;sig=S3#t", "https://h/i.m3u8?fps=5;sig=***#t"),
        ("failed: 'rtsp://h/x?pw=S3' is away", "failed: 'rtsp://h/x?pw=***' is away"),
    ],
)
def test_every_value_of_an_address_is_hidden_but_the_harmless(
    text: str, shown: str
) -> None:
    assert without_secrets(text) == shown
