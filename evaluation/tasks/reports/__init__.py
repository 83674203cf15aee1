"""Shows what an evaluation by a judge came to: terminal, JSON, a page with pictures.

`table` makes the lines that all show; `terminal` prints them, `json_report` has every
figure, `page` shows pictures too: `examples` chooses them, `drawing` draws into them.
"""
