"""Networks of others that look at pictures: detectors and segmenters, run as they are.

ONNX files run by OpenVINO, or by onnxruntime where that is asked for; darknet's own
files by a small reader. Nothing is downloaded.
"""
