"""Tells others when something happens: a stream is lost, rain begins, a disk fills up.

`detector` finds events in what streams do; `sender` hands them on, each target on a
thread of its own; `command`, `webhook` and `mqtt` are the targets. Frames wait for none
of it. Nothing below the command line imports this package.
"""
