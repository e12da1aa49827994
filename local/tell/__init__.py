"""Stories that an owner tells of a line: played in this process, on a clock that nobody waits for."""
