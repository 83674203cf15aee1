"""Rain made for training: streaks, mixing, weather and codec artifacts."""
