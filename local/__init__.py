"""Stand-ins for one machine: host, storage, Twilio. Never deployed."""
