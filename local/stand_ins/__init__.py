"""What the stand-ins do of what Twilio and the real host do: a page, made from the code."""
