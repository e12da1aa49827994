"""One step -> one TwiML verb."""

from twilio.twiml.voice_response import VoiceResponse

from shared import flow
from shared.webhook import Webhook


def scene(webhook: Webhook, name: str) -> str:
    """Give the document of a scene; a scene that is not there is an error of ours, never of the caller."""
    response = VoiceResponse()
    for step in flow.current().scenes[name]:
        response.say(step.text)
    _ = webhook
    return str(response)
