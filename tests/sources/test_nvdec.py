import ctypes
from pathlib import Path
from typing import Any

import pytest

from sources import nvdec
from sources.nvdec import GpuDecoding, accelerator, no_decoder, shared_context, trial


class Driver:
    """Stands for libcuda: notes what is called, and fails where it is told to."""

    def __init__(self, fails: str = "") -> None:
        self.calls: list[str] = []
        self._fails = fails

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any) -> int:
            self.calls.append(name)
            return 201 if name == self._fails else 0

        return call


def with_driver(monkeypatch: pytest.MonkeyPatch, driver: Driver, *names: str) -> None:
    """Lets libraries of these names be found, and no other."""

    def load(name: str) -> Driver:
        if name not in names:
            raise OSError(name)
        return driver

    monkeypatch.setattr(ctypes, "CDLL", load)


def test_ffmpeg_is_told_to_take_the_current_context_and_not_the_primary_one() -> None:
    asked = accelerator(GpuDecoding(device=1, stay=True), stay=True)

    assert (asked.options["current_ctx"], asked.options["primary_ctx"]) == ("1", "0")
    assert asked.is_hw_owned


def test_pytorchs_context_is_current_only_while_a_file_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    driver = Driver()
    with_driver(monkeypatch, driver, "libcuda.so.1")

    def fails_to_open() -> None:
        with shared_context(0):
            assert driver.calls[-1] == "cuCtxPushCurrent_v2"
            raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - what comes through is the point
        fails_to_open()

    assert driver.calls[-1] == "cuCtxPopCurrent_v2"
    assert driver.calls.count("cuCtxPopCurrent_v2") == 1


def test_a_driver_that_refuses_is_a_reason_to_decode_on_the_cpu(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    driver = Driver(fails="cuDeviceGet")
    with_driver(monkeypatch, driver, "libcuda.so.1", "libnvcuvid.so.1")

    reason, _ = trial(tmp_path / "clip.mp4", GpuDecoding(device=9, stay=True))

    assert reason == "cuDeviceGet of the NVIDIA driver failed with error 201"
    assert "cuCtxPushCurrent_v2" not in driver.calls


def test_a_driver_without_its_decoder_is_told_from_no_driver(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_driver(monkeypatch, Driver(), "libcuda.so.1")
    assert "without its decoder" in no_decoder()

    with_driver(monkeypatch, Driver())
    assert no_decoder() == nvdec.no_driver() != ""
