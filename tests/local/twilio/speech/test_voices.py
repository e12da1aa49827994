"""Which voice speaks for Twilio's."""

import json

import pytest

from local.twilio import values
from local.twilio.speech import voices
from local.twilio.speech.voices import MAN, WOMAN, Voice, voice_of


@pytest.mark.parametrize(
    ("language", "voice", "speaks"),
    [
        ("", "", Voice("en-US", MAN)),
        ("de-DE", "", Voice("de-DE", MAN)),
        ("", "woman", Voice("en-US", WOMAN)),
        ("", "Polly.Marlene", Voice("de-DE", WOMAN)),
        ("", "Polly.Stephen-Neural", Voice("en-US", MAN)),
        ("", "Polly.Rémi-Generative", Voice("fr-FR", MAN)),
        ("", "Google.fr-CA-Chirp3-HD-Kore", Voice("fr-CA", WOMAN)),
        ("hi-IN", "Polly.Aditi", Voice("hi-IN", WOMAN)),
        ("zh-HK", "", Voice("yue", MAN)),
    ],
)
def test_a_voice_speaks_its_language_unless_another_is_named(language, voice, speaks):
    assert voice_of(language, voice) == speaks


def test_every_voice_of_pollys_that_twilio_takes_has_a_language():
    known = json.loads(values.TABLE.read_text(encoding="utf-8"))["elements"]["Say"]["voice"]
    names = {name.removeprefix("Polly.").partition("-")[0] for name in known if name.startswith("Polly.")}
    assert names - voices.LANGUAGE_OF.keys() == set()
    assert names >= voices.MEN
