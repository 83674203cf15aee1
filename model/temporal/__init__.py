"""What looks at neighbouring frames: optical flow, fusion in time, the rain gate."""
