"""The authors' graph in TensorFlow's own operations, as a second reading of its facts.

Small enough for a test: any number of modules and units, random variables. Pixels are
BGR in [-1, 1], NHWC; the layout of every variable is the release's.
"""

import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import numpy as np
import tensorflow as tf


class AuthorsGraph:
    """Variables are made when first used, named as the graph names them."""

    def __init__(
        self, modules: int, units: dict[str, int], scope: str, block: str
    ) -> None:
        self.variables: dict[str, np.ndarray] = {}
        self._modules = modules
        self._units = units
        self._scope = scope
        self._block = block
        self._rng = np.random.default_rng(5)

    def save(self, prefix: Path) -> None:
        """Writes a checkpoint as TF1's Saver does, an optimiser's slots beside."""
        slots = {f"{name}/Adam": np.zeros_like(v) for name, v in self.variables.items()}
        everything = {**self.variables, **slots, "beta1_power": np.float32(0.9)}
        tf.raw_ops.SaveV2(
            prefix=str(prefix),
            tensor_names=list(everything),
            shape_and_slices=[""] * len(everything),
            tensors=list(everything.values()),
        )

    def _variable(self, name: str, shape: list[int], spread: float) -> np.ndarray:
        name = f"{self._scope}/{name}"
        if name not in self.variables:
            value = self._rng.normal(0, spread, shape).astype(np.float32)
            self.variables[name] = value
        return self.variables[name]

    def _weight(self, name: str, shape: list[int]) -> np.ndarray:
        return self._variable(name, shape, 1 / np.sqrt(9 * min(shape[2:])))

    def _prelu(self, name: str, x: tf.Tensor) -> tf.Tensor:
        alpha = self._variable(name, [x.shape[-1]], 0.3)
        return tf.nn.relu(x) + alpha * (x - tf.abs(x)) * 0.5

    def _turned(self, name: str, x: tf.Tensor, outputs: int) -> tf.Tensor:
        """A stride-1 transposed convolution, no activation."""
        w = self._weight(f"{name}/weight", [3, 3, outputs, x.shape[-1]])
        shape = [*x.shape[:3], outputs]
        return tf.nn.conv2d_transpose(x, w, shape, 1, "SAME")

    def _same(self, name: str, x: tf.Tensor, outputs: int) -> tf.Tensor:
        return self._prelu(f"{name}/alpha", self._turned(name, x, outputs))

    def _down(self, name: str, x: tf.Tensor) -> tf.Tensor:
        w = self._weight(f"{name}/weight", [3, 3, 64, 64])
        return self._prelu(f"{name}/alpha", tf.nn.conv2d(x, w, 2, "SAME"))

    def _up(self, name: str, x: tf.Tensor) -> tf.Tensor:
        b, h, width, c = x.shape
        w = self._weight(f"{name}/weight", [3, 3, 64, c])
        y = tf.nn.conv2d_transpose(x, w, [b, 2 * h, 2 * width, 64], 2, "SAME")
        return self._prelu(f"{name}/alpha", y)

    def _cell(self, name: str, x: tf.Tensor, state: int) -> tf.Tensor:
        """The full cell from a zero state: gates i, j, f, o and forget bias 1."""
        zero = tf.zeros([*x.shape[:3], state])
        name = f"{name}/convLSTM/LSTM_conv"
        w = self._weight(f"{name}/weights", [3, 3, x.shape[-1] + state, 4 * state])
        b = self._variable(f"{name}/biases", [4 * state], 0.1)
        gates = tf.nn.conv2d(tf.concat([x, zero], 3), w, 1, "SAME") + b
        i, j, f, o = tf.split(gates, 4, 3)
        memory = zero * tf.sigmoid(f + 1) + tf.sigmoid(i) * tf.tanh(j)
        return tf.tanh(memory) * tf.sigmoid(o)

    def _attention(self, name: str, x: tf.Tensor) -> tf.Tensor:
        def conv(part: str, x: tf.Tensor, side: int, outputs: int) -> tf.Tensor:
            shape = [side, side, x.shape[-1], outputs]
            w = self._weight(f"{name}/{part}/kernel", shape)
            b = self._variable(f"{name}/{part}/bias", [outputs], 0.1)
            return tf.nn.conv2d(x, w, 1, "SAME") + b

        y = self._prelu(f"{name}/conv2d/alpha", conv("conv2d", x, 3, 64))
        y = conv("conv2d_1", y, 3, 64)
        mean = tf.reduce_mean(y, [1, 2], keepdims=True)
        squeezed = conv("conv2d_2", mean, 1, 16)
        squeezed = self._prelu(f"{name}/conv2d_2/alpha", squeezed)
        return x + y * tf.sigmoid(conv("conv2d_3", squeezed, 1, 64))

    def _recurrent(self, scale: str, x: tf.Tensor, state: int) -> tf.Tensor:
        scope = "residual_memory"
        y = self._same(f"{scope}/rain{scale}_res1", x, 32)
        y = self._cell(f"{scope}/lstm_group{scale}", y, state)
        return self._same(f"{scope}/rain{scale}_res2", y, 64)

    def _u_block(self, scale: str, n: int, x: tf.Tensor) -> tf.Tensor:
        scope = f"{self._block}{scale}_{n}"
        down = y = self._down(f"{scope}/down{scale}_{n + 1}", x)
        for unit in range(self._units[scale]):
            y = self._attention(f"{scope}/group_{n + 1}_RCAB{unit + 1}", y)
        return self._up(f"{scope}/up_{n + 1}", tf.concat([down, y], 3))

    def _coarse(self, f: list[tf.Tensor]) -> list[tf.Tensor]:
        scope = "residual_memory"
        c4 = f[2] + self._recurrent("4", f[2], 64)
        a = self._up(f"{scope}/upRMM4_2", c4)
        c2 = f[1] + self._recurrent("2", f[1] + a, 128)
        b = self._up(f"{scope}/upRMM4_1", a)
        d = self._up(f"{scope}/upRMM2_1", c2)
        return [f[0] + self._recurrent("", f[0] + b + d, 256), c2, c4]

    def _fine(self, n: int, h: list[tf.Tensor]) -> list[tf.Tensor]:
        block = self._block
        h4 = h[2] + self._u_block("4", n, h[2])
        a = self._up(f"{block}2_{n}/up{block}4_2_{n}", h4)
        h2 = h[1] + self._u_block("2", n, h[1] + a)
        b = self._up(f"{block}_{n}/up{block}4to1_{n}", a)
        d = self._up(f"{block}_{n}/up{block}2to1_{n}", h2)
        return [h[0] + self._u_block("", n, h[0] + b + d), h2, h4]

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Returns the derained picture, NHWC as `x`."""
        scales = [tf.constant(x)]
        scales += [tf.nn.avg_pool2d(scales[0], k, k, "VALID") for k in (2, 4)]
        f = [self._same(f"rnn{n}", s, 64) for n, s in zip("124", scales, strict=True)]
        coarse = self._coarse(f)
        fine = coarse
        for n in range(self._modules):
            fine = self._fine(n, fine)
        join = [
            self._same(f"rnn_recon{s}", tf.concat([h, c], 3), 64)
            for s, h, c in zip(("", "2", "4"), fine, coarse, strict=True)
        ]
        half = tf.concat([self._up("up4_2", join[2]), join[1]], 3)
        full = tf.concat([join[0], self._up("up2_1", half)], 3)
        rain = self._turned("rnn7", self._same("rnn5", full, 32), 3)
        return (scales[0] - rain).numpy()
