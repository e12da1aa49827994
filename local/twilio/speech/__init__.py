"""What a person hears of the line: texts that eSpeak NG speaks in a process of its own, and sounds that are fetched."""
