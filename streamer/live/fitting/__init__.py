"""A live stream whose network is too slow for it: every picture leaves, in time.

`control` decides whether the network must take every picture and how evenly pictures
leave, `places` limits how many are under way.
"""
