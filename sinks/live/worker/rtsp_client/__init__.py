"""Asks an RTSP server how it does.

`client` speaks the protocol, `keepalive` notices that a server which takes packets is
frozen, `view_check` looks at a server of ours as a viewer does.
"""
