"""What the page with the phone wants of the line behind it, granted by a process beside that line: see dev.py start."""
