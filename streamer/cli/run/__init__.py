"""`derain run`: files and live sources, checked, run and shown.

`command` is the command, `options` makes its options from `streamer.settings`, `checks`
refuses what makes no sense. `progress` shows a file's run, `live` runs live sources and
`live_line` shows them.
"""
