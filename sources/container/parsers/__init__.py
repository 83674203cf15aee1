"""Read byte by byte, where FFmpeg hands nothing on.

Matroska: `ebml` has its elements, `early_blocks` the times before zero. MP4 and MOV:
`mp4_boxes`. Inside packets: `nal_units` of H.264 and H.265, `hevc` for lost pictures.
"""
