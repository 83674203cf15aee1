"""Rain made in batches: streaks, their mixing, weather, and what encoders do to it."""
