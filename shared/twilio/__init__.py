"""Twilio's wire: signature, webhook, TwiML, REST API, log."""
