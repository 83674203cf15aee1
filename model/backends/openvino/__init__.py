"""The backend for CPUs: graph, int8 and asynchronous requests of OpenVINO."""
