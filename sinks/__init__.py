"""Where frames go: files, folders, and nowhere."""
