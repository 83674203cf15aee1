"""What the frames around a frame are worth, and when the network is passed by."""
