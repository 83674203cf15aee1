"""Commands about networks: `derain models`, `export`, `import-tf` and `calibrate`."""
