"""What the checker says to write instead is what it takes."""

import pytest

from shared.flow import hints
from shared.flow.scalars import SCENE


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("öffnungszeiten", "oeffnungszeiten"),
        ("Über uns!", "Ueber_uns"),
        ("naïve café", "naive_cafe"),
        ("Straße", "Strasse"),
        ("Łódź", "Lodz"),
        ("1", "scene_1"),
        ("a/b", "a_b"),
        ("  sales  ", "sales"),
        ("销售", ""),
        ("", ""),
    ],
)
def test_a_name_is_spelled_in_the_letters_of_addresses(text, name):
    assert hints.name(text) == name
    assert not name or SCENE.fullmatch(name)


@pytest.mark.parametrize(
    ("language", "hint"),
    [
        ("de-DE", ""),
        ("es-419", ""),
        ("arb", ""),
        ("$Language", ""),
        ("de", "write it with its country: de-DE"),
        ("EN", "write it with its country: en-GB or en-US"),
        ("de_de", 'did you mean "de-DE"?'),
        ("pt-br", 'did you mean "pt-BR"?'),
        ("xx", "write it with its country: de-DE, en-GB, fr-FR or the like"),
    ],
)
def test_a_language_has_its_country(language, hint):
    assert hints.locale(language) == hint


@pytest.mark.parametrize(
    ("voice", "hint"),
    [
        ("Polly.Vicki", ""),
        ("Google.de-DE-Wavenet-A", ""),
        ("man", ""),
        ("Vicki", 'did you mean "Polly.Vicki"?'),
        ("joanna-Neural", 'did you mean "Polly.Joanna-Neural"?'),
        ("1", "expected man, woman, or one such as Polly.Amy or Google.en-GB-Standard-A"),
    ],
)
def test_a_voice_names_its_provider(voice, hint):
    assert hints.voice(voice) == hint
