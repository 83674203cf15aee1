"""What a step learns from: crops of clean pictures with made rain, and of pairs."""
