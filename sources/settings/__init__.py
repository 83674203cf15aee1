"""Settings, for every package above: `options` declared once, and TOML files."""
