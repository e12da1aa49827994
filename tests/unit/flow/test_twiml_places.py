"""What Twilio follows where is decided for all that the installed library builds."""

from shared.flow import twiml_places, twiml_spec


def test_each_builder_of_the_library_is_a_verb_or_is_known_to_be_none():
    assert set(twiml_spec.spec().nested) == twiml_places.VERBS | set(twiml_places.NO_VERBS)


def test_a_place_is_an_attribute_of_an_element_of_the_library():
    parents = {"enqueue": ()} | dict.fromkeys(
        ["conference", "queue", "number", "client", "sip", "whats_app"], ("dial",)
    )
    for element, attribute in twiml_places.PLACES:
        assert attribute in twiml_spec.spec(*parents[element], element).attributes


def test_what_is_no_verb_has_a_home():
    assert twiml_places.home("number") == "dial: {number: ...}"
    assert twiml_places.home("gather") == twiml_places.home("sya") == ""
