from typing import Any, cast

import torch

from training.rain.sampling import generator_after, host_generator


class OnGpu:
    """A generator of a GPU: what it has drawn may not be looked at."""

    device = torch.device("meta")

    def __init__(self, offset: int = 0) -> None:
        self.offset = offset

    def get_state(self) -> torch.Tensor:
        return torch.tensor([3, self.offset], dtype=torch.int64).view(torch.uint8)


def numbers(generator: torch.Generator) -> list[float]:
    return torch.rand(4, generator=generator).tolist()


def test_draws_of_the_host_follow_from_the_state_and_from_nothing_else() -> None:
    here, later = OnGpu(0).get_state(), OnGpu(4).get_state()

    assert numbers(generator_after(here)) == numbers(generator_after(here))
    assert numbers(generator_after(here)) != numbers(generator_after(later))


def test_a_gpu_is_asked_for_its_state_alone_and_moved_on(monkeypatch: Any) -> None:
    generator = OnGpu()

    def rand(count: int, **_: Any) -> None:
        generator.offset += 4 * count

    with monkeypatch.context() as patched:
        patched.setattr(torch, "rand", rand)
        first = host_generator(cast(torch.Generator, generator))
        second = host_generator(cast(torch.Generator, generator))

    assert numbers(first) != numbers(second)


def test_on_the_cpu_each_call_gives_another_generator() -> None:
    generator = torch.Generator().manual_seed(1)

    assert numbers(host_generator(generator)) != numbers(host_generator(generator))
