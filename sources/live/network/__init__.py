"""One connection to a stream in the network, through FFmpeg: RTSP, HTTP, HLS, RTMP.

`opening` opens it, and `login_check` says why a login was refused; `connection` reads
it, `nvdec` lets an NVIDIA GPU decode it, `audio` passes audio on undecoded.
`frame_numbers` and `reference_pictures` notice lost pictures of H.264 and H.265 in
their `bits`, `pace` plays a film at its own speed.
"""
