import asyncio
import logging

import pytest

from sources.frame import Colour
from streamer.page.pictures import split
from streamer.page.viewers import Previews, TooManyViewersError, Viewer
from tests.streamer.page.conftest import frame_of, picture


def test_a_viewer_gets_the_newest_message_and_each_once() -> None:
    async def looked() -> list[bytes]:
        viewer = Viewer()
        for message in (b"1", b"2", b"3"):
            viewer.put(message)
        seen = [await viewer.next()]
        viewer.put(b"4")
        seen.append(await viewer.next())
        waiting = asyncio.ensure_future(viewer.next())
        await asyncio.sleep(0)
        assert not waiting.done()
        waiting.cancel()
        return seen

    assert asyncio.run(looked())[-1] == b"4"


def test_pictures_come_while_somebody_looks_and_he_is_counted() -> None:
    async def looked() -> bytes:
        previews = Previews()
        tap = previews.tap("gate")
        assert previews.tap("gate") is tap
        with previews.running():
            async with previews.watching("gate") as viewer:
                assert tap.watched
                assert previews.counts == {"gate": 1}
                tap.offer(frame_of(picture(220, 0)), picture(0, 220), Colour())
                message = await viewer.next()
        assert not tap.watched
        assert previews.counts == {"gate": 0}
        return message

    _, before, after = split(asyncio.run(looked()))
    assert before[:2] == after[:2] == b"\xff\xd8"


def test_more_viewers_than_may_look_and_unknown_streams_are_refused() -> None:
    async def looked() -> None:
        previews = Previews(max_viewers=1)
        previews.tap("gate")
        previews.tap("yard")
        async with previews.watching("gate"):
            with pytest.raises(TooManyViewersError, match="1 viewers look already"):
                async with previews.watching("yard"):
                    pytest.fail("he looks")
        async with previews.watching("yard"):
            assert previews.counts == {"gate": 0, "yard": 1}
        with pytest.raises(KeyError):
            async with previews.watching("roof"):
                pytest.fail("he looks")

    asyncio.run(looked())


def test_a_picture_that_cannot_be_compressed_is_told_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def __call__(self, _: object) -> bytes:
            raise ValueError("no such format")

    previews = Previews()
    tap = previews.tap("gate")
    with caplog.at_level(logging.WARNING, "derain.page"), tap.watching():
        for _ in range(2):
            tap.offer(frame_of(picture(220, 0)), picture(0, 220), Colour())
            previews._hand_out("gate", tap, Broken())  # type: ignore[arg-type] # it fails

    assert caplog.text.count("stream=gate no picture for the page: no such") == 1
