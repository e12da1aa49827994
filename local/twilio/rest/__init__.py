"""Twilio's REST API: one module per resource; `answers` holds what they share."""
