"""What the line remembers: lists, files, comparison with Twilio's log, forgetting."""
