import struct

import pytest

from sources.pictures.tiff import (
    Entry,
    directories_of,
    file_of,
    is_tiff,
    rational,
    shorts,
    with_directory,
)

EXIF, MAKER = 34665, 271


def test_what_is_written_is_read_back() -> None:
    inner = {36864: Entry(7, b"0232"), 37500: Entry(7, b"maker's own" * 3)}
    entries = {
        MAKER: Entry(2, b"Acme\0"),
        282: rational([72]),
        EXIF: Entry(4, b"", inner),
        258: shorts([8, 8, 8]),
    }

    [found] = directories_of(file_of(entries))

    assert found == entries
    assert found[282].numbers == (7200, 100)
    assert found[258].numbers == (8, 8, 8)


def test_big_endian_numbers_are_turned() -> None:
    entries = struct.pack(">HHII", 282, 5, 1, 40) + struct.pack(">HHIHxx", 274, 3, 1, 6)
    data = b"MM\0*" + struct.pack(">IH", 8, 2) + entries + bytes(6)
    data += struct.pack(">II", 300, 1)

    [found] = directories_of(data)

    assert found[274].numbers == (6,)
    assert found[282].numbers == (300, 1)


def test_a_directory_is_replaced_and_the_rest_stays_in_place() -> None:
    data = file_of({MAKER: Entry(2, b"Acme Works\0")})

    changed = with_directory(data, {MAKER: Entry(2, b"Other\0")})

    assert changed[8 : len(data)] == data[8:]
    assert directories_of(changed) == [{MAKER: Entry(2, b"Other\0")}]


@pytest.mark.parametrize("length", range(0, 60, 7))
def test_what_is_cut_or_goes_round_ends(length: int) -> None:
    data = file_of({MAKER: Entry(2, b"Acme Works\0"), 282: rational([72])})
    round_and_round = data[:34] + struct.pack("<I", 8) + data[38:]

    assert len(directories_of(data[:length])) <= 1
    assert len(directories_of(round_and_round)) <= 2
    assert not is_tiff(b"II")
