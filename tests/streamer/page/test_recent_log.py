import logging
from threading import Thread

from streamer.page.recent_log import RecentLog


def test_lines_are_kept_by_stream_without_passwords() -> None:
    kept = RecentLog()
    log = logging.Logger("derain.test")
    log.addHandler(kept)

    log.warning("stream=%s failed=%r", "gate", "rtsp://user:s3cret@camera/x away")
    log.info("nothing of a stream")
    thread = Thread(target=lambda: log.error("no key frame"), name="yard")
    thread.start()
    thread.join()

    assert [line.level for line in kept.lines()] == ["warning", "info", "error"]
    [line] = kept.lines("gate")
    assert "away" in line.text
    assert "s3cret" not in line.text
    assert [line.text for line in kept.lines("yard")] == ["no key frame"]
    assert kept.lines("roof") == []


def test_two_hundred_lines_are_kept() -> None:
    kept = RecentLog()
    log = logging.Logger("derain.test")
    log.addHandler(kept)

    for number in range(300):
        log.info("stream=gate number=%d", number)

    assert len(kept.lines("gate")) == 200
    assert kept.lines("gate")[-1].text == "stream=gate number=299"
