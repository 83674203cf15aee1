"""`derain run`: files and live sources, checked, run and shown.

`command` is the command, its options are declared in `streamer.settings`, `checks`
refuses what makes no sense. `progress` and `closing` show a file's run, `several` takes
several clips, `live/` is for cameras; `page` and `events` are options of both.
"""
