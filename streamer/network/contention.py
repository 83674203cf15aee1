"""Whether others kept the processor busy for a time, by the kernel's counts of it.

The load that `uptime` shows counts this program's own threads too: a run whose network
is too slow for its source is a load by itself.
"""

import os
from dataclasses import dataclass
from pathlib import Path

_STAT = Path("/proc/stat")
_TICKS = os.sysconf("SC_CLK_TCK")
_OTHERS = 0.25
"""Of all cores: what others take then is felt, where hardly anything is left."""
_LEFT = 0.1
"""Of all cores: with more at rest than this nobody waits for one."""


@dataclass(frozen=True, slots=True)
class ProcessorTimes:
    """Seconds of all cores since some moment, together."""

    all_s: float
    idle_s: float
    own_s: float
    """Of this process and its children that have ended."""

    def contended_since(self, before: "ProcessorTimes") -> bool:
        """Returns whether others left too little to this process since `before`."""
        every = self.all_s - before.all_s
        idle = self.idle_s - before.idle_s
        others = every - idle - (self.own_s - before.own_s)
        return others > _OTHERS * every and idle < _LEFT * every


def processor_times(stat: Path = _STAT) -> ProcessorTimes:
    """Returns how the time of the cores was spent so far.

    Args:
        stat: The kernel's counts, `proc_stat(5)`: user, nice, system, idle, iowait,
            irq, softirq and steal, in ticks.
    """
    with stat.open(encoding="ascii") as lines:
        spent = [int(ticks) / _TICKS for ticks in next(lines).split()[1:9]]
    return ProcessorTimes(sum(spent), spent[3] + spent[4], sum(os.times()[:4]))
