"""Finds ONVIF cameras on the network, and asks them for their streams.

`discovery` sends a WS-Discovery probe and reads who answers; `device` asks one camera
for its stream addresses, without a password; `soap` is the XML that both speak.
"""
