"""How a live run does: its `counters`, as `prometheus` reads them, over HTTP.

`health_server` answers both for Prometheus and for those who ask whether it lives.
"""
