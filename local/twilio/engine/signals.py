"""What reaches a leg: signals, which it waits for, and interruptions, which stop what it does."""

from dataclasses import dataclass

from local.twilio.source import Source


class Signal:
    """Something that happened to a leg while it waited."""


@dataclass(frozen=True, slots=True)
class Pressed(Signal):
    """The person pressed one key."""

    key: str


@dataclass(frozen=True, slots=True)
class Spoke(Signal):
    """The person said something; `seconds` is how long it took."""

    text: str
    confidence: float = 0.9
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Speaking(Signal):
    """The person begins to speak; `Spoke` follows when they have finished."""


@dataclass(frozen=True, slots=True)
class Answered(Signal):
    """The phone was picked up."""


@dataclass(frozen=True, slots=True)
class Declined(Signal):
    """The person refused the call while it rang."""


@dataclass(frozen=True, slots=True)
class Silence(Signal):
    """The person has finished speaking."""


class Interruption(Exception):
    """Stops the running verb; `outcome` is what that verb's action is still told."""

    outcome: dict[str, str] | None = None


class HungUp(Interruption):
    """The person hung up, or the network lost them."""


class Finished(Interruption):
    """The line ends the call: the Hangup verb, `Status=completed` by REST, a time limit."""


class Barged(Interruption):
    """Input during a prompt stops the prompt."""

    def __init__(self, signal: Signal) -> None:
        super().__init__()
        self.signal = signal


class Moved(Interruption):
    """REST gave the live call another document."""

    def __init__(self, source: Source) -> None:
        super().__init__(source.url)
        self.source = source


class Rejected(Finished):
    """The line did not take the call; `status` is how it ends."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status
