"""Which of OpenVINO's kernels a graph's convolutions run by.

The CPU plugin reads a preference from a node's runtime information. Python cannot make
that attribute; a graph's file can hold it.
"""

import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

import openvino as ov

_ATTRIBUTE = {"name": "primitives_priority", "version": "0", "value": "cpu:jit_avx512"}
"""What cannot run by these kernels runs by those OpenVINO would have taken."""


def by_vector_kernels(model: ov.Model) -> ov.Model:
    """Returns the graph with the kernels of AVX-512's vectors for its convolutions."""
    with tempfile.TemporaryDirectory(prefix="derain-") as folder:
        path = Path(folder) / "graph.xml"
        ov.save_model(model, path, compress_to_fp16=False)
        tree = ET.parse(path)  # noqa: S314 - written above
        for layer in tree.getroot().iter("layer"):
            if layer.get("type") == "Convolution":
                ET.SubElement(_information(layer), "attribute", _ATTRIBUTE)
        tree.write(path)
        # Bytes, for a graph that was read from files may hold on to them.
        weights = path.with_suffix(".bin").read_bytes()
        return ov.Core().read_model(path.read_bytes(), weights)


def _information(layer: ET.Element) -> ET.Element:
    found = layer.find("rt_info")
    if found is None:
        found = ET.Element("rt_info")
        layer.insert(1, found)  # after `data`
    return found
