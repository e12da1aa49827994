"""Twilio's codes for what it does not take of a document, and how bad each is. Source: its error dictionary."""

SCHEMA, EMPTY_SAY, LONG_SAY, INVALID_URL = 12200, 13520, 13521, 11100
NESTED_IN_DIALLED = 13201
RELATIVE_IN_UPDATE = 15004
WARNING, ERROR = "warning", "error"

# what has a wrong value -> its code; what is not here is a schema warning
OF_VALUE = {
    "Dial": {"method": 13210, "timeout": 13212, "hangupOnStar": 13213, "callerId": 13214, "timeLimit": 13216,
             "record": 13217, "sequential": 13218, "answerOnBridge": 13219, "ringTone": 13220},
    "Number": {"method": 13221, "sendDigits": 13222},
    "Conference": {"muted": 13230, "endConferenceOnExit": 13231, "startConferenceOnEnter": 13232, "waitUrl": 13233,
                   "waitMethod": 13234, "beep": 13235, "trim": 13239},
    "Sip": {"method": 13241, "sendDigits": 13242},
    "Gather": {"finishOnKey": 13310, "method": 13312, "timeout": 13313, "numDigits": 13314, "input": 13326,
               "speechTimeout": 13327, "maxSpeechTime": 13328, "partialResultCallbackMethod": 13329,
               "language": 13331, "bargeIn": 13332, "profanityFilter": 13333,
               "actionOnEmptyResult": 13338},
    "Play": {"loop": 13410, "digits": 13430},
    "Say": {"loop": 13510, "voice": 13511, "language": 13512},
    "Record": {"method": 13610, "timeout": 13611, "maxLength": 13612, "finishOnKey": 13613, "transcribe": 13614,
               "playBeep": 13616, "trim": 13699},
    "Redirect": {"method": 13710},
    "Reject": {"reason": 13810},
    "Pause": {"length": 13910},
    "Sms": {"method": 14104, "statusCallback": 14105},
    "Message": {"method": 14104, "statusCallback": 14105},
    "Enqueue": {"method": 14201, "waitUrl": 14202, "action": 14203, "waitUrlMethod": 14206},
    "Queue": {"method": 14210, "url": 14211},
}  # fmt: skip
OF_ANY = {"recordingStatusCallback": 13256, "transcribeCallback": 13257, "recordingStatusCallbackEvent": 13621,
          "recordingTrack": 13622}  # fmt: skip
IN_GATHER = {("Say", "voice"): 13321, ("Say", "loop"): 13322}
OF_NAME = {"Enqueue": (14204, 14205), "Queue": (14212, 14213)}  # none, too long
OTHERWISE = {"Conference": 16002}  # any other attribute of it
OF_NESTED = {"Gather": 13320, "Start": 14300}  # what holds an element that it may not hold

ERRORS = frozenset(
    [*range(11000, 12200), 12300, 12301, 13201, 13224, 13225, 13227, 13231, 13238, 13239, 13240, 13247, 13257, 13325,
     13338, 13420, 13621, 14107, *range(14201, 14207), *range(14210, 14216), 14300, 15004, 16002, 16020]
)  # fmt: skip
TOLD_OTHERWISE = range(20000, 90000)  # refusals of REST and of carriers are errors


def level(code: int) -> str:
    """Return Twilio's log level of a code: `error`, or `warning` when the document goes on."""
    return ERROR if code in ERRORS or code in TOLD_OTHERWISE else WARNING


def of_value(element: str, attribute: str, within: str = "") -> int:
    """Return the code for a wrong value of an attribute of an element, which stands `within` another."""
    if within == "Gather" and (element, attribute) in IN_GATHER:
        return IN_GATHER[element, attribute]
    own = OF_VALUE.get(element, {}).get(attribute)
    return own or OF_ANY.get(attribute) or OTHERWISE.get(element, SCHEMA)
