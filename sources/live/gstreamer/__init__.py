"""`gst:PIPELINE ! appsink`: the source, and the program that runs GStreamer."""
