"""How a scene moves: `dense_flow` between two frames, `links` along a stream."""
