"""Trains what fuses a frame and its neighbours: `model.motion.fusion`.

`scenes` and `clips` give frames that move, without rain; `samples` puts them in rain
and has their neighbours fetched as the program does; `learning` learns from them, and
`train` is the command.
"""
