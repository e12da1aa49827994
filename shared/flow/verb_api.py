"""What an owner's verbs.py works with: the decorator of a verb, and what a verb is given."""

import typing
from collections.abc import Callable
from typing import Any

from shared import routes
from shared.frozen import Frozen

FILE = "verbs.py"
MARK = "__is_ahoy_verb__"

Scene = typing.NewType("Scene", str)
"""The type of a parameter that takes the name of a scene: whether it is there is checked, and the way there drawn."""


class Call(Frozen, kw_only=True):
    """The call that a verb is asked to go on with. `parameters` are Twilio's, signed by it."""

    sid: str
    from_: str
    to: str
    parameters: dict[str, str]
    base: str

    def scene_url(self, scene: str) -> str:
        """Return the address at which a scene of the file begins."""
        return routes.url(self.base, routes.SCENE, scene=scene)


class Message(Frozen, kw_only=True):
    """The text that a verb is asked to answer.

    `is_new`: Twilio delivers it for the first time; False for a repeat, None when the storage does not say in time.
    """

    sid: str
    from_: str
    to: str
    body: str
    parameters: dict[str, str]
    is_new: bool | None = None


def verb[F: Callable[..., Any]](function: F) -> F:
    """Make a function a verb under its own name.

    Its first argument is a Call or a Message, its others are what the file writes beside the verb. It returns a
    VoiceResponse or a MessagingResponse, whose verbs are added to the answer, or None.
    """
    setattr(function, MARK, True)
    return function
