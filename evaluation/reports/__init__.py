"""What an evaluation is shown as: a table in the terminal, JSON, an HTML page.

`table` makes the lines that all show; `terminal` prints them, `json_report` has every
figure. `html_report` is the page: `page_frame` around it, `svg` and `examples` in it.
`progress` is shown while the evaluation runs.
"""
