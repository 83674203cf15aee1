"""Media files as containers: opened with PyAV, and read where FFmpeg says nothing."""
