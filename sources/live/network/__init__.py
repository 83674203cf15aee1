"""One connection to a stream in the network, through FFmpeg: RTSP, HTTP, HLS, RTMP.

`connection` reads it, `nvdec` lets an NVIDIA GPU decode it, `audio` passes audio on
undecoded. `frame_numbers` and `reference_pictures` notice lost pictures of H.264
and H.265, `pace` plays a film at its own speed,
`login_check` says why a login was refused.
"""
