"""Media files as containers: opened with PyAV, and read where FFmpeg says nothing.

`media` opens any of them, `video` its best video stream; `inventory` lists all that is
inside, `tags` makes its texts readable. `damage` and `lengths` are about files that are
broken or cut short, `arriving` about those that are read only once; `ffmpeg_log` hears
what FFmpeg says of any. `parsers/` reads bytes.
"""
