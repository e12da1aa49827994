"""Values that never change."""

from copy import deepcopy, replace

import pytest

from shared.frozen import Frozen


class Place(Frozen):
    scene: str
    step: int = 0


class Sign(Frozen):
    scene: str
    step: int = 0


class Way(Frozen, kw_only=True):
    to: str
    then: str = ""


def test_fields_come_by_position_by_name_and_by_default():
    assert (Place("start", 2).step, Place(scene="start").step, Place("start").scene) == (2, 0, "start")


@pytest.mark.parametrize(
    "make",
    [
        Place,
        lambda: Place("start", 1, 2),
        lambda: Place("start", scene="other"),
        lambda: Place("start", stpe=1),
        lambda: Way("start"),
    ],
    ids=["missing", "too many", "given twice", "unknown", "by name only"],
)
def test_a_field_that_is_missing_unknown_or_too_much_is_refused(make):
    with pytest.raises(TypeError, match="is made with"):
        make()


def test_nothing_changes_what_was_made():
    place = Place("start")
    for name in ("scene", "step", "new"):
        with pytest.raises(AttributeError, match=name):
            setattr(place, name, "other")
    with pytest.raises(AttributeError, match="scene"):
        del place.scene
    assert place == Place("start", 0)


def test_only_values_of_one_class_are_alike():
    assert Place("start") == Place("start", 0) != Place("start", 1)
    assert Place("start") != Sign("start")
    assert {Place("start"), Place("start", 0), Sign("start")} == {Place("start"), Sign("start")}


def test_a_changed_copy_leaves_the_first_as_it_was():
    first = Place("start")
    assert replace(first, step=3) == Place("start", 3)
    assert first == deepcopy(first) == Place("start")
    with pytest.raises(TypeError, match="stpe"):
        replace(first, stpe=3)


def test_it_shows_itself_as_the_python_that_makes_it():
    assert repr(Place("start")) == "Place(scene='start', step=0)"
    assert repr(Way(to="a")) == "Way(to='a', then='')"


def test_it_is_matched_by_position_unless_its_fields_have_to_be_named():
    match Place("start", 2):
        case Place(scene, step):
            assert (scene, step) == ("start", 2)
    assert Way.__match_args__ == ()
