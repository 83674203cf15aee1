"""`derain evaluate`: on sets and real rain, and by detectors and segmenters."""
