from streamer.cli.library.table import printable


def test_a_name_is_one_line_of_what_can_be_shown() -> None:
    assert printable("rain 雨.mp4") == "rain 雨.mp4"
    assert printable("a\nb\x1b[31m.mp4") == r"a\nb\x1b[31m.mp4"
    assert printable(b"bad\xff.mp4".decode("utf-8", "surrogateescape")) == (
        r"bad\udcff.mp4"
    )
