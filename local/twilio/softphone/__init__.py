"""What Twilio's Voice SDK in a browser speaks with: its signalling, and the other end of its sound."""
