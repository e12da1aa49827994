"""What the real Table service refuses never reaches it: keys, long strings."""

import re
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.store.tables import (
    KEY_CHARACTERS,
    MAX_ENTITY_BYTES,
    MAX_PROPERTIES,
    STRING_CHARACTERS,
    Unstorable,
    at_once,
    folded,
    key,
    unfolded,
)

FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f/\\#?]")  # Azure: "Understanding the Table service data model"


@given(st.text())
def test_a_key_holds_nothing_that_the_service_forbids_and_is_short(text):
    assert not FORBIDDEN.search(key(text))
    assert len(key(text)) <= KEY_CHARACTERS
    assert len(key(text).encode("utf-16-le", "surrogatepass")) <= 1024


@given(st.text(), st.text())
def test_two_texts_never_share_a_key(one, other):
    assert (key(one) == key(other)) == (one == other)


@given(st.text(max_size=300).map(lambda text: text * 200))
def test_long_keys_stay_apart_too(text):
    assert key(text + "a") != key(text + "b")


@given(st.dictionaries(st.sampled_from(["body", "media"]), st.text(max_size=20).map(lambda text: text * 3000)))
def test_a_long_text_is_kept_whole_in_pieces_that_the_service_takes(entity):
    pieces = folded(entity)
    assert all(len(piece.encode("utf-16-le", "surrogatepass")) <= 65_536 for piece in pieces.values())
    assert unfolded(pieces) == entity
    assert STRING_CHARACTERS * 4 <= 65_536


def test_an_entity_that_the_service_would_refuse_is_refused_here():
    assert folded({"body": "x" * (MAX_ENTITY_BYTES // 2 - 1000)})
    with pytest.raises(Unstorable, match="bytes"):
        folded({"body": "x" * (MAX_ENTITY_BYTES // 2)})
    assert folded({f"p{n}": n for n in range(MAX_PROPERTIES)})
    with pytest.raises(Unstorable, match="properties"):
        folded({f"p{n}": n for n in range(MAX_PROPERTIES + 1)})


def test_a_property_whose_name_is_no_identifier_is_refused_here_although_the_emulator_takes_it():
    with pytest.raises(Unstorable, match="'opted-out' is no name"):
        folded({"opted-out": 1})


def test_what_is_done_at_once_may_itself_do_things_at_once():
    done = []
    many = Thread(target=lambda: done.extend(at_once(lambda n: at_once(str, [n] * 3), range(40))), daemon=True)
    many.start()
    many.join(timeout=10)
    assert done == [[str(n)] * 3 for n in range(40)]
