"""What a <ConversationRelay> element asks for.

Source: Twilio's page on <ConversationRelay>, defaults and all. What chooses between providers of speech, their voices
and models, and what makes them hear better, changes nothing here: nobody listens to a sound.
"""

from dataclasses import dataclass
from xml.etree import ElementTree as ET

_NOTHING, ALL = frozenset[str](), frozenset({"dtmf", "speech"})
_KINDS = {"none": _NOTHING, "false": _NOTHING, "dtmf": frozenset({"dtmf"}), "speech": frozenset({"speech"}),
          "any": ALL, "true": ALL}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a session.

    `stopped_by` and the like are the kinds of input, `speech` and `dtmf`, that stop what is heard, or are reported
    although they do not.
    """

    url: str
    greeting: str
    greeting_stopped_by: frozenset[str]
    stopped_by: frozenset[str]
    reported: frozenset[str]
    is_preemptible: bool
    detects_keys: bool
    wants_partial_prompts: bool
    hears_in: str
    speaks_in: str
    events: frozenset[str]
    parameters: dict[str, str]

    def stopping(self, interruptible: bool | None) -> frozenset[str]:  # noqa: FBT001 -- as a message has it
        """Return what stops something of which a message says whether it is `interruptible`, or nothing."""
        if interruptible is None:
            return self.stopped_by
        return ALL if interruptible else _NOTHING


def terms(noun: ET.Element) -> Terms:
    """Return what an element asks for."""
    language = noun.get("language", "en-US")
    return Terms(
        url=noun.get("url", ""),
        greeting=noun.get("welcomeGreeting", ""),
        greeting_stopped_by=_kinds(noun, "welcomeGreetingInterruptible", "any"),
        stopped_by=_kinds(noun, "interruptible", "any"),
        reported=_kinds(noun, "reportInputDuringAgentSpeech", "none"),
        is_preemptible=noun.get("preemptible") == "true",
        detects_keys=noun.get("dtmfDetection") == "true",
        wants_partial_prompts=noun.get("partialPrompts") == "true",
        hears_in=noun.get("transcriptionLanguage", language),
        speaks_in=noun.get("ttsLanguage", language),
        events=frozenset([*noun.get("events", "").split(), *noun.get("debug", "").split()]),
        parameters=custom_parameters(noun),
    )


def custom_parameters(noun: ET.Element) -> dict[str, str]:
    """Return the values of the <Parameter> elements of a noun by their names."""
    return {one.get("name", ""): one.get("value", "") for one in noun.findall("Parameter")}


def _kinds(noun: ET.Element, name: str, default: str) -> frozenset[str]:
    return _KINDS.get(noun.get(name, default), _KINDS[default])
