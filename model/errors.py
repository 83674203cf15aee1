"""What `model` raises when it cannot do what was asked."""


class ModelError(Exception):
    """A model, its weights or its backend cannot be had; the message says which."""


def lost_device(device: str, fault: RuntimeError) -> ModelError:
    """Returns what to raise when a device fails: CUDA explains itself in ten lines."""
    lines = str(fault).strip().splitlines() or [type(fault).__name__]
    return ModelError(f"The device {device} failed: {lines[0]}")
