"""What `model` raises when it cannot do what was asked."""

import sys


class ModelError(Exception):
    """A model, its weights or its backend cannot be had; the message says which."""


class CancelledError(ModelError):
    """A picture was given up, since the run ends."""


class DeviceMemoryError(RuntimeError):
    """A device has too little memory for a picture; PyTorch has one of its own."""


def out_of_memory_errors() -> tuple[type[RuntimeError], ...]:
    """Returns what is raised for too little memory; PyTorch's too, if loaded."""
    torch = sys.modules.get("torch")
    return (
        (DeviceMemoryError,)
        if torch is None
        else (DeviceMemoryError, torch.OutOfMemoryError)
    )


def is_out_of_memory(error: RuntimeError) -> bool:
    """Returns whether a device failed because its memory is full, and for nothing else.

    Only PyTorch's own allocator says so by its class. CUDA itself, which makes graphs,
    page-locked memory and modules, and cuDNN say it in their messages.
    """
    text = str(error).lower()
    return "out of memory" in text or "cudnn_status_alloc_failed" in text


def lost_device(device: str, error: RuntimeError) -> ModelError:
    """Returns what to raise when a device fails: CUDA explains itself in ten lines."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return ModelError(f"The device {device} failed: {lines[0]}")
