"""The program: channel, scheduler, pipeline, settings and the command line."""
