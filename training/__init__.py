"""Training: rain made on the fly, losses, and a run that can be cut at will.

`run` drives one from its `settings` to its weights; `loop` takes the steps, with the
`networks` and `losses` of the settings; `device/` makes them cheaper on a GPU. `data`
draws what a step learns from, `rain` makes rain for it, `validation` measures,
`progress/` says how far it is. `calibration` finds the int8 steps of trained weights,
`fusion/` trains what the temporal step goes by.
"""

from training.errors import TrainingError
from training.run import train
from training.settings import TrainSettings, load_settings

__all__ = ["TrainSettings", "TrainingError", "load_settings", "train"]
