"""Files: videos of every kind that FFmpeg reads, and pictures."""
