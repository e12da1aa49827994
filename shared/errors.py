"""The exceptions that rooms far apart handle, and the tree of all that are raised on purpose.

    Exception
    ├── StorageDown                     the storage does not answer, or refuses
    │   └── Contended                   others changed the same row, try after try
    ├── problem.Problem                 an answer to an API caller other than the one asked for (RFC 9457)
    │   ├── problem.WrongFields         400, each field with its reason
    │   ├── policy.NotAllowed           403, the line does not reach such numbers
    │   ├── policy.OptedOut             409, the person does not want to hear from the line
    │   ├── idempotency.AtWork          409, the same is being done right now
    │   ├── rate_limits.LimitReached    429, with the seconds until it opens
    │   ├── problem.StorageUnavailable  503, StorageDown as an API caller is told it
    │   ├── dispatch.InDoubt            503, it may have left
    │   ├── client.Busy                 503, Twilio said: not now
    │   └── client.Refused              what Twilio said no to, with its code
    ├── client.NoAnswer                 Twilio said nothing, or nothing that can be read
    ├── log.LogNotReadable              Twilio's log cannot be read to its end
    ├── signature.Refused               a webhook that Twilio did not sign
    ├── intake.AnotherText              a text under the SID of somebody else's
    ├── masking.Unclear                 an owner's answer without a person whom it is for
    ├── document.Unreadable             a flow file that is no YAML, with its place
    └── ValueError
        ├── phone.BadAddress            what was given is no address
        ├── order.BadToken              a page token that this app did not give out
        └── entities.Unstorable         an entity that the Table service would refuse

Those of one room alone (a batch that stops, a pass that runs out of time) begin with an underscore or stand in it.
"""


class StorageDown(Exception):
    """The storage does not answer, or refuses. `kind` is the name of Azure's own error: its words show addresses."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Contended(StorageDown):
    """Others changed the same row, try after try; the same may succeed in a moment."""

    def __init__(self, what: str, tries: int) -> None:
        super().__init__(f"{what} was changed by others {tries} times in a row")
