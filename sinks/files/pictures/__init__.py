"""What goes into a picture file beside its pixels."""
