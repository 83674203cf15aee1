"""Picture files: found by name, read as RGB; EXIF, profile and XMP beside them."""
