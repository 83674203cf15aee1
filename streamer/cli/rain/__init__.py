"""`derain rain`, and the kinds of rain that `derain evaluate --rain` makes.

`command` is the command, `kinds` makes the rain, `pictures` and `clips` write what it
made, `manifest` says what was made of what.
"""
