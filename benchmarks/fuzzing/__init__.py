"""Damaged input for the real program: made, run, and what may come of it.

`kinds` lists what is damaged, made whole by `whole_inputs`; `mutations`, `packets` and
`texts` damage it, `lying_camera` serves it. `trial` says what one run may come to,
`warm` forks a process for each.
"""
