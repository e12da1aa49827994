"""What ConversationRelay says: the greeting, the application's words sentence by sentence, sounds and keys.

Sources: Twilio's pages on <ConversationRelay> and on its WebSocket messages. That words wait for their sentence is read
out of its latency events ("a text sentence"); how long they wait for an end that does not come is not told anywhere.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from local.twilio.engine import relay_messages as messages
from local.twilio.engine.leg import Leg
from local.twilio.engine.playback import Heard, Piece, Playback
from local.twilio.engine.relay_terms import Terms
from local.twilio.engine.speaking import CHARACTERS_PER_S, PLAY_S, WAIT_KEY_S

if TYPE_CHECKING:
    from local.twilio.clock import Alarm

PATIENCE_S = 1.0
ENDS_A_SENTENCE = re.compile(r"[.!?:;\n][\"')\]]*\s*\Z")
MARKUP = re.compile(r"<[^>]+>")


class Speech:
    """The session's voice; `inform` is given an event's name, what it is about, and its value."""

    def __init__(self, leg: Leg, terms: Terms, inform: Callable[[str, str, str], None]) -> None:
        self._leg, self._terms, self._inform = leg, terms, inform
        self._playback = Playback(leg, self._begins, self._ends, self._falls_silent)
        self._words: list[messages.Text] = []  # of a sentence that is not said yet
        self._patience: Alarm | None = None
        self._is_new_cycle = True
        self.language = terms.speaks_in

    @property
    def playing(self) -> Piece | None:
        """What is heard right now."""
        return self._playback.current

    def greet(self) -> None:
        """Say the greeting; without one it is the person's or the application's turn."""
        if self._terms.greeting:
            stopped_by = self._terms.greeting_stopped_by
            self._say(self._terms.greeting, stopped_by, is_preemptible=False, language=self.language)
        else:
            self._falls_silent()

    def take(self, text: messages.Text) -> None:
        """Collect the tokens of a sentence, and say it when it is whole."""
        if self._is_new_cycle:
            self._preempt()
        self._is_new_cycle = text.last
        self._words.append(text)
        if self._patience:
            self._patience.cancel()
        if text.last or ENDS_A_SENTENCE.search(text.token):
            self._flush()
        else:
            self._patience = self._leg.clock.alarm(PATIENCE_S, self._flush)

    def play(self, sound: messages.Play) -> None:
        """Play a sound after what is to be heard before it."""
        self._flush()
        self._preempt()
        seconds = PLAY_S * (sound.loop or messages.MOST_LOOPS)
        stopped_by = self._terms.stopping(sound.interruptible)
        self._playback.add(Piece("played", sound.source, seconds, stopped_by, sound.preemptible, {"loop": sound.loop}))

    def send_digits(self, digits: str) -> None:
        """Play keys after what is to be heard before them."""
        self._flush()
        self._playback.add(Piece("played", f"keys {digits}", len(digits) * WAIT_KEY_S, detail={"digits": digits}))

    def stop(self, how: str) -> Heard:
        """Stop what is heard and what waits behind it; `how` is the transcript's word for it."""
        heard = self._playback.stop()
        self._leg.note(how, f"after {heard.text!r}", lost=heard.lost)
        self._inform("speaker-events", "agentSpeaking", "off")
        return heard

    def end(self) -> str:
        """Say nothing more; return what is not heard any more."""
        if self._patience:
            self._patience.cancel()
        return self._playback.stop().lost

    def _flush(self) -> None:
        """Say what was collected."""
        words, self._words = self._words, []
        sentence = " ".join(MARKUP.sub("", "".join(text.token for text in words)).split())
        if sentence:
            preemptible = words[-1].preemptible
            is_preemptible = self._terms.is_preemptible if preemptible is None else preemptible
            stopped_by = self._terms.stopping(words[-1].interruptible)
            self._say(sentence, stopped_by, is_preemptible=is_preemptible, language=words[-1].lang or self.language)

    def _say(self, text: str, stopped_by: frozenset[str], *, is_preemptible: bool, language: str) -> None:
        seconds = len(text) / CHARACTERS_PER_S
        self._playback.add(Piece("said", text, seconds, stopped_by, is_preemptible, {"language": language}))

    def _preempt(self) -> None:
        """Stop what may be stopped by what comes after it."""
        if self.playing and self.playing.is_preemptible:
            self.stop("preempted")

    def _begins(self, piece: Piece) -> None:
        self._leg.note(piece.kind, piece.text, **piece.detail)
        self._inform("speaker-events", "agentSpeaking", "on")

    def _ends(self, piece: Piece) -> None:
        if piece.kind == "said":
            self._inform("tokens-played", "tokensPlayed", piece.text)

    def _falls_silent(self) -> None:
        self._leg.note("listening", "relay")
        self._inform("speaker-events", "agentSpeaking", "off")
