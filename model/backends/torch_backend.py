"""The reference backend: the network in PyTorch, on the CPU or a CUDA device."""

import numpy as np
import torch
from torch import nn

from model.backends.base import BackendBase, FuturePending, Pending
from model.cores import ThreadLayout, cores
from model.errors import lost_device
from model.long_calls import LongCalls
from model.pictures.pixels import RgbArray

_DTYPES = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}


class TorchBackend(BackendBase):
    """Runs one picture at a time, in a thread of its own."""

    backend = "torch"
    slots = 2

    def __init__(
        self, network: nn.Module, *, device: str, precision: str, threads: int = 0
    ) -> None:
        """Takes the network for itself.

        Args:
            network: With its weights, in evaluation mode.
            device: `cpu` or `cuda:N`.
            precision: `fp32`, `fp16` or `bf16`.
            threads: Of the processor; 0: one on each core.
        """
        if device == "cpu":
            wanted = threads or min(cores(), torch.get_num_threads())
            if wanted != torch.get_num_threads():
                torch.set_num_threads(wanted)
            self.layout = ThreadLayout(1, torch.get_num_threads())
        self.device = device
        self.precision = precision
        self._dtype = _DTYPES[precision]
        self._device = torch.device(device)
        self._network = network.to(self._device, self._dtype)
        self._network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # the stub of Module.to lacks it
        self._thread = LongCalls("derain-torch")

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        """Begins to fill `out`."""
        return FuturePending(self._thread.submit(self._run, picture, out))

    def _run(self, picture: RgbArray, out: RgbArray) -> None:
        try:
            self._derain(picture, out)
        except torch.OutOfMemoryError:
            raise
        except torch.AcceleratorError as error:
            raise lost_device(self.device, error) from error

    @torch.inference_mode()
    def _derain(self, picture: RgbArray, out: RgbArray) -> None:
        peak = np.iinfo(picture.dtype).max
        # PyTorch computes little in uint16: 16-bit pictures travel as int32.
        wide = picture if picture.dtype == np.uint8 else picture.astype(np.int32)
        x = torch.from_numpy(wide).to(self._device)[None].permute(0, 3, 1, 2)
        # Height and width are last in memory order: the layout stays channels-last.
        light = (x.float() / peak).to(self._dtype)  # 65535 itself is inf in float16
        derained = self._network(light).float()
        levels = (derained * peak).round_().clamp_(0, peak)
        np.copyto(out, levels[0].permute(1, 2, 0).cpu().numpy(), casting="unsafe")

    def cancel(self) -> None:
        """Leaves the picture under way behind, or what is compiled for its size."""
        self._thread.leave()

    def close(self) -> None:
        """Waits for what is under way and ends the thread; may be called twice."""
        self._thread.close()
