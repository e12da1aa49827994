"""What others see of the records: Twilio's REST shapes, and the parameters of its webhooks."""
