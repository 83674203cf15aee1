"""The network as a run sees it: opened, shared by streams, turned upright.

`protocol` opens one, `auto` goes on with a lighter one where it is too slow, `rotated`
turns pictures for it, `shared` gives one to several streams, in the order that
`round_robin` decides.
"""
