"""`derain run` for work in pieces: films that are resumed, and libraries of them."""
