import json
import os
import time
from functools import partial
from pathlib import Path

import pytest
import torch

from model import BackendBase, ModelError, PendingBase, RgbArray
from model.backends.autotune import (
    clock_for,
    fastest,
    hardware_name,
    machine_key,
    remembered,
)


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Done(PendingBase):
    def wait(self) -> None:
        """It is done already."""


class Rival(BackendBase):
    slots = 2

    def __init__(self, name: str, clock: Clock, seconds: float) -> None:
        self.backend = name
        self.clock = clock
        self.seconds = seconds
        self.closed = False

    def start(self, picture: RgbArray, out: RgbArray) -> Done:
        self.clock.seconds += self.seconds
        return Done()

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_the_faster_backend_is_chosen_and_both_are_closed() -> None:
    clock = Clock()
    slow, quick = Rival("slow", clock, 0.2), Rival("quick", clock, 0.1)

    chosen = fastest({"slow": lambda: slow, "quick": lambda: quick}, "k", now_s=clock)

    assert chosen == "quick"
    assert slow.closed
    assert quick.closed


def test_a_backend_that_cannot_run_is_named_with_its_reason(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = Clock()

    class Refused(Rival):
        def start(self, picture: RgbArray, out: RgbArray) -> Done:
            raise ModelError("too many blocks in cooperative launch")

    refused = Refused("whole", clock, 0.1)
    rivals = {"whole": lambda: refused, "plain": lambda: Rival("plain", clock, 0.2)}

    with caplog.at_level("INFO", "derain.autotune"):
        chosen = fastest(rivals, "k", now_s=clock)

    assert chosen == "plain"
    assert refused.closed
    reason = "whole is not measured: too many blocks in cooperative launch"
    assert reason in caplog.messages


def test_what_was_measured_is_remembered_until_something_changes() -> None:
    clock = Clock()
    opened: list[str] = []

    def opens(name: str, seconds: float) -> Rival:
        opened.append(name)
        return Rival(name, clock, seconds)

    rivals = {"a": lambda: opens("a", 0.1), "b": lambda: opens("b", 0.2)}
    for key in ("this machine", "this machine", "another"):
        assert fastest(rivals, key, now_s=clock) == "a"

    assert opened == ["a", "b", "a", "b"]


def test_a_choice_of_a_busy_machine_is_measured_again_once_it_is_quiet() -> None:
    clock, busy = Clock(), [True]
    seconds = {"a": 0.2, "b": 0.1}
    opened: list[str] = []

    def opens(name: str) -> Rival:
        opened.append(name)
        return Rival(name, clock, seconds[name])

    def chosen() -> str:
        rivals = {name: partial(opens, name) for name in seconds}
        key = f"streams, {machine_key('cpu')}"
        return fastest(rivals, key, now_s=clock, busy=lambda: busy[0])

    assert [chosen(), chosen()] == ["b", "b"]
    told = remembered("cpu")
    assert told == {"streams (measured while the machine was busy)": "b"}

    busy[0], seconds["b"] = False, 0.3
    assert [chosen(), chosen()] == ["a", "a"]
    assert remembered("cpu") == {"streams": "a"}
    busy[0] = True
    assert chosen() == "a"
    assert opened == ["a", "b"] * 2


def test_only_what_was_measured_on_this_machine_is_told() -> None:
    clock = Clock()
    rivals = {
        "1": lambda: Rival("1", clock, 0.2),
        "2": lambda: Rival("2", clock, 0.1),
    }
    fastest(rivals, f"streams, {machine_key('cpu')}", now_s=clock)
    fastest(rivals, "streams, another machine", now_s=clock)

    assert remembered("cpu") == {"streams": "2"}


def test_a_torn_memory_is_measured_anew(tmp_path: Path) -> None:
    (tmp_path / "derain").mkdir()
    (tmp_path / "derain" / "fastest.json").write_text("{", encoding="utf-8")
    clock = Clock()
    rivals = {
        "a": lambda: Rival("a", clock, 0.2),
        "b": lambda: Rival("b", clock, 0.1),
    }

    assert fastest(rivals, "k", now_s=clock) == "b"


def test_what_cannot_run_here_is_not_chosen() -> None:
    clock = Clock()

    def refuses() -> Rival:
        raise ModelError("not here")

    able = {"a": refuses, "b": lambda: Rival("b", clock, 9.0)}

    assert fastest(able, "k", now_s=clock) == "b"
    with pytest.raises(ModelError, match="not here"):
        fastest({"a": refuses, "c": refuses}, "k", now_s=clock)


def test_the_key_names_processor_and_versions() -> None:
    assert "openvino" in machine_key("cpu")


@pytest.mark.parametrize("changed", ["card", "driver", "cudnn"])
def test_what_was_measured_on_a_gpu_holds_for_its_card_driver_and_cudnn(
    changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = tmp_path / "version"
    driver.write_text("570.86\n")
    monkeypatch.setattr("model.backends.autotune._DRIVER", driver)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "H100")
    monkeypatch.setattr(torch.backends.cudnn, "version", lambda: 91002)
    before = machine_key("cuda:0")
    assert before.startswith("H100, driver 570.86, cudnn 91002, torch ")
    assert machine_key("cuda:0") == before

    if changed == "card":
        monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "A100")
    elif changed == "driver":
        driver.unlink()
    else:
        monkeypatch.setattr(torch.backends.cudnn, "version", lambda: 91100)

    assert machine_key("cuda:0") != before


def test_a_processor_without_a_name_is_known_by_maker_and_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "cpuinfo"
    each = "processor\t: {}\nCPU implementer\t: 0x41\nCPU part\t: 0xd40\n\n"
    told.write_text(each.format(0) + each.format(1))
    monkeypatch.setattr("model.backends.autotune._CPUINFO", told)

    assert hardware_name("cpu") == "0x41 0xd40"
    told.write_text("processor\t: 0\nmodel name\t: EPYC\n\nmodel name\t: other\n")
    assert hardware_name("cpu") == "EPYC"
    told.write_text("")
    assert hardware_name("cpu") == "unknown"


def test_it_says_once_that_it_measures(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    rivals = {name: lambda: Rival("one", clock, 0.1) for name in ("1", "2")}

    with caplog.at_level("INFO", "derain.autotune"):
        for _start in range(2):
            fastest(rivals, "streams of mspfn-lite, int8", now_s=clock)

    assert caplog.messages == [
        "measuring the fastest way on this machine, once (streams of mspfn-lite: 1, 2)"
    ]


def test_load_that_comes_and_goes_meets_all_rivals() -> None:
    clock = Clock()
    turns: list[str] = []

    class Loaded(Rival):
        def start(self, picture: RgbArray, out: RgbArray) -> Done:
            turns.append(self.backend)
            busy = 4 <= len(turns) <= 11  # as if the first one's time were spoilt
            self.clock.seconds += self.seconds * (10 if busy else 1)
            return Done()

    quick, slow = Loaded("quick", clock, 0.01), Loaded("slow", clock, 0.02)

    chosen = fastest({"quick": lambda: quick, "slow": lambda: slow}, "k", now_s=clock)

    assert chosen == "quick"
    assert turns[4:12] == ["quick", "quick", "slow", "slow"] * 2


def test_on_a_busy_processor_its_own_time_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (1e3, 0.0, 0.0))
    assert clock_for("cpu") is time.process_time
    assert clock_for("cuda:0") is time.perf_counter

    monkeypatch.setattr(os, "getloadavg", lambda: (0.1, 1e3, 1e3))
    assert clock_for("cpu") is time.perf_counter


def test_what_a_rival_finds_out_when_it_is_opened_is_kept_too() -> None:
    clock = Clock()

    def opened() -> Rival:
        fastest({"1": one, "2": one}, "streams", now_s=clock)
        return one()

    def one() -> Rival:
        return Rival("one", clock, 0.1)

    fastest({"a": opened, "b": one}, "backends", now_s=clock)
    before = clock.seconds
    fastest({"a": opened, "b": one}, "backends", now_s=clock)
    fastest({"1": one, "2": one}, "streams", now_s=clock)

    assert clock.seconds == before > 0


def test_two_that_measure_at_once_choose_alike(tmp_path: Path) -> None:
    clock = Clock()
    slow, quick = Rival("slow", clock, 0.2), Rival("quick", clock, 0.1)
    other = json.dumps({"slow, quick: k": "slow"})

    def another_chooses_meanwhile() -> Rival:
        (tmp_path / "derain").mkdir(exist_ok=True)
        (tmp_path / "derain" / "fastest.json").write_text(other)
        return quick

    rivals = {"slow": lambda: slow, "quick": another_chooses_meanwhile}
    chosen = fastest(rivals, "k", now_s=clock)

    assert chosen == "slow"
    assert (tmp_path / "derain" / "fastest.json").read_text() == other
