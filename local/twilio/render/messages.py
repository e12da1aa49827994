"""A message and its media, as REST shows them and as webhooks tell of them."""

from typing import Any

from local.twilio.account import API_VERSION, Account
from local.twilio.geography import geography
from local.twilio.records import Media, Message
from local.twilio.sids import rfc2822, utc_now


def render_message(account: Account, message: Message) -> dict[str, Any]:
    """Return a message as REST shows it."""
    path = account.uri(f"Messages/{message.sid}")
    return {
        "body": message.body,
        "num_segments": str(message.num_segments),
        "direction": message.direction,
        "from": message.from_ or None,
        "to": message.to,
        "date_created": rfc2822(message.created),
        "date_updated": rfc2822(message.updated),
        "date_sent": rfc2822(message.sent),
        "price": message.price,
        "price_unit": "USD",
        "error_message": f"Error {message.error_code}" if message.error_code else None,
        "error_code": message.error_code,
        "account_sid": account.sid,
        "num_media": str(len(message.media)),
        "status": message.status,
        "messaging_service_sid": message.messaging_service_sid,
        "sid": message.sid,
        "api_version": API_VERSION,
        "uri": f"{path}.json",
        "subresource_uris": {"media": f"{path}/Media.json", "feedback": f"{path}/Feedback.json"},
    }


def render_media(account: Account, message: Message, media: Media) -> dict[str, Any]:
    """Return one media of a message as REST shows it."""
    return {
        "sid": media.sid,
        "account_sid": account.sid,
        "parent_sid": message.sid,
        "content_type": media.content_type,
        "date_created": rfc2822(media.created),
        "date_updated": rfc2822(media.created),
        "uri": account.uri(f"Messages/{message.sid}/Media/{media.sid}.json"),
    }


def media_url(account: Account, message: Message, media: Media) -> str:
    """Return the address of a message's media."""
    return f"{account.base_url}{account.uri(f'Messages/{message.sid}/Media/{media.sid}')}"


def inbound_parameters(account: Account, message: Message) -> dict[str, str]:
    """Return what a messaging webhook tells of a message that came in."""
    parameters = {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsMessageSid": message.sid,
        "AccountSid": account.sid,
        "From": message.from_,
        "To": message.to,
        "Body": message.body,
        "NumMedia": str(len(message.media)),
        "NumSegments": str(message.num_segments),
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
    }
    if message.messaging_service_sid:
        parameters["MessagingServiceSid"] = message.messaging_service_sid
    for n, media in enumerate(message.media):
        parameters |= {f"MediaUrl{n}": media_url(account, message, media), f"MediaContentType{n}": media.content_type}
    if message.from_.startswith("whatsapp:"):
        number = message.from_.removeprefix("whatsapp:")
        parameters |= {"WaId": number.removeprefix("+"), "ProfileName": number, "MessageType": _message_type(message)}
        return parameters
    return parameters | geography("From", message.from_) | geography("To", message.to)


def _message_type(message: Message) -> str:
    """Return what kind of message WhatsApp says it is."""
    kinds = {"image/webp": "sticker", "text/vcard": "contacts"}
    kind = message.media[0].content_type if message.media else "text/plain"
    by_family = {"text": "text", "image": "image", "audio": "audio", "video": "video"}
    return kinds.get(kind) or by_family.get(kind.partition("/")[0], "document")


def status_parameters(account: Account, message: Message) -> dict[str, str]:
    """Return what a status callback tells of a message that leaves."""
    parameters = {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "MessageStatus": message.status,
        "SmsStatus": message.status,
        "From": message.from_,
        "To": message.to,
        "AccountSid": account.sid,
        "ApiVersion": "2010-04-01",
    }
    if message.messaging_service_sid:
        parameters["MessagingServiceSid"] = message.messaging_service_sid
    if message.error_code:
        parameters["ErrorCode"] = str(message.error_code)
    if message.status in {"delivered", "undelivered"}:
        parameters["RawDlrDoneDate"] = f"{utc_now():%y%m%d%H%M}"
    if message.status == "read":
        parameters["EventType"] = "READ"
    return parameters
