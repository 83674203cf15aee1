"""Long work on one machine: films in pieces, resumed after a crash, in libraries.

`library` finds films, `plan` cuts one at its key frames, `film` is one on its way, and
`work` how all are made. `workers` hands out `jobs`, `local` makes them here: `piece/`
derains one. `join` puts a film together, `state/` is what is kept on disk, `options`
what a user may say.
"""
