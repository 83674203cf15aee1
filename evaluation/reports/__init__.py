"""What an evaluation is shown as: a table in the terminal, JSON, an HTML page."""
