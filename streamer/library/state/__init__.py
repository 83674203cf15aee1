"""What is kept on disk of long work: manifests, identities, locks, whole files."""
