"""OpenVINO's requests for pictures of one size, and the memory they work in."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import cv2
import numpy as np
import openvino as ov
from numpy.typing import NDArray

from model.backends.base import Pending, PendingBase
from model.errors import CancelledError, ModelError
from model.pictures.pixels import RgbArray


class Requests:
    """The requests for pictures of one size; any thread starts and waits."""

    def __init__(
        self,
        compiled: Any,
        count: int,
        size: tuple[int, int],
        padded: tuple[int, int],
        depth: int,
    ) -> None:
        """`compiled` is an `ov.CompiledModel` for pictures of `padded` size."""
        slots = [_Request(compiled, size, padded, depth) for _ in range(count)]
        self._free = slots
        self._all = tuple(slots)
        self._cancelled = False
        self._change = threading.Condition()

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        """Begins to fill `out`; blocks while all requests are under way."""
        with self._change:
            self._change.wait_for(lambda: self._free)
            request = self._free.pop()
        request.start(picture)
        return _OpenVinoPending(request, out, self._give_back, self._failed)

    def _failed(self, error: RuntimeError) -> ModelError:
        if self._cancelled:
            return CancelledError("A picture was given up.")
        return ModelError(f"OpenVINO failed: {error}")

    def _give_back(self, request: "_Request") -> None:
        with self._change:
            self._free.append(request)
            self._change.notify()

    def cancel(self) -> None:
        """Ends what is under way at its next layer: `wait` raises `CancelledError`."""
        self._cancelled = True
        for request in self._all:
            request.cancel()

    def finish(self) -> None:
        """Waits for what is under way."""
        for request in self._all:
            with suppress(RuntimeError):  # cancelled, or told to whoever waits for it
                request.wait()


class _Request:
    """One infer request between two padded pictures that it keeps."""

    def __init__(
        self, compiled: Any, size: tuple[int, int], padded: tuple[int, int], depth: int
    ) -> None:
        dtype = np.uint8 if depth == 8 else np.float32
        self.input: NDArray[Any] = np.zeros((1, *padded, 3), dtype)
        self.output: NDArray[Any] = np.zeros((1, *padded, 3), dtype)
        self._size = size
        self._border = (padded[0] - size[0], padded[1] - size[1])
        self._request = compiled.create_infer_request()
        self._request.set_input_tensor(ov.Tensor(self.input, shared_memory=True))
        self._request.set_output_tensor(ov.Tensor(self.output, shared_memory=True))

    def start(self, picture: RgbArray) -> None:
        below, right = self._border
        height, width = self._size
        np.copyto(self.input[0, :height, :width], picture)
        if below or right:
            cv2.copyMakeBorder(
                self.input[0, :height, :width],
                0,
                below,
                0,
                right,
                cv2.BORDER_REFLECT_101,
                dst=self.input[0],
            )
        self._request.start_async()

    def wait(self) -> None:
        self._request.wait()

    def cancel(self) -> None:
        self._request.cancel()

    def read(self, out: RgbArray) -> None:
        height, width = self._size
        np.copyto(out, self.output[0, :height, :width], casting="unsafe")


class _OpenVinoPending(PendingBase):
    """A request under way; `wait` copies its result out and gives it back."""

    def __init__(
        self,
        request: _Request,
        out: RgbArray,
        give_back: Callable[[_Request], None],
        failed: Callable[[RuntimeError], ModelError],
    ) -> None:
        self._request, self._out = request, out
        self._give_back, self._failed = give_back, failed

    def wait(self) -> None:
        """Returns when the output is filled; raises what went wrong."""
        try:
            self._request.wait()
            self._request.read(self._out)
        except RuntimeError as error:
            raise self._failed(error) from error
        finally:
            self._give_back(self._request)
