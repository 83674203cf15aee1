import pytest

from sources.container.parsers.nal_units import unit_starts


@pytest.mark.parametrize(
    ("data", "length_size", "places"),
    [
        (b"\0\0\0\2ab\0\0\0\3cde", 4, [4, 10]),
        (b"\0\2ab\0\3cde", 2, [2, 6]),
        (b"\0\0\0\1abcd\0\0\1efgh", 0, [4, 11]),
        (b"\0\0\1ab\0\0\1", 0, [3]),
        (b"", 4, []),
        (b"no start code", 0, []),
    ],
)
def test_units_begin_behind_their_length_or_start_code(
    data: bytes, length_size: int, places: list[int]
) -> None:
    assert list(unit_starts(data, length_size)) == places
