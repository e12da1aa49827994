"""What follows the end of a scene: of a call, of what a callee hears before it, of what is heard while waiting."""

from collections.abc import Iterator

from local.draw.words import ASIDE
from shared.flow import graph
from shared.flow.grammar import OURS
from shared.flow.model import ENDING, Bridge, Callers, Element, Flow, Gather, Record, Scene, Step

ENDS = "the call ends"
# By the way to where a scene is heard: what follows its last step, and what hanging up there means.
# Source: Twilio's pages on the nouns of Dial, and on Enqueue's waitUrl.
AFTER = {
    "": (ENDS, ENDS),
    "whisper": ("both are connected", "the call is refused"),
    "wait_url": ("it begins again", ENDS),
}
HANGING_UP = {"hangup", "reject"}


def endings(of: Flow) -> dict[str, str]:
    """Return what follows the end of each scene, empty for those whose steps lead on in every case."""
    heard = _heard(of)
    found: dict[str, str] = {}
    for name, steps in of.scenes.items():
        afters = [after for way, scenes in heard.items() if name in scenes for after in _afters(steps, *AFTER[way])]
        leads_on = any(target for step in steps for _, target in graph.exits(step))
        found[name] = ("else " if afters and leads_on else "") + " or ".join(dict.fromkeys(afters))
    return found


def _heard(of: Flow) -> dict[str, set[str]]:
    """Return the scenes that are heard in a call, where nothing leads to them as well, and by each way aside."""
    every = graph.ways(of)
    onward = [way for way in every if way.label not in ASIDE]
    aside = {label: graph.reached([way.target for way in every if way.label == label], onward) for label in ASIDE}
    called = graph.reached(of.starts(), onward)
    return {"": called | set(of.scenes).difference(*aside.values()), **aside}


def _afters(steps: Scene, at_end: str, hung_up: str) -> Iterator[str]:
    if any(isinstance(step, Element) and step.name in HANGING_UP for step in steps):
        yield hung_up
    if all(_goes_on(step) for step in steps):
        yield at_end


def _goes_on(step: Step) -> bool:
    """Whether somebody can come to what follows a step."""
    match step:
        case Gather():
            return not (step.no_input and (step.then or (step.choices and step.wrong)))
        case Bridge(element=element):
            outcomes = {label for label, target in graph.exits(step) if target}
            return not set(OURS[element.name]) - {"whisper"} <= outcomes
        case Record():
            return not (step.then and step.no_input)
        case Callers():
            return not (step.then and step.otherwise)
        case Element():
            return step.name not in ENDING and "action" not in step.attributes
        case _:
            return True
