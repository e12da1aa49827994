"""Whom an owner's answer is for: the one who waits, never somebody by guess."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.inbound import masking

LINE = "+12025550100"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
ANN, BOB = "+12025550122", "whatsapp:+12025550133"


def wrote(*people):
    found = []
    for minute, person in enumerate(people):
        found = masking.wrote(found, person, LINE, NOW + timedelta(minutes=minute))
    return found


def owner(body, sid, hours=0.0, *, is_new=True):
    return masking.OwnersText(body, sid, NOW + timedelta(hours=hours), is_new)


def test_an_answer_goes_to_the_one_who_waits():
    ann, text, people = masking.answered(wrote(ANN), owner("Yes", "SM1", 1))
    assert (ann.address, ann.line, text) == (ANN, LINE, "Yes")
    assert not people[0].waits
    assert masking.answered(people, owner("And more", "SM2", 2)).person.address == ANN
    people = masking.wrote(people, BOB, LINE, NOW + timedelta(hours=2))
    assert masking.answered(people, owner("Yes", "SM3", 3)).person.address == BOB


def test_a_person_who_writes_from_another_spelling_is_answered_there():
    before, now = "whatsapp:+5215512345678", "+525512345678"
    people = wrote(before, ANN, now)
    assert [person.address for person in people] == [now, ANN]
    assert masking.answered(people, owner("@5678 Si", "SM1", 1)).person.address == now


def test_the_second_delivery_of_an_answer_goes_where_the_first_went_and_changes_nothing():
    people = wrote(ANN)
    for hour, sid in enumerate(("SM1", "SM2"), 1):
        people = masking.answered(people, owner("Yes", sid, hour)).people
    people = masking.wrote(people, BOB, LINE, NOW + timedelta(hours=3))
    assert masking.answered(people, owner("Yes", "SM1", 1, is_new=False)) == (
        next(person for person in people if person.address == ANN), "Yes", people)  # fmt: skip


def test_a_text_that_comes_again_does_not_make_its_sender_wait_again():
    people = masking.answered(wrote(ANN), owner("Yes", "SM1", 1)).people
    assert masking.wrote(people, ANN, LINE, NOW) == people
    later = masking.wrote(people, ANN, LINE, NOW + timedelta(hours=2))
    assert later[0].waits
    assert masking.wrote(later, ANN, LINE, NOW) == later


def test_an_answer_that_comes_again_after_newer_ones_is_not_sent_to_somebody_else():
    people = masking.answered(wrote(ANN), owner("Yes", "SM1", 1)).people
    people = masking.wrote(people, BOB, LINE, NOW + timedelta(minutes=1))
    with pytest.raises(masking.Unclear, match="came late"):
        masking.answered(people, owner("Old", "SM0", 0.5, is_new=False))
    assert masking.answered(people, owner("Old", "SM0", 0.5)).person.address == BOB  # two at the same moment


def test_a_text_that_was_not_passed_on_when_it_came_is_passed_on_when_it_comes_again():
    assert masking.answered(wrote(ANN), owner("Yes", "SM1", 1, is_new=False)).person.address == ANN


def test_with_several_waiting_nothing_is_sent_until_one_is_named():
    with pytest.raises(masking.Unclear, match="@0133, @0122"):
        masking.answered(wrote(ANN, BOB), owner("Yes", "SM1", 1))
    assert masking.answered(wrote(ANN, BOB), owner("@0122 Yes,\nat ten", "SM1", 1)).text == "Yes,\nat ten"
    assert masking.answered(wrote(ANN, BOB), owner("@+12025550133: Yes", "SM1", 1)).person.address == BOB


@pytest.mark.parametrize(
    "address",
    [
        "\u200e@0133 ",
        "@\u202a0133\u202c ",
        "\uff20\uff10\uff11\uff13\uff13\u3000",
        "@٠١٣٣: ",
        "@0133\u00a0",
        "@0133\uff1a",
    ],
)
def test_whom_an_answer_is_for_is_known_by_how_it_reads(address):
    meant = masking.answered(wrote(ANN, BOB), owner(f"{address}Yes, at 1", "SM1", 1))
    assert (meant.person.address, meant.text) == (BOB, "Yes, at 1")


@pytest.mark.parametrize(
    ("people", "body", "why"),
    [
        ([], "Yes", "nobody has written"),
        ([ANN], "@0199 Yes", "ends in 0199"),
        ([ANN, "+13035550122"], "@0122 Yes", "more than one"),
    ],
)
def test_nobody_is_written_to_by_guess(people, body, why):
    with pytest.raises(masking.Unclear, match=why):
        masking.answered(wrote(*people), owner(body, "SM1", 1))


def test_only_the_most_recent_people_are_kept():
    people = wrote(*[f"+1202555{number:04d}" for number in range(150)])
    assert len(people) == masking.MAX_PEOPLE
    assert people[0].address == "+12025550149"
    assert masking.wrote(people, "+12025550000", LINE, NOW) == people
