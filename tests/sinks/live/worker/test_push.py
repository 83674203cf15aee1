"""What FFmpeg's tee muxer is told."""

from sinks.live.worker.push import through_tee


def test_options_and_address_are_escaped_as_tee_reads_them() -> None:
    told = through_tee("rtmps://h:1/live/a|b", {"ca_file": "/a:b/x]y.pem"})

    options = r"f=flv:flvflags=no_duration_filesize:ca_file=/a\\:b/x\\]y.pem"
    assert told == rf"[{options}]rtmps://h:1/live/a\|b"
