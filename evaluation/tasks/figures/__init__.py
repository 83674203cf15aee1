"""Scores what judges say by what people marked: arrays in, figures out, no files."""
