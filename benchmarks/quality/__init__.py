"""How good pictures are: `sets` against truth, `tasks` before judges, pages of it."""
