"""Which operations of Twilio's REST API are served, and by which function; whatever the product, at one address.

Twilio has a host for each product: `https://messaging.twilio.com/v1/Services` is `/v1/Services` here.
"""

from collections.abc import Mapping

from local.twilio.account import API_VERSION
from local.twilio.numbering import KINDS
from local.twilio.rest import (
    accounts,
    alerts,
    applications,
    available,
    caller_ids,
    calls,
    conferences,
    keys,
    live_recordings,
    live_transcriptions,
    lookups,
    messages,
    messaging,
    numbers,
    participants,
    queues,
    recordings,
    streams,
    transcriptions,
    usage,
    verify,
)
from local.twilio.rest.protocol import Resource

Paths = Mapping[str, Mapping[str, Resource]]

_KEYS: Paths = {
    f"/{name}{path}": by_method
    for name in ("Keys", "SigningKeys")
    for path, by_method in (
        (".json", {"GET": keys.list_, "POST": keys.create}),
        ("/{sid}.json", {"GET": keys.fetch, "POST": keys.change, "DELETE": keys.delete}),
    )
}
_OF_ACCOUNT: Paths = {
    ".json": {"GET": accounts.fetch, "POST": accounts.change},
    "/Balance.json": {"GET": accounts.fetch_balance},
    **_KEYS,
    "/Usage/Records.json": {"GET": usage.of_period("")},
    **{f"/Usage/Records/{period}.json": {"GET": usage.of_period(period)} for period in usage.PERIODS if period},
    "/AvailablePhoneNumbers.json": {"GET": available.list_countries},
    "/AvailablePhoneNumbers/{country}.json": {"GET": available.fetch_country},
    **{
        f"/AvailablePhoneNumbers/{{country}}/{kind}.json": {"GET": available.of_kind(kind)}
        for kind in (*KINDS, "MachineToMachine")
    },
    "/Calls.json": {"GET": calls.list_, "POST": calls.create},
    "/Calls/{call}/Recordings.json": {"GET": recordings.list_, "POST": live_recordings.create},
    "/Calls/{call}/Recordings/{sid}.json": {
        "GET": live_recordings.fetch,
        "POST": live_recordings.change,
        "DELETE": live_recordings.delete,
    },
    "/Calls/{call}/Streams.json": {"POST": streams.create},
    "/Calls/{call}/Streams/{sid}.json": {"POST": streams.change},
    "/Calls/{call}/Transcriptions.json": {"POST": live_transcriptions.create},
    "/Calls/{call}/Transcriptions/{sid}.json": {"POST": live_transcriptions.change},
    "/Calls/{sid}.json": {"GET": calls.fetch, "POST": calls.change, "DELETE": calls.delete},
    "/Messages.json": {"GET": messages.list_, "POST": messages.create},
    "/Messages/{sid}/Feedback.json": {"POST": messages.rate},
    "/Messages/{sid}/Media.json": {"GET": messages.list_media},
    "/Messages/{sid}/Media/{media}": {"GET": messages.fetch_media, "DELETE": messages.delete_media},
    "/Messages/{sid}.json": {"GET": messages.fetch, "POST": messages.change, "DELETE": messages.delete},
    "/IncomingPhoneNumbers.json": {"GET": numbers.of_kind(), "POST": numbers.buy},
    **{
        f"/IncomingPhoneNumbers/{kind}.json": {"GET": numbers.of_kind(kind), "POST": numbers.buy}
        for kind in numbers.KINDS
    },
    "/IncomingPhoneNumbers/{sid}.json": {"GET": numbers.fetch, "POST": numbers.change, "DELETE": numbers.release},
    "/Applications.json": {"GET": applications.list_, "POST": applications.create},
    "/Applications/{sid}.json": {
        "GET": applications.fetch,
        "POST": applications.change,
        "DELETE": applications.delete,
    },
    "/OutgoingCallerIds.json": {"GET": caller_ids.list_, "POST": caller_ids.create},
    "/OutgoingCallerIds/{sid}.json": {
        "GET": caller_ids.fetch,
        "POST": caller_ids.change,
        "DELETE": caller_ids.delete,
    },
    "/Conferences.json": {"GET": conferences.list_},
    "/Conferences/{conference}/Recordings.json": {"GET": recordings.list_},
    "/Conferences/{conference}/Recordings/{sid}.json": {
        "GET": live_recordings.fetch,
        "POST": live_recordings.change,
        "DELETE": live_recordings.delete,
    },
    "/Conferences/{conference}/Participants.json": {"GET": participants.list_, "POST": participants.create},
    "/Conferences/{conference}/Participants/{sid}.json": {
        "GET": participants.fetch,
        "POST": participants.change,
        "DELETE": participants.remove,
    },
    "/Conferences/{conference}.json": {"GET": conferences.fetch, "POST": conferences.change},
    "/Queues.json": {"GET": queues.list_, "POST": queues.create},
    "/Queues/{queue}/Members.json": {"GET": queues.list_members},
    "/Queues/{queue}/Members/{sid}.json": {"GET": queues.fetch_member, "POST": queues.dequeue},
    "/Queues/{queue}.json": {"GET": queues.fetch, "POST": queues.change, "DELETE": queues.delete},
    "/Recordings.json": {"GET": recordings.list_},
    "/Recordings/{recording}/Transcriptions.json": {"GET": transcriptions.list_},
    "/Recordings/{recording}/Transcriptions/{sid}.json": {"GET": transcriptions.fetch, "DELETE": transcriptions.delete},
    "/Recordings/{sid}": {"GET": recordings.fetch, "DELETE": recordings.delete},
    "/Transcriptions.json": {"GET": transcriptions.list_},
    "/Transcriptions/{sid}.json": {"GET": transcriptions.fetch, "DELETE": transcriptions.delete},
}
ACCOUNT = f"/{API_VERSION}/Accounts/{{account}}"

_MESSAGING: Paths = {
    "/v1/Services": {"GET": messaging.list_, "POST": messaging.create},
    "/v1/Services/{service}": {"GET": messaging.fetch, "POST": messaging.change, "DELETE": messaging.delete},
    "/v1/Services/{service}/PhoneNumbers": {"GET": messaging.list_senders, "POST": messaging.add_sender},
    "/v1/Services/{service}/PhoneNumbers/{sid}": {"GET": messaging.fetch_sender, "DELETE": messaging.remove_sender},
}
_VERIFY: Paths = {
    "/v2/Services": {"GET": verify.list_, "POST": verify.create},
    "/v2/Services/{service}": {"GET": verify.fetch, "POST": verify.change, "DELETE": verify.delete},
    "/v2/Services/{service}/Verifications": {"POST": verify.start},
    "/v2/Services/{service}/Verifications/{sid}": {
        "GET": verify.fetch_verification,
        "POST": verify.change_verification,
    },
    "/v2/Services/{service}/VerificationCheck": {"POST": verify.check},
}

SERVED: dict[str, Paths] = {
    "api": {
        f"/{API_VERSION}/Accounts.json": {"GET": accounts.list_},
        **{ACCOUNT + path: by_method for path, by_method in _OF_ACCOUNT.items()},
    },
    "messaging": _MESSAGING,
    "lookups": {"/v2/PhoneNumbers/{number}": {"GET": lookups.fetch}},
    "verify": _VERIFY,
    "monitor": {"/v1/Alerts": {"GET": alerts.list_}, "/v1/Alerts/{sid}": {"GET": alerts.fetch}},
}
# files: fetched without credentials, as by default
OPEN = {ACCOUNT + path for path in ("/Recordings/{sid}", "/Messages/{sid}/Media/{media}")}
