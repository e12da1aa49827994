"""The front door: every function, its route, who may enter and who answers."""

from collections.abc import Callable
from typing import Any

import azure.functions as func

from shared import flow, routes
from shared.twilio import webhook

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)

OPEN = func.AuthLevel.ANONYMOUS  # for Twilio's webhooks too: their signature is the key
GET_OR_POST = ["GET", "POST"]  # a number's webhook may be set to either


def _answered(
    req: func.HttpRequest, room: Callable[[func.HttpRequest], Any], status: int = 200, location: str = ""
) -> func.HttpResponse:
    """Answer an API caller with what `room` returns. What that takes is loaded by the first: no caller waits for it."""
    from shared.http import api

    return api.answer(req, room, status, location)


flow.current()  # checked at start, before anybody waits; a broken file is told by the log and by health


@app.route(routes.VOICE, methods=GET_OR_POST, auth_level=OPEN)
def voice(req: func.HttpRequest) -> func.HttpResponse:
    """A call was answered: begin with the line's first scene."""
    from shared.inbound import voice as calls

    return webhook.call(req, calls.begin)


@app.route(routes.SCENE, methods=GET_OR_POST, auth_level=OPEN)
def voice_scene(req: func.HttpRequest) -> func.HttpResponse:
    """A call moves on to the scene that its last document named."""
    from shared.inbound import voice as calls

    return webhook.call(req, lambda request: calls.scene(request, req.route_params["scene"]))


@app.route(routes.STEP, methods=GET_OR_POST, auth_level=OPEN)
def voice_step(req: func.HttpRequest) -> func.HttpResponse:
    """Something happened in a step of a call: keys were pressed, a conversation ended, a message was recorded."""
    from shared.inbound import voice as calls

    at = calls.Place(**req.route_params, attempt=req.params.get("attempt", ""))
    return webhook.call(req, lambda request: calls.after(request, at))


@app.route(routes.SMS, methods=GET_OR_POST, auth_level=OPEN)
def sms(req: func.HttpRequest) -> func.HttpResponse:
    """A text arrived: remember it, then answer."""
    from shared.inbound import texts

    return webhook.text(req, texts.receive)


@app.route(routes.CALL_STATUS, methods=GET_OR_POST, auth_level=OPEN)
def call_status(req: func.HttpRequest) -> func.HttpResponse:
    """A call moved on: move its record on."""
    from shared.inbound import status_callbacks

    return webhook.callback(req, lambda event: status_callbacks.call(event, req.params))


@app.route(routes.MESSAGE_STATUS, methods=GET_OR_POST, auth_level=OPEN)
def message_status(req: func.HttpRequest) -> func.HttpResponse:
    """A message moved on: move its record on."""
    from shared.inbound import status_callbacks

    return webhook.callback(req, lambda event: status_callbacks.message(event, req.params))


@app.route(routes.RECORDING_STATUS, methods=GET_OR_POST, auth_level=OPEN)
def recording_status(req: func.HttpRequest) -> func.HttpResponse:
    """A recording was made or written down: add it to its call."""
    from shared.inbound import status_callbacks

    return webhook.callback(req, status_callbacks.recording)


@app.route(routes.MAKE_CALL, methods=["GET"], auth_level=OPEN)
def make_call_page(req: func.HttpRequest) -> func.HttpResponse:
    """Show the page with the Call button; looking at it never dials."""
    from shared.http import pages

    return pages.make_call(req)


@app.route(routes.MAKE_CALL, methods=["POST"])
def make_call(req: func.HttpRequest) -> func.HttpResponse:
    """Place a call."""
    from shared.outbound import sending

    return _answered(req, sending.call, status=202)


@app.route(routes.SEND_SMS, methods=["POST"])
def send_sms(req: func.HttpRequest) -> func.HttpResponse:
    """Send a text or picture message."""
    from shared.outbound import sending

    return _answered(req, sending.text, status=202)


@app.route(routes.BROADCASTS, methods=["POST"])
def start_broadcast(req: func.HttpRequest) -> func.HttpResponse:
    """Send one text, or place one call, to many."""
    from shared.outbound import broadcasts

    return _answered(req, broadcasts.start, status=202, location=routes.BROADCAST)


@app.route(routes.BROADCAST, methods=["GET"])
def show_broadcast(req: func.HttpRequest) -> func.HttpResponse:
    """Say how far a broadcast is."""
    from shared.outbound import broadcasts

    return _answered(req, broadcasts.show)


@app.route(routes.BROADCAST, methods=["POST"])
def change_broadcast(req: func.HttpRequest) -> func.HttpResponse:
    """Pause, resume or cancel a broadcast."""
    from shared.outbound import broadcasts

    return _answered(req, broadcasts.change)


@app.queue_trigger("message", routes.BROADCASTS_QUEUE, routes.QUEUES_CONNECTION)
def spread_broadcast(message: func.QueueMessage) -> None:
    """A part of a broadcast is to go out."""
    from shared.outbound import broadcast_worker

    broadcast_worker.work(message.get_body().decode())


@app.queue_trigger("message", routes.BROADCASTS_POISON_QUEUE, routes.QUEUES_CONNECTION)
def lose_broadcast(message: func.QueueMessage) -> None:
    """A part of a broadcast failed too often."""
    from shared.outbound import broadcast_worker

    broadcast_worker.lost(message.get_body().decode())


@app.route(routes.CALLER_IDS, methods=["GET"])
def show_caller_ids(req: func.HttpRequest) -> func.HttpResponse:
    """Show the numbers that the line may show as caller."""
    from shared.outbound import caller_ids

    return _answered(req, caller_ids.show)


@app.route(routes.CALLER_IDS, methods=["POST"])
def verify_caller_id(req: func.HttpRequest) -> func.HttpResponse:
    """Ring a number and ask its owner for six digits."""
    from shared.outbound import caller_ids

    return _answered(req, caller_ids.verify, status=202)


@app.route(routes.VERIFICATION_STATUS, methods=GET_OR_POST, auth_level=OPEN)
def verification_status(req: func.HttpRequest) -> func.HttpResponse:
    """The six digits were pressed, or not."""
    from shared.outbound import caller_ids

    return webhook.callback(req, caller_ids.note_verification)


@app.route(routes.PHONE, methods=["GET"], auth_level=OPEN)
def phone_page(req: func.HttpRequest) -> func.HttpResponse:
    """Show the phone, which does nothing without a function key."""
    from shared.http import phone_page as page

    return page.show(req)


@app.route(routes.PHONE_FILE, methods=["GET"], auth_level=OPEN)
def phone_file(req: func.HttpRequest) -> func.HttpResponse:
    """Return what belongs to the phone: its style, its modules, Twilio's Voice SDK."""
    from shared.http import phone_page as page

    return page.file(req)


@app.route(routes.TOKEN, methods=["POST"])
def token(req: func.HttpRequest) -> func.HttpResponse:
    """Let a browser ring and be rung."""
    from shared.outbound import access_tokens

    return _answered(req, access_tokens.token)


@app.route(routes.MESSAGES, methods=["GET"])
def messages(req: func.HttpRequest) -> func.HttpResponse:
    """Show the messages, newest first."""
    from shared.history import listing

    return _answered(req, listing.messages)


@app.route(routes.CALLS, methods=["GET"])
def calls(req: func.HttpRequest) -> func.HttpResponse:
    """Show the calls, newest first."""
    from shared.history import listing

    return _answered(req, listing.calls)


@app.route(routes.MESSAGES_EXPORT, methods=["GET"])
def messages_export(req: func.HttpRequest) -> func.HttpResponse:
    """Return messages as a file."""
    from shared.history import export

    return _answered(req, export.messages)


@app.route(routes.CALLS_EXPORT, methods=["GET"])
def calls_export(req: func.HttpRequest) -> func.HttpResponse:
    """Return calls as a file."""
    from shared.history import export

    return _answered(req, export.calls)


@app.route(routes.PERSON, methods=["DELETE"])
def person(req: func.HttpRequest) -> func.HttpResponse:
    """Forget a person."""
    from shared.history import forget

    return _answered(req, forget.person)


@app.route(routes.RECONCILE, methods=["POST"])
def reconcile_period(req: func.HttpRequest) -> func.HttpResponse:
    """Compare the history of a past period with Twilio's log."""
    from shared.history import reconcile

    return _answered(req, reconcile.period)


@app.timer_trigger("timer", schedule="0 */5 * * * *")
def reconcile(timer: func.TimerRequest) -> None:
    """Bring what was missed since the last time, and delete what is too old."""
    from shared.history import reconcile as record

    record.timer(timer)


@app.route(routes.LIMITS, methods=["GET"])
def show_limits(req: func.HttpRequest) -> func.HttpResponse:
    """Show what has left, what may, and what was refused."""
    from shared.outbound import rate_limits

    return _answered(req, rate_limits.show)


@app.route(routes.ALERTS, methods=["POST"], auth_level=OPEN)
def alert(req: func.HttpRequest) -> func.HttpResponse:
    """Azure Monitor raised an alert, and proves itself by a token of its own: text the owner."""
    from shared.outbound import alerts

    return _answered(req, alerts.text_owner)


@app.route(routes.OPENAPI, methods=["GET"], auth_level=OPEN)
def openapi_json(req: func.HttpRequest) -> func.HttpResponse:
    """Describe the API."""
    from shared.openapi import document

    return document.answer(req)


@app.route(routes.HEALTH, methods=["GET"], auth_level=OPEN)
def health(req: func.HttpRequest) -> func.HttpResponse:
    """Say whether the line is well."""
    from shared import health as check

    return _answered(req, check.report)
