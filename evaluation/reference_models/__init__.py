"""Parameter files of others that metrics need: read, checked, or fitted anew.

`parameters` knows each file by its hash, `files` reads those of NIQE, SSEQ and BRISQUE,
`pristine` fits NIQE's to other pictures. `lpips` runs LPIPS from an ONNX file, which
`lpips_export` makes of its authors' files by `lpips_graph`.
"""
