"""A small Twilio for one machine: its REST API, its webhooks, its calls, its phones. Never deployed."""
