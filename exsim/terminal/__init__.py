"""For people at a terminal: a book and messages as they change, recordings made and read."""
