"""What is compared on a set, each a row of the table.

`method` says what a row is, and is the rainy input itself; `network` is a network by
name or file; `temporal` adds the temporal step; `streams` takes clips through them.
"""

from evaluation.methods.method import InputBaseline, Method
from evaluation.methods.network import Network
from evaluation.methods.temporal import TemporalMethod

__all__ = ["InputBaseline", "Method", "Network", "TemporalMethod"]
