"""How much memory a picture may take, on a machine and in a container."""

from pathlib import Path

from model.backends.memory import free_memory, give_back_memory


def test_free_memory_is_what_system_and_container_leave(tmp_path: Path) -> None:
    system = tmp_path / "meminfo"
    system.write_text("MemTotal: 4000 kB\nMemAvailable:    1000 kB\n")
    group = tmp_path / "group"
    group.mkdir()

    assert free_memory(tmp_path / "none", group) > 1 << 60
    assert free_memory(system, group) == 0.9 * 1000 * 1024

    (group / "memory.max").write_text("max\n")
    (group / "memory.current").write_text("900000\n")
    assert free_memory(system, group) == 0.9 * 1000 * 1024

    (group / "memory.max").write_text("1000000\n")
    assert free_memory(system, group) == 0.9 * 100_000

    (group / "memory.stat").write_text("active_file 7\ninactive_file 50000\n")
    assert free_memory(system, group) == 0.9 * 150_000


def test_this_machine_says_how_much_is_free() -> None:
    assert 0 < free_memory() < 1 << 60


def test_freed_blocks_may_be_given_back_at_any_time() -> None:
    give_back_memory()
    give_back_memory()
