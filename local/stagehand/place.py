"""Where a request finds a call or a text in the flow: the steps that its answer is made of, as the app decides it."""

from collections.abc import Generator, Iterator, Mapping
from urllib.parse import parse_qs, unquote, urlsplit

from shared import routes
from shared.flow.model import ENDING, Bridge, Callers, Element, Flow, Gather, Hours, Messages, Record, Step
from shared.inbound import voice
from shared.twilio.webhook import Webhook
from shared.words import folded

Place = tuple[str, int]  # the key of a box (see local/draw/contents.py), and the number of an item in it
VOICE, SMS = routes.VOICE, routes.SMS


def places(of: Flow, url: str, parameters: Mapping[str, str]) -> list[Place]:
    """Return the places of a request, in the order in which the call comes to them; none for what is no part of it."""
    at = urlsplit(url)
    _, _, route = at.path.partition(f"/{routes.PREFIX}/")
    webhook = Webhook(dict(parameters), f"{at.scheme}://{at.netloc}")
    if route == SMS:
        return list(_answer(of, webhook))
    first, *named = [unquote(part) for part in route.split("/")]
    if first != VOICE:
        return []
    attempt = parse_qs(at.query).get("attempt", ["1"])[0]
    return list(_walked(of, webhook, *_begins(of, webhook, named, int(attempt) if attempt.isdigit() else 1)))


def _begins(of: Flow, webhook: Webhook, named: list[str], attempt: int) -> tuple[str, int]:
    """Return the scene and the step with which an answer begins."""
    match named:
        case []:
            own = webhook.get("From" if webhook.get("Direction").startswith("outbound") else "To")
            return of.line_of(own).start, 0
        case [scene]:
            return scene, 0
        case [scene, number] if number.isdigit():
            steps = of.scenes.get(scene, ())
            step = steps[int(number)] if int(number) < len(steps) else None
            return _follows(step, webhook, scene, int(number), attempt)
    return "", 0


def _follows(step: Step | None, webhook: Webhook, scene: str, number: int, attempt: int) -> tuple[str, int]:
    if not isinstance(step, Gather | Bridge | Record):
        return "", 0
    target, repeat = voice._next(step, webhook, attempt)  # noqa: SLF001 -- what decides
    if repeat:
        return scene, number
    return (target, 0) if target else (scene, number + 1)


def _walked(of: Flow, webhook: Webhook, scene: str, first: int) -> Iterator[Place]:
    """Yield the steps of one document, which may lead from scene to scene."""
    for _ in range(voice.MAX_JUMPS):
        scene, first = (yield from _within(of, webhook, scene, first)), 0
        if not scene:
            return


def _within(of: Flow, webhook: Webhook, scene: str, first: int) -> Generator[Place, None, str]:
    """Yield the steps of a scene that are in the document, and return the scene that follows in it, if any."""
    for number, step in enumerate(of.scenes.get(scene, ())[first:], first):
        yield scene, number
        match step:
            case Hours() | Callers():
                if target := voice._turned(step, webhook):  # noqa: SLF001 -- what decides
                    return target
            case Gather() | Record():
                return ""
            case Bridge(outcomes=outcomes) if outcomes:
                return ""
            case Element(name=name) if name in ENDING:
                return ""
    return ""


def _answer(of: Flow, webhook: Webhook) -> Iterator[Place]:
    messages = of.line_of(webhook.line.removeprefix("whatsapp:")).messages
    if (number := _number(messages, webhook.get("Body"))) is not None:
        yield _box(of, messages), number


def _number(messages: Messages, body: str) -> int | None:
    """Return which of the answers a text gets: that of a keyword, else the last one, which is for all other texts."""
    whole = folded(body)
    keywords = list(messages.keywords)
    found = next((word for word in (whole, whole.partition(" ")[0]) if word in keywords), None)
    if found:
        return keywords.index(found)
    return len(keywords) if messages.otherwise else None


def _box(of: Flow, messages: Messages) -> str:
    """Return the key of the box in which the answers are drawn: that of the first line that gives them."""
    numbers = ["", *of.lines]
    lines = [of.line, *of.lines.values()]
    return f">text {next(number for number, line in zip(numbers, lines, strict=True) if line.messages == messages)}"
