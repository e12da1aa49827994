"""What no step shows by itself.

Scenes that nothing reaches, loops without an end, verbs that Twilio does not follow where they are heard, parameters
that nothing has sent by then.
"""

from collections import defaultdict

from shared.flow import graph, parameters, placeholders, walk
from shared.flow.document import Node, Text
from shared.flow.hints import shown
from shared.flow.model import Bridge, Element, Flow, Gather, Record, SceneUrl, Step, Template
from shared.flow.values import Reading


def audit(flow: Flow, reading: Reading, names: dict[str, Text]) -> None:
    """Note in `reading` what is wrong with a `flow` as a whole; `names` are its scenes' keys in the file."""
    _look_at_ways(flow, reading, names)
    came: dict[tuple[str, int], list[walk.Stop]] = defaultdict(list)
    for stop in walk.stops(flow):
        came[stop.scene, stop.number].append(stop)
    for (scene, number), stops in came.items():
        step = flow.scenes[scene][number]
        _look_at_places(step, stops, reading)
        _look_at_whispers(step, flow, reading)
        _look_at_parameters(step, stops, reading)


def _look_at_ways(flow: Flow, reading: Reading, names: dict[str, Text]) -> None:
    ways = graph.ways(flow)
    reached = graph.reached(flow.starts(), ways)
    for name, key in names.items():
        if name not in reached:
            reading.doubt(key, f'nothing leads to the scene "{shown(name)}"',
                          "name it somewhere, or in entrances: when calls placed by the API begin there")  # fmt: skip
    places: dict[str, Node] = {**names, **reading.inline}
    for circle in graph.traps([way for way in ways if way.target in places]):
        path = " -> ".join([*circle, circle[0]])
        reading.wrong(places[circle[0]], f"nobody can leave the loop {path}",
                      "put a gather, dial, record or hangup in it")  # fmt: skip


def _look_at_places(step: Step, stops: list[walk.Stop], reading: Reading) -> None:
    """Note a verb that Twilio does not follow in a place from which a call comes to it."""
    verb = _element(step).name
    for place in {stop.place for stop in stops if stop.place}:
        if verb and verb not in place.verbs:
            reading.wrong(reading.place_of(step), f'"{verb}" cannot stand in a scene {place.heard}', place.expected)


def _look_at_whispers(step: Step, flow: Flow, reading: Reading) -> None:
    """Note a refusal that would be one for all: Twilio ends the ringing of the others when the first picks up."""
    dial = _element(step)
    rung = [part for part in dial.parts if isinstance(part, Element) and part.name != "queue"]
    if dial.name != "dial" or len(rung) < 2 or dial.attributes.get("sequential") is True:
        return
    whispers = [url.scene for part in rung if isinstance(url := part.attributes.get("url"), SceneUrl)]
    heard = [step for name in graph.reached(whispers, graph.ways(flow)) for step in flow.scenes.get(name, ())]
    if any(_element(step).name == "hangup" for step in heard):
        reading.doubt(
            reading.place_of(step),
            "the first to pick up ends the ringing of the others, and may refuse the call for all",
            "write sequential: true to ask one after the other",
        )


def _element(step: Step) -> Element:
    match step:
        case Element():
            return step
        case Gather(element=element) | Bridge(element=element) | Record(element=element):
            return element
    return Element("")


def _look_at_parameters(step: Step, stops: list[walk.Stop], reading: Reading) -> None:
    """Note a parameter in the texts of a step that Twilio sends with none of the requests that may come before."""
    requests = {stop.request for stop in stops}
    for template in _templates(_element(step)):
        for name in placeholders.names(template.text):
            if parameters.is_sent(name) and not parameters.is_sent(name, parameters.CALL):
                _look_at_parameter(name, template, requests, reading)


def _look_at_parameter(name: str, template: Template, requests: set[walk.Request], reading: Reading) -> None:
    bringing = [request for request in requests if request.sends is None or name in request.sends]
    pressed = {request.key for request in bringing}
    if not bringing:
        reading.doubt(reading.place_of(template), f'"${name}" is empty here', parameters.origin(name))
    elif name == "Digits" and len(pressed) == 1 and "" not in pressed:
        reading.doubt(reading.place_of(template), f'"$Digits" is always {pressed.pop()} here: the key that leads here',
                      "what was entered earlier is not sent again")  # fmt: skip


def _templates(element: Element) -> list[Template]:
    nested = [part for part in element.parts if isinstance(part, Element)]
    own = [part for part in (*element.attributes.values(), *element.parts) if isinstance(part, Template)]
    return own + [template for part in nested for template in _templates(part)]
