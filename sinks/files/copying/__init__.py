"""Audio, subtitles, data and covers of a source file, copied beside new pictures."""
