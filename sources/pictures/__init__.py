"""Picture files: found by name, read as RGB; EXIF, profile and XMP beside them.

`files` finds and reads pictures, `libtiff` the TIFF files that need it, `alpha` is
their transparency. `metadata` is what they carry beside pixels, read from `jpeg`,
`png`, `tiff` and `tiff_tags` as `parts`; `notes` says what is left out.
"""
