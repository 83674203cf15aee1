"""Files: containers, what is copied beside the video, writers that cannot stall."""
