"""The network's forward pass as a list of launches, for pictures of any size.

Every step takes and gives tensors [pictures, height, width, channels]. Scales count
from 0, full, to the coarsest. A coarser scale never reads a finer one, so the modules
may be gone through one by one, all scales of each, or scale by scale, all modules of
each: what is computed is the same, bit for bit.
"""

from collections.abc import Iterator

from torch import Tensor

from model.backends.triton.forms import Form
from model.backends.triton.planning.lanes import Lanes, OneLane, StreamLanes
from model.backends.triton.planning.launches import Launcher
from model.backends.triton.planning.pack import Climbs, PackedFine, PackedNetwork
from model.backends.triton.planning.persistent import PersistentBlocks
from model.backends.triton.planning.steps import Steps
from model.mspfn.network import pad_to_multiple


class FusedNetwork:
    """A packed network that is called as the PyTorch module is."""

    def __init__(
        self,
        packed: PackedNetwork,
        multiple: int,
        launch: Launcher,
        form: Form | None = None,
        *,
        programs: int = 1,
        lanes: Lanes | None = None,
    ) -> None:
        """Launches nothing yet.

        Args:
            packed: The weights, on the device.
            multiple: Of which the network wants height and width.
            launch: Starts a kernel, or notes it.
            form: How the launches are arranged; None for the default.
            programs: For `PersistentBlocks`, where the form has some.
            lanes: For the order of that name; None for CUDA streams.
        """
        self._packed, self._multiple = packed, multiple
        self._form, self._launch, self._programs = form or Form(), launch, programs
        self._steps = Steps(launch, boxed=self._form.boxed)
        given = lanes or StreamLanes()
        self._lanes: Lanes = given if self._form.order == "lanes" else OneLane()

    def __call__(self, picture: Tensor) -> Tensor:
        """Returns the pictures without their rain, [batch, 3, height, width].

        RGB in [0, 1] in the packed weights' type, any height and width from 16.
        """
        height, width = picture.shape[2:]
        padded = pad_to_multiple(picture, self._multiple)
        made = self._derained(padded.permute(0, 2, 3, 1).contiguous())
        return made.permute(0, 3, 1, 2)[:, :, :height, :width]

    def _derained(self, picture: Tensor) -> Tensor:
        packed, do = self._packed, self._steps
        scales = [picture]
        while len(scales) < len(packed.initial):
            scales.append(do.halve(scales[-1]))
        pairs = zip(packed.initial, scales, strict=True)
        features = [do.convolve(conv, x) for conv, x in pairs]
        coarse = self._coarse(features)
        fine = self._fine(coarse)
        return self._subtracted(fine, coarse, picture)

    def _coarse(self, features: list[Tensor]) -> list[Tensor]:
        part, do = self._packed.coarse, self._steps
        if part is None:
            return features
        climb = _Climber(do, len(features))
        made = list(features)
        for scale in reversed(range(len(features))):
            before, gates, after = part.units[scale]
            seen = climb.seen(part.climbs, scale, features[scale])
            inner = do.gate(gates, do.convolve(before, seen))
            made[scale] = do.convolve(after, inner, add_to=features[scale])
            climb.found(scale, made[scale])
        return made

    def _fine(self, features: list[Tensor]) -> list[Tensor]:
        modules, do, lanes = self._packed.fine, self._steps, self._lanes
        climbs = [_Climber(do, len(features)) for _ in modules]
        now = list(features)
        count = len(modules) * self._form.persistent
        whole = PersistentBlocks(self._launch, self._programs, now[0], count)
        held: list[Tensor] = []  # what one lane reads of another, until all are done
        for scale in range(1, len(features)):
            lanes.wait(scale, 0)
        for number, scale in self._turns(len(modules), len(features)):
            module, climb = modules[number], climbs[number]
            if scale + 1 < len(features):
                lanes.wait(scale, scale + 1)
            with lanes.on(scale):
                now[scale] = self._refined(module, climb, whole, scale, now[scale])
            climb.found(scale, now[scale])
            if self._form.order == "lanes":
                held += climb.raised
        for scale in range(1, len(features)):
            lanes.wait(0, scale)
        del held
        return now

    def _turns(self, modules: int, scales: int) -> Iterator[tuple[int, int]]:
        if self._form.order != "scales":
            return ((m, s) for m in range(modules) for s in reversed(range(scales)))
        return ((m, s) for s in reversed(range(scales)) for m in range(modules))

    def _refined(
        self,
        module: PackedFine,
        climb: "_Climber",
        whole: PersistentBlocks,
        scale: int,
        features: Tensor,
    ) -> Tensor:
        if scale + self._form.persistent >= len(self._packed.initial):
            return climb.whole(module, whole, scale, features)
        seen = climb.seen(module.climbs, scale, features)
        return self._steps.block(module.blocks[scale], seen, features)

    def _subtracted(
        self, fine: list[Tensor], coarse: list[Tensor], picture: Tensor
    ) -> Tensor:
        packed, do = self._packed, self._steps
        triples = zip(packed.join, fine, coarse, strict=True)
        joined = [do.convolve(conv, f, c) for conv, f, c in triples]
        x: Tensor | None = None  # from here up: what is coarser, doubled
        for scale in reversed(range(len(packed.up))):
            x = do.upsample(packed.up[scale], joined[scale + 1], x)[0]
        last = do.convolve(packed.head, joined[0], x)
        return do.convolve(packed.rain, last, add_to=picture, sign=-1)


class _Climber:
    """Brings what coarser scales of one module have found up to a finer one."""

    def __init__(self, steps: Steps, scales: int) -> None:
        self._steps, self._scales = steps, scales
        self._raised: dict[int, Tensor] = {}

    @property
    def raised(self) -> list[Tensor]:
        """What finer scales read next."""
        return list(self._raised.values())

    def found(self, scale: int, features: Tensor) -> None:
        """Takes what the module made of a scale."""
        self._raised[scale] = features

    def whole(
        self, module: PackedFine, blocks: PersistentBlocks, scale: int, features: Tensor
    ) -> Tensor:
        """Returns what a module makes of a coarse scale, by one launch."""
        block, source = module.blocks[scale], scale + 1
        if source == self._scales:
            return blocks.block(block, features)
        up, found = module.climbs[source, scale], self._raised[source]
        made, self._raised[source] = blocks.climbed(block, features, up, found)
        return made

    def seen(self, climbs: Climbs, scale: int, features: Tensor) -> Tensor:
        """Returns the features of a scale with what all coarser ones found.

        Each goes up from the scale below, where it was raised to before; its plain
        form is kept only where a finer scale goes on from it.
        """
        sources = tuple(reversed(range(scale + 1, self._scales)))
        if scale == 0 and len(sources) == 2:  # nothing goes on from here
            first, second = sources
            return self._steps.climb(
                (climbs[first, 0], climbs[second, 0]),
                (self._raised[first], self._raised[second]),
                features,
            )
        for source in sources:
            features, self._raised[source] = self._steps.upsample(
                climbs[source, scale],
                self._raised[source],
                add_to=features,
                raw=scale > 0,
            )
        return features
