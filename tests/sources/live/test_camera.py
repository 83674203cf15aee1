"""A camera of this machine that is not there, or that nobody may read."""

import os
from pathlib import Path

import pytest

from sources.errors import SourceError
from sources.live.camera import CameraConnection, open_camera
from sources.live.disconnect import DisconnectedError
from tests.conftest import MakeClip


def test_a_camera_that_is_not_there_is_refused_with_those_that_are(
    tmp_path: Path,
) -> None:
    (tmp_path / "video1").touch()
    (tmp_path / "video0").touch()

    with pytest.raises(SourceError, match=r"camera:7: no .*video7") as said:
        open_camera(7, folder=tmp_path)

    assert f"(found: {tmp_path}/video0, {tmp_path}/video1)" in str(said.value)


def test_where_there_is_no_camera_at_all_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"\(found: none\)"):
        open_camera(0, folder=tmp_path)


def test_a_device_that_is_gone_when_it_is_opened_is_a_lost_connection(
    tmp_path: Path,
) -> None:
    with pytest.raises(DisconnectedError, match="not found"):
        CameraConnection(tmp_path / "video0", "mpegts", {})


def test_pictures_come_as_the_driver_gives_them(make_clip: MakeClip) -> None:
    camera = CameraConnection(make_clip("in.ts", frames=5), "mpegts", {})

    pictures = [picture for picture in camera.pictures() if picture is not None]
    camera.close()
    camera.close()

    assert len(pictures) == 5
    assert (camera.info.width, camera.info.height) == (64, 48)
    assert (camera.info.live, camera.info.decoder) == (True, "mpegts h264")


def test_a_camera_that_nobody_may_read_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "video3").touch()
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)

    with pytest.raises(SourceError, match="camera:3: this user may not read"):
        open_camera(3, folder=tmp_path)
