"""What a run does on a GPU: `decode` there if it can, `planes` instead of RGB."""
