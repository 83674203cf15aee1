"""The temporal step where the network runs: pictures stay on the device."""
