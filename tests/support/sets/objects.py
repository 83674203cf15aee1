"""Objects of a picture, and what a detector found, written down in a line."""

import numpy as np

from evaluation.tasks.figures.matching import Found, Truth


def truth(*objects: tuple[int, list[float]], ignore: tuple[int, ...] = ()) -> Truth:
    """Gives the truth of a picture: class and box of each, `ignore`d by place."""
    return Truth(
        boxes=np.array([box for _, box in objects], float).reshape(-1, 4),
        classes=np.array([kind for kind, _ in objects], np.int64),
        ignore=np.array([place in ignore for place in range(len(objects))], bool),
    )


def found(*detections: tuple[float, int, list[float]]) -> Found:
    """Gives detections: score, class and box of each."""
    return Found(
        boxes=np.array([box for *_, box in detections], float).reshape(-1, 4),
        scores=np.array([score for score, *_ in detections], float),
        classes=np.array([kind for _, kind, _ in detections], np.int64),
    )
