"""A program of its own: an RTSP server for many viewers, on the system's Python.

`program` is what is started. `mount` is what one path shows, `viewers` who looks and
who has stopped reading, `access` who may. Nothing of ours is imported: each imports
what lies beside it by its bare name.
"""
