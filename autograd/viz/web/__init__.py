"""The scripts, styles and words of the players."""
