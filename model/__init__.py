"""What is done to a picture: the MSPFN family, its weights and its backends."""
