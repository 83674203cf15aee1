"""What a user may say about a connection, and what it is verified against."""

from pathlib import Path
from typing import Any

import pytest

from sources.connect import ConnectOptions
from sources.errors import SourceError


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"transport": "sctp"}, "transport"),
        ({"open_seconds": 0}, "open_seconds"),
        ({"stall_seconds": 0}, "stall_seconds"),
        ({"probe_ms": -1}, "probe_ms"),
    ],
)
def test_a_number_out_of_range_or_an_unknown_word_is_named(
    options: dict[str, Any], said: str
) -> None:
    with pytest.raises(SourceError, match=said) as caught:
        ConnectOptions(**options)

    assert "\n" not in str(caught.value)


def test_the_least_numbers_are_taken() -> None:
    least = ConnectOptions(open_seconds=1, stall_seconds=1, probe_ms=1)

    assert (least.open_seconds, least.stall_seconds, least.probe_ms) == (1, 1, 1)


def test_certificates_that_a_user_gave_take_the_place_of_the_systems(
    tmp_path: Path,
) -> None:
    own = tmp_path / "own.pem"
    own.write_text("certificates")

    options = ConnectOptions(ca_file=str(own)).tls_options()

    assert options == {"tls_verify": "1", "ca_file": str(own)}


def test_certificates_that_are_not_there_are_one_line(tmp_path: Path) -> None:
    missing = tmp_path / "missing.pem"

    with pytest.raises(SourceError, match=r"missing\.pem: there is no such file"):
        ConnectOptions(ca_file=str(missing)).tls_options()


def test_a_connection_that_is_not_verified_asks_for_no_certificates() -> None:
    options = ConnectOptions(insecure=True, ca_file="nowhere").tls_options()

    assert options == {"tls_verify": "0"}
