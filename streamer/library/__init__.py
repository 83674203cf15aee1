"""Long work on one machine: films in pieces, resumed after a crash, in libraries."""
