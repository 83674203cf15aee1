"""Shows what an evaluation by a judge came to: terminal, JSON, a page with pictures."""
