"""Training: rain made on the fly, losses, and the loop."""

from training.errors import TrainingError
from training.run import train
from training.settings import TrainSettings, load_settings

__all__ = ["TrainSettings", "TrainingError", "load_settings", "train"]
