"""What is measured of one picture.

`measure` is one column of the table, `catalogue` names all, `picture` makes figures.
"""

from evaluation.measures.catalogue import MEASURES, measures_for
from evaluation.measures.measure import Measure
from evaluation.measures.picture import Views, measure_picture

__all__ = ["MEASURES", "Measure", "Views", "measure_picture", "measures_for"]
