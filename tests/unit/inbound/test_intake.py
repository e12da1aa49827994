"""A text is what came first under its SID: the same request cut anew gives nobody else's word."""

import secrets
from datetime import UTC, datetime

import pytest

from shared.inbound import intake
from tests.tools.stand_in import LINE

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.usefixtures("ours")
def test_a_text_that_comes_again_from_somebody_else_or_to_another_line_is_not_taken(number, another):
    text = {"MessageSid": "SM" + secrets.token_hex(16), "From": number, "To": LINE, "Body": "hi"}
    assert intake.remember(text, NOW).is_new
    assert not intake.remember(text, NOW).is_new
    for told in ({"From": another, "Body": "STOP"}, {"To": another}, {"From": ""}):
        with pytest.raises(intake.AnotherText):
            intake.remember(text | told, NOW)
    assert not intake.opt_outs.has_opted_out(another, LINE)
