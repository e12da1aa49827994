"""What a flow file says, checked and typed: scenes of steps for calls, answers for texts, lines that have them."""

from collections.abc import Callable
from typing import Any

from shared.flow.hours import Week
from shared.flow.mistake import Mistake
from shared.flow.placeholders import PartOf
from shared.frozen import Frozen
from shared.person import identity

BROWSER = "client:"  # and the identity of its token
NO_PHONES = (BROWSER, "sip:")  # callers that have no number and choose `To`
ENDING = frozenset(["hangup", "reject", "redirect", "leave"])  # verbs after which nothing runs


class Template(Frozen):
    """A text with `$Name` in it, at most `limit` characters when filled.

    Values are escaped for what they become `part_of`.
    """

    text: str
    limit: int
    part_of: PartOf = "text"


class SceneUrl(Frozen):
    """Stands where Twilio wants an address and the file names a scene."""

    scene: str


class RouteUrl(Frozen):
    """Stands where Twilio wants one of the app's own addresses, such as where a recording is told of."""

    route: str


type Value = str | int | bool | Template | SceneUrl | RouteUrl


class Element(Frozen):
    """A verb or noun: `name` is the builder's method in the twilio library, attributes are its arguments.

    `tag` is its name in XML, `content` the attribute that stands between the tags; empty when none does.
    """

    name: str
    attributes: dict[str, Value] = {}
    parts: "tuple[Element | Template, ...]" = ()
    tag: str = ""
    content: str = ""


class Gather(Frozen, kw_only=True):
    """Ask for keys or speech. What has no scene goes on with the next step."""

    element: Element
    choices: dict[str, str] = {}
    then: str = ""
    wrong: str = ""
    no_input: str = ""
    attempts: int = 1


class Bridge(Frozen, kw_only=True):
    """Connect to somebody, at once or by way of a queue: `dial` and `enqueue`.

    `outcomes`: what Twilio sends in the parameter `told_by` -> scene; an outcome that is not there goes on.
    """

    element: Element
    told_by: str
    outcomes: dict[str, str] = {}


class Record(Frozen, kw_only=True):
    """Record the caller; on silence Twilio goes on in the document, to `no_input` or the next step."""

    element: Element
    then: str = ""
    no_input: str = ""


class Hours(Frozen):
    """Go to `then` when open, else to `closed`; without a scene the call goes on."""

    week: Week
    closed: str = ""
    then: str = ""


class Callers(Frozen, kw_only=True):
    """Send matching callers to `then`, others to `otherwise`; without a scene they go on."""

    numbers: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    is_hidden_matched: bool = False
    then: str = ""
    otherwise: str = ""


class Own(Frozen):
    """A verb of verbs.py with its arguments, converted and checked.

    `scenes`: parameter, or key of a map -> the scenes that it names.
    """

    name: str
    function: Callable[..., Any]
    arguments: dict[str, Any] = {}
    scenes: dict[str, tuple[str, ...]] = {}


type Step = Element | Gather | Bridge | Record | Hours | Callers | Own
type Scene = tuple[Step, ...]


class Answer(Frozen, kw_only=True):
    """What happens to a text; several things may."""

    reply: str = ""
    media: tuple[str | Template, ...] = ()
    subscribe: tuple[str, ...] = ()
    unsubscribe: tuple[str, ...] = ()
    call: str = ""
    forward: tuple[str, ...] = ()
    own: Own | None = None


class Messages(Frozen):
    """Answers by keyword (in lower case), and for every other text."""

    keywords: dict[str, Answer] = {}
    otherwise: Answer | None = None

    def answers(self) -> list[Answer]:
        """Return all answers."""
        return [*self.keywords.values(), *([self.otherwise] if self.otherwise else [])]

    def owners(self) -> set[str]:
        """Return the people to whom texts are forwarded: what they write is for others."""
        return {identity(owner) for answer in self.answers() for owner in answer.forward}


class Line(Frozen):
    """What one number does: the scene of an answered call, empty for none, and its texts."""

    start: str = ""
    messages: Messages = Messages()


class Flow(Frozen, kw_only=True):
    """The whole file. With `mistakes` it could not be used, and the line apologises; `warnings` it runs with."""

    scenes: dict[str, Scene] = {}
    line: Line = Line()
    lines: dict[str, Line] = {}
    entrances: tuple[str, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    warnings: tuple[Mistake, ...] = ()

    def line_of(self, number: str) -> Line:
        """Return the line that a called number is; one that is not listed is the file's own."""
        return self.lines.get(number, self.line)

    def starts(self) -> list[str]:
        """Return the scenes that something outside of them begins."""
        every = [self.line, *self.lines.values()]
        answers = [answer for line in every for answer in line.messages.answers()]
        called = [answer.call for answer in answers]
        given = [name for answer in answers if answer.own for names in answer.own.scenes.values() for name in names]
        begun = [*(line.start for line in every), *self.entrances, *called, *given]
        return list(dict.fromkeys(name for name in begun if name))
