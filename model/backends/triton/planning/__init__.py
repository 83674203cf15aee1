"""What is launched for a picture, in which order, on which weights; loads no Triton."""
