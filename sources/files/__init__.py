"""Files: videos of every kind that FFmpeg reads, and pictures.

Sources: `video`, `part` (a stretch), `pipe`, `images`. `packet_decoder` decodes,
`timestamps` puts times right, `packet_index` knows where a file can be cut. What a user
should know of a file: `completeness`, `crop`, `encryption`, `tiles`; `chroma_location`
is read from headers.
"""
