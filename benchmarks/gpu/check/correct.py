"""Whether the backend is right here: kernels, fidelity, pictures together."""

from collections import deque
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from typing import Any, cast

import numpy as np
import torch

from benchmarks.gpu.findings import Findings
from benchmarks.gpu.subject import (
    DEFAULT,
    DTYPES,
    NV12,
    Found,
    Subject,
    network_of,
    network_room,
    put,
    shipped,
    some_planes,
)
from model import build_network
from model.backends.cuda.reference_kernels import ReferenceKernels
from model.backends.triton.backend import TritonBackend
from model.backends.triton.forms import DEFAULT as TRITON
from model.backends.triton.forms import FORMS, forms_for
from model.backends.triton.planning.pack import pack
from model.backends.triton.planning.plan import FusedNetwork
from model.mspfn.network import MSPFN
from model.mspfn.variants import variant_named
from model.pictures.planes import PlaneForm

_COLOURS = {
    f"matrix {matrix}, {'full' if full else 'limited'}, {depth} bit, place {place}": (
        PlaneForm(matrix=matrix, full_range=full, depth=depth, chroma_location=place)
    )
    for matrix, full in ((1, False), (5, True), (9, False))
    for depth in (8, 10)
    for place in (0, 2, 3)
}
_SIZE = (66, 50)
_SMALL = replace(
    variant_named("mspfn-lite"),
    name="small",
    modules=1,
    width=16,
    head=16,
    recurrent=(16, 16, 16),
    recurrent_inputs=(16, 16, 16),
)
"""All kinds of parts, in little, for Triton's interpreter."""


def machine(on: Subject, found: Findings) -> None:
    """What is here: the card, its driver, and what the program finds by trying.

    Raises:
        SystemExit: There is no GPU, and this is no dry run.
    """
    versions = {"torch": torch.__version__, "cupy": find_spec("cupy") is not None}
    found.note("versions", {**versions, "triton": find_spec("triton") is not None})
    if torch.cuda.is_available():
        found.take("gpu", _card)
    elif not on.dry:
        raise SystemExit("PyTorch sees no CUDA device; --dry runs without one.")
    found.take("doctor", _doctor)


def _card() -> Found:
    return {
        "name": torch.cuda.get_device_name(0),
        "capability": torch.cuda.get_device_capability(0),
        "memory_gib": round(torch.cuda.mem_get_info()[1] / 2**30, 1),
        "cuda": torch.version.cuda,
    }


def _doctor() -> Found:
    from streamer.cli.doctor.checks import examine

    return {
        f"{one.group} {one.name}": one.detail if one.works else f"no: {one.detail}"
        for one in examine()
        if "nv" in one.name.lower() or "cuda" in one.name
    }


def correct(on: Subject, found: Findings) -> None:
    """Kernels against their definition, the network against PyTorch, and in flight."""
    found.take("kernels equal to the definition", partial(_kernels_agree, on))
    for model in shipped()[:1]:
        _fidelity(on, found, model)
    if not on.dry:
        for precision in ("fp16", "bf16"):
            name = f"{DEFAULT} {precision}, triton, dB to PyTorch in fp32"
            work = partial(_psnr, on, DEFAULT, precision, _picture(on), engine="triton")
            found.take(name, work)
    found.take("together as alone", partial(_together, on))
    found.take("colours as graphs", partial(_together, on, colour_graphs=True))
    if on.dry:
        found.take("forms of triton, interpreted", _interpreted_forms)
    else:
        for name in forms_for(torch.cuda.get_device_capability()):
            found.take(f"{name} as triton", partial(_form_agrees, on, name))
    for model in shipped()[1:]:
        _fidelity(on, found, model)


def _kernels_agree(on: Subject) -> Found:
    run, twin, different = on.kernels(), ReferenceKernels(), []
    for name, form in _COLOURS.items():
        for precision in on.precisions:
            planes = some_planes(_SIZE, depth=form.depth)
            x = network_room(_SIZE, 8, DTYPES[precision], on.device)[0]
            expected = x.cpu()
            run.planes_to_network(put(planes, on.device), form, x)
            twin.planes_to_network(planes, form, expected)
            if not torch.equal(x.cpu(), expected):
                different.append(f"{name}, {precision}")
    return {"compared": len(_COLOURS) * len(on.precisions), "different": different}


def _fidelity(on: Subject, found: Findings, model: str) -> None:
    picture = _picture(on)
    for precision in on.precisions:
        name = f"{model} {precision}, dB to PyTorch in fp32"
        found.take(name, partial(_psnr, on, model, precision, picture))


def _picture(on: Subject) -> "np.ndarray[Any, Any]":
    width, height = on.usual
    rng = np.random.default_rng(0)
    coarse = rng.integers(30, 220, (height // 8 + 1, width // 8 + 1, 3))
    picture = np.kron(coarse, np.ones((8, 8, 1)))[:height, :width]
    return np.ascontiguousarray(picture.astype(np.uint8))


@torch.inference_mode()
def _psnr(
    on: Subject,
    model: str,
    precision: str,
    picture: "np.ndarray[Any, Any]",
    *,
    engine: str = "cuda",
) -> float:
    network = network_of(model).to(on.device)
    x = torch.from_numpy(picture).to(on.device).permute(2, 0, 1)[None].float() / 255
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        truth = (network(x).clamp(0, 1) * 255)[0].permute(1, 2, 0).cpu().numpy()
    out = np.empty_like(picture)
    backend = on.backend(model, precision, engine=engine)
    backend.start(picture, out).wait()
    backend.close()
    error = float(((out - truth.round()) ** 2).mean())
    return round(10 * float(np.log10(255**2 / max(error, 1e-9))), 2)


def _form_agrees(on: Subject, name: str) -> str:
    """Holds a form of the Triton kernels to the default one; raises if it differs."""
    backend = on.backend(engine=name)
    try:
        if isinstance(backend, TritonBackend):
            backend.check((360, 640))
    finally:
        backend.close()
    return "bit for bit"


@torch.inference_mode()
def _interpreted_forms() -> Found:
    """Holds each form that needs no streams to the default one, in little."""
    if find_spec("triton") is None:
        return {"left out": "the package triton is not installed"}
    from model.backends.triton.kernels.start import run

    torch.manual_seed(0)
    network, multiple = cast(MSPFN, build_network(_SMALL)).eval(), _SMALL.multiple
    packed, picture = pack(network, torch.float16), torch.rand(1, 3, 16, 16).half()
    expected = FusedNetwork(packed, multiple, run)(picture)
    others = {name: form for name, form in FORMS.items() if form.order != "lanes"}
    return {
        name: torch.equal(FusedNetwork(packed, multiple, run, form)(picture), expected)
        for name, form in others.items()
        if form != FORMS[TRITON]
    }


def _together(on: Subject, *, colour_graphs: bool = False) -> Found:
    """Pictures of two sizes under way together, against the same one by one."""
    backend, count = on.backend(), 4 if on.dry else 24
    sizes = (on.usual, (on.usual[0] // 2, on.usual[1] // 2))
    shown = [some_planes(sizes[n % 2], n) for n in range(count)]
    alone = [some_planes(sizes[n % 2], 98) for n in range(count)]
    together = [some_planes(sizes[n % 2], 99) for n in range(count)]
    for planes, out in zip(shown, alone, strict=True):
        backend.start_planes(planes, NV12, out, NV12).wait()
    backend.colour_graphs = colour_graphs
    flying: deque[Any] = deque()
    for planes, out in zip(shown, together, strict=True):
        if len(flying) == backend.slots:
            flying.popleft().wait()
        flying.append(backend.start_planes(planes, NV12, out, NV12))
    for pending in flying:
        pending.wait()
    backend.close()
    different = sum(
        not all(
            np.array_equal(getattr(a, part), getattr(b, part))
            for part in ("luma", "cb", "cr")
        )
        for a, b in zip(alone, together, strict=True)
    )
    return {"pictures": count, "different": different}
