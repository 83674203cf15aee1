"""Who may look at the page: `access` decides, `guard` stands before every route."""
