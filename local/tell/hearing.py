"""What happened on a call, as sentences of a story: what was heard, pressed and said, who was called, how it ended."""

import re
from collections.abc import Iterable, Mapping

import msgspec

from local.tell import phrases
from local.tell.model import Step
from local.twilio.people import Event

_BREAKS = re.compile(r"\s+")
_LONGEST_FIRST = sorted(phrases.ACTS, key=len, reverse=True)


class Sentences:
    """The steps of a story that is written while it happens; `people` are addresses and the names that they have."""

    def __init__(self, people: Mapping[str, str]) -> None:
        self.steps: list[Step] = []
        self._names = people
        self._who = ""  # whom a sentence without a name is about
        self._is_recording: set[str] = set()

    def name(self, address: str) -> str:
        """Return what somebody is called in the story: by their name, else by their address."""
        return self._names.get(address, address)

    def does(self, who: str, act: str, value: str = "", **options: tuple[str, ...]) -> None:
        """Write what somebody did."""
        named = "" if who == self._who and act not in {"dials", "texts"} else f"{who} "
        self._write(f"{named}{act}", value, options)
        self._who = who

    def finds(self, who: str, act: str, value: str = "", **options: tuple[str, ...]) -> None:
        """Write what is so."""
        named = "" if who == self._who and act in {"hears", "ended", "joins"} else f"{who} "
        self._write(f"{named}{act}", value, options)

    def line_calls(self, who: str, scene: str) -> None:
        """Write that the line called somebody, with a scene of its own or with its start."""
        self._write("line calls", who, {"scene": (scene,)} if scene else {})
        self._who = who

    def heard(self, who: str, events: Iterable[Event]) -> None:
        """Write what happened on somebody's call."""
        for event in events:
            self._happened(who, event)

    def _happened(self, who: str, event: Event) -> None:  # noqa: C901 -- a case for each kind of event
        text = _BREAKS.sub(" ", event.text).strip()
        match event.kind:
            case "listening":
                (self._is_recording.add if text == "recording" else self._is_recording.discard)(who)
            case "said" if text:
                self._hears(who, text)
            case "played" if text != "beep":
                self._hears(who, text)
            case "pressed":
                self.does(who, "presses", text)
            case "spoke":
                self.does(who, "records" if who in self._is_recording else "says", text)
            case "unheard" if "lost" in event.detail:
                self._loses(who, event.detail["lost"])
            case "hung_up" if event.detail.get("by") == "person":
                self.does(who, "hangs up")
            case "dialled":
                self.finds(self.name(text), "is called")
            case "joined":
                self.finds(who, "joins", text.removeprefix("conference "))
            case "texted":
                self.finds(self.name(event.detail["to"]), "gets", text)
            case "ended":
                self.finds(who, "ended", "" if text == "completed" else text)

    def _loses(self, who: str, lost: str) -> None:
        """Take back a key or words that nothing listened for: in a story machines have spoken before somebody acts."""
        acted = (at for at, step in enumerate(self.steps) if step.act in {"presses", "says"} and lost in step.value)
        at = max((at for at in acted if (self.steps[at].who or self._who) == who), default=None)
        if at is None:
            return
        step = self.steps[at]
        left = step.value.replace(lost, "", 1) if step.act == "presses" else ""
        self.steps[at : at + 1] = [msgspec.structs.replace(step, value=left)] if left else []

    def _hears(self, who: str, text: str) -> None:
        last = self.steps[-1] if self.steps else None
        if last and last.act == "hears" and last.value == text and (last.who or self._who) == who:
            times = int(last.options.get("times", ("1",))[0]) + 1
            self.steps[-1] = msgspec.structs.replace(last, options={"times": (str(times),)})
        else:
            self.finds(who, "hears", text)

    def _write(self, sentence: str, value: str, options: dict[str, tuple[str, ...]]) -> None:
        act = next(act for act in _LONGEST_FIRST if sentence == act or sentence.endswith(f" {act}"))
        who = sentence.removesuffix(act).strip()
        self.steps.append(Step(1, 1, sentence, who, act, value, options))
