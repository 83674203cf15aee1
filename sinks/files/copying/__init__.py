"""Audio, subtitles, data and covers of a source file, copied beside new pictures.

`stream_copy` copies the streams of a file, `piped_copy` those of a pipe, `excerpt`
those beside a stretch. `source_stream` and `trial` find out what the container can
hold, `first_packets` when each begins. `adts`, `cues` and `subtitles` rewrite what it
cannot hold as it is; `discontinuities` moves times, `tags` chooses tags.
"""
