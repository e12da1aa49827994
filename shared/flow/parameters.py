"""The parameters that Twilio sends, and with which request; `$Name` in a text stands for one of them.

Sources: Twilio's pages on the requests of voice and message webhooks, and on the verb or noun that a request follows.
"""

_PLACES = frozenset(
    f"{who}{what}" for who in ("From", "To", "Caller", "Called") for what in ("", "City", "State", "Zip", "Country")
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CALL = _PLACES | _words(
    "AccountSid AnsweredBy ApiVersion CallSid CallStatus CallToken CallerName Direction ForwardedFrom "
    "MachineDetectionDuration ParentCallSid SipCallId SipDomain SipDomainSid SipSourceIp StirPassportToken StirStatus "
    "StirVerstat"
)
MESSAGE = _PLACES | _words(
    "AccountSid Address ApiVersion Body ButtonPayload ButtonText ButtonType Forwarded FrequentlyForwarded Label "
    "Latitude Longitude MessageSid MessageType MessagingServiceSid NumMedia NumSegments OptOutType "
    "OriginalRepliedMessageSender OriginalRepliedMessageSid ProfileName ReferralBody ReferralHeadline ReferralMediaId "
    "ReferralNumMedia ReferralSourceId ReferralSourceType ReferralSourceUrl SmsMessageSid SmsSid SmsStatus WaId"
) | frozenset(f"{name}{number}" for name in ("MediaUrl", "MediaContentType") for number in range(10))  # fmt: skip

KEYS = _words("Digits FinishedOnKey")
SPEECH = _words("SpeechResult Confidence Language")
RECORDED = _words("RecordingUrl RecordingSid RecordingDuration Digits")
DIALLED = _words(
    "DialCallStatus DialCallSid DialCallDuration DialBridged RecordingUrl RecordingSid RecordingDuration DequeueResult "
    "DequeuedCallSid DequeuedCallQueueTime DequeuedCallDuration QueueSid QueueTime"
)
ENQUEUED = _words("QueueResult QueueSid QueueTime")
WAITING = _words("QueuePosition QueueSid QueueTime AvgQueueTime CurrentQueueSize MaxQueueSize")
DEQUEUED = _words("QueueSid QueueTime DequeingCallSid")

# After verbs that the language has no words of its own for: which of them sends what is Twilio's to say.
AFTERWARDS = _words(
    "Result PaymentToken PaymentCardNumber PaymentCardType PaymentConfirmationCode PaymentError PaymentMethod "
    "ErrorType ConnectorError ExpirationDate SecurityCode ProfileId BankAccountNumber BankAccountType "
    "BankRoutingNumber PaymentCardPostalCode HandoffData SessionId SessionStatus SessionDuration ErrorCode "
    "ErrorMessage ReferCallStatus ReferSipResponseCode NotifySipResponseCode MessageStatus VirtualAgentStatus "
    "VirtualAgentProvider VirtualAgentProviderData VirtualAgentErrorCode VirtualAgentError StreamSid StreamError"
)

_ORIGINS = (
    (KEYS, "it comes after a gather that takes keys"),
    (SPEECH, "it comes after a gather that takes speech"),
    (RECORDED, "it comes after a record or a recorded dial"),
    (DIALLED, "it comes after a dial that names what follows"),
    (WAITING, "it comes when the scene of a queue's wait_url begins"),
    (ENQUEUED, "it comes after an enqueue that names what follows"),
    (DEQUEUED, "it comes in the scene of a queue's url"),
    (AFTERWARDS, "it comes in the scene that follows the verb it is about"),
    (MESSAGE, "it comes with a text, not with a call"),
    (CALL, "it comes with a call, not with a text"),
)

KNOWN = CALL | MESSAGE | KEYS | SPEECH | RECORDED | DIALLED | ENQUEUED | WAITING | DEQUEUED | AFTERWARDS
OPEN = ("SipHeader_", "SIPREC_")  # beginnings of names that others choose


def origin(name: str) -> str:
    """Return when a parameter of Twilio's comes, as a sentence for whoever waits for it in vain."""
    return next((said for known, said in _ORIGINS if name in known), "")


def is_sent(name: str, sent: frozenset[str] = KNOWN) -> bool:
    """Whether a parameter is among those `sent`; those whose names others choose may be."""
    return name in sent or name.startswith(OPEN)
