"""Which of the voices here speaks for one of Twilio's: the language that it is of, and whether it is a man's.

Source: Amazon's page "Available voices" of Polly. Google's names begin with their language.
"""

import re
from dataclasses import dataclass

DEFAULT = "en-US"
WOMAN, MAN = "f3", "m3"  # variants that eSpeak NG has of each of its voices
POLLY = {
    "ar-AE": "Hala Zayd", "arb": "Zeina", "ca-ES": "Arlet", "cmn-CN": "Zhiyu", "cy-GB": "Gwyneth",
    "da-DK": "Mads Naja Sofie", "de-AT": "Hannah", "de-DE": "Daniel Hans Marlene Vicki",
    "en-AU": "Nicole Olivia Russell",
    "en-GB": "Amy Arthur Brian Emma", "en-GB-WLS": "Geraint", "en-IE": "Niamh", "en-IN": "Aditi Kajal Raveena",
    "en-NZ": "Aria",
    "en-US": "Danielle Gregory Ivy Joanna Joey Justin Kendra Kevin Kimberly Matthew Ruth Salli Stephen",
    "en-ZA": "Ayanda", "es-ES": "Conchita Enrique Lucia Sergio", "es-MX": "Andres Mia Mía",
    "es-US": "Lupe Miguel Pedro Penelope", "fi-FI": "Suvi", "fr-BE": "Isabelle", "fr-CA": "Chantal Gabrielle Liam",
    "fr-FR": "Celine Lea Mathieu Remi Rémi", "is-IS": "Dora Karl", "it-IT": "Adriano Bianca Carla Giorgio",
    "ja-JP": "Kazuha Mizuki Takumi Tomoko", "ko-KR": "Seoyeon", "nb-NO": "Ida Liv", "nl-BE": "Lisa",
    "nl-NL": "Laura Lotte Ruben", "pl-PL": "Ewa Jacek Jan Maja Ola", "pt-BR": "Camila Ricardo Thiago Vitoria",
    "pt-PT": "Cristiano Ines", "ro-RO": "Carmen", "ru-RU": "Maxim Tatyana", "sv-SE": "Astrid Elin",
    "tr-TR": "Burcu Filiz", "yue-HK": "Hiujin",
}  # fmt: skip
MEN = frozenset(
    ["Adriano", "Andres", "Arthur", "Brian", "Cristiano", "Daniel", "Enrique", "Geraint", "Giorgio", "Gregory", "Hans",
     "Jacek", "Jan", "Joey", "Justin", "Karl", "Kevin", "Liam", "Mads", "Mathieu", "Matthew", "Maxim", "Miguel",
     "Pedro", "Remi", "Rémi", "Ricardo", "Ruben", "Russell", "Sergio", "Stephen", "Takumi", "Thiago", "Zayd"]
)  # fmt: skip
LANGUAGE_OF = {name: language for language, names in POLLY.items() for name in names.split()}
OTHERWISE = {"arb": "ar", "en-GB-WLS": "en-GB", "es-US": "es-MX", "zh-HK": "yue"}  # Twilio's name, and eSpeak NG's
_GOOGLE = re.compile(r"Google\.([a-z]{2,3}-[A-Za-z]{2})-")


@dataclass(frozen=True, slots=True)
class Voice:
    """A language as eSpeak NG names it (or as Twilio does, where those are alike), and a variant of its voice."""

    language: str
    variant: str


def voice_of(language: str, voice: str) -> Voice:
    """Return what speaks for the `language` and `voice` of a Say, either of which may be empty."""
    name = voice.removeprefix("Polly.").partition("-")[0]
    google = _GOOGLE.match(voice)
    language = language or (google[1] if google else LANGUAGE_OF.get(name, DEFAULT))
    return Voice(OTHERWISE.get(language, language), MAN if name in MEN or voice in {"", "man"} else WOMAN)
