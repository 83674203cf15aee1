"""Where frames come from: files, folders, cameras, and pictures drawn here."""
