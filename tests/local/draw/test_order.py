"""Pictures are read from where calls begin; ways lead back only where scenes go round in circles."""

from local.draw import contents
from local.draw.order import ordered


def back(boxes):
    """Return the ways that lead to a box before, in the order of the picture."""
    drawn = ordered(boxes)
    place = {box.key: number for number, box in enumerate(drawn)}
    return [f"{box.key} -> {way.target}" for box, way in contents.ways(drawn) if place[way.target] < place[box.key]]


def test_a_way_back_to_the_menu_leads_back(boxes):
    drawn = boxes(
        'voice: {hours: [{redirect: start}], start: [{gather: {prompt: Well?, choices: {"1": hours, "2": sales}}}], '
        "sales: [say: Sales.]}"
    )
    assert back(list(drawn.values())) == ["hours -> start"]


def test_without_a_circle_nothing_leads_back(boxes):
    drawn = boxes(
        "voice: {end: [hangup], far: [{redirect: end}], start: [{record: {then: end, no_input: near}}], "
        "near: [{redirect: far}]}"
    )
    assert back(list(drawn.values())) == []


def test_of_fourteen_scenes_few_lead_back_and_all_of_them_towards_the_start(hotel):
    assert sorted(set(back(contents.boxes(hotel)))) == [
        "change -> menu",
        "directions -> menu",
        "rooms -> menu",
        "voicemail -> menu",
    ]
