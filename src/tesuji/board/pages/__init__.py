"""What the board shows: a module each page."""
