"""What is compared on a set, each a row of the table.

`method` says what a row is, and is the rainy input itself; `network` is a network by
name or file, `memory` one that remembers a clip; `temporal` adds the temporal step;
`results_folder` is what another program has made; `streams` takes clips through them.
"""

from evaluation.methods.gated import GatedMethod, Remembered
from evaluation.methods.memory import MemoryMethod, has_memory
from evaluation.methods.method import InputBaseline, Method
from evaluation.methods.network import Network
from evaluation.methods.results_folder import ResultsFolder
from evaluation.methods.temporal import TemporalMethod

__all__ = [
    "GatedMethod",
    "InputBaseline",
    "MemoryMethod",
    "Method",
    "Network",
    "Remembered",
    "ResultsFolder",
    "TemporalMethod",
    "has_memory",
]
