"""An app as it is usually written: everything imported and every client made when the module is loaded."""

import os

import azure.functions as func
from azure.data.tables import TableServiceClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import VoiceResponse

app = func.FunctionApp()
twilio = Client(os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"])
validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
tables = TableServiceClient.from_connection_string(os.environ["AzureWebJobsStorage"])  # noqa: SIM112 -- the name is Azure's
messages = tables.get_table_client("messages")


@app.route("voice", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
def voice(req: func.HttpRequest) -> func.HttpResponse:
    """A call was answered."""
    if not validator.validate(req.url, req.form, req.headers.get("x-twilio-signature", "")):
        return func.HttpResponse(status_code=403)
    response = VoiceResponse()
    response.say("Hello Monkey!")
    return func.HttpResponse(str(response), mimetype="text/xml")


@app.route("sms", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
def sms(req: func.HttpRequest) -> func.HttpResponse:
    """A text arrived."""
    if not validator.validate(req.url, req.form, req.headers.get("x-twilio-signature", "")):
        return func.HttpResponse(status_code=403)
    messages.upsert_entity({"PartitionKey": req.form["From"], "RowKey": req.form["MessageSid"]})
    response = MessagingResponse()
    response.message("Thanks for the ping!")
    return func.HttpResponse(str(response), mimetype="text/xml")


@app.route("make-call", methods=["POST"])
def make_call(req: func.HttpRequest) -> func.HttpResponse:
    """Place a call."""
    call = twilio.calls.create(to=req.get_json()["to"], from_="+12025550100", url=req.url)
    return func.HttpResponse(call.sid)
