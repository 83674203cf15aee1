"""Which device a user means, and which are here: the processor, and GPUs of two makers.

PyTorch and OpenVINO are asked only for what they run: to load them takes seconds.
"""

import ctypes

from model.errors import ModelError


def device_named(asked: str) -> str:
    """Returns `cpu`, `cuda:N` or `intel:N` for what a user calls a device.

    `auto` takes no Intel GPU: what OpenVINO makes of one is untried.

    Raises:
        ModelError: There is no such device.
    """
    if asked.partition(":")[0] == "intel":
        from model.backends.openvino import devices

        return devices.device_named(asked)
    if asked == "cpu" or (asked == "auto" and not _has_cuda_driver()):
        return "cpu"
    import torch

    able = torch.cuda.is_available()
    if asked == "auto":
        return "cuda:0" if able else "cpu"
    if asked.partition(":")[0] != "cuda":
        raise ModelError(
            "Expected device auto, cpu, cuda, cuda:N, intel or intel:N; got "
            f"{asked!r}. There are {', '.join(devices_here())}."
        )
    if not able:
        raise ModelError(
            f"Device {asked!r} was asked for; PyTorch sees no CUDA device."
        )
    index = int(asked.partition(":")[2] or 0)
    if index >= torch.cuda.device_count():
        raise ModelError(
            f"Device {asked!r} was asked for; there are {torch.cuda.device_count()}."
        )
    return f"cuda:{index}"


def devices_here() -> list[str]:
    """Returns the devices that networks can be asked to run on."""
    from model.backends.openvino import devices

    cards = 0
    if _has_cuda_driver():
        import torch

        cards = torch.cuda.device_count()
    intel = len(devices.intel_gpus())
    return [
        "cpu",
        *(f"cuda:{n}" for n in range(cards)),
        *(f"intel:{n}" for n in range(intel)),
    ]


def _has_cuda_driver() -> bool:
    """Whether there is something to ask PyTorch about: to load it takes seconds."""
    for name in ("libcuda.so.1", "nvcuda.dll"):
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False
