"""Audio: copied where the container can hold it, transcoded where it cannot."""
