"""The make-call page: what comes from the address is text, and nothing but our own script may run."""

import azure.functions as func
import pytest

from shared.http import pages


def shown(**params):
    response = pages.make_call(func.HttpRequest("GET", "https://x.example/api/make-call", params=params, body=b""))
    return response.get_body().decode(), response.headers


def test_the_number_is_filled_in():
    assert 'value="+12025550122"' in shown(to="+12025550122")[0]


@pytest.mark.parametrize("text", ['"><script>alert(1)</script>', "' onfocus=alert(1) x='", "</input>"])
def test_what_the_address_says_stays_text(text):
    page, _ = shown(to=text)
    assert text not in page
    assert page.count("<script") == 1


def test_a_placeholder_in_the_address_is_not_filled_in():
    page, _ = shown(to="{{nonce}}")
    assert 'value="{{nonce}}"' in page


def test_only_this_answers_own_script_may_run():
    page, headers = shown()
    other, _ = shown()
    nonce = headers["Content-Security-Policy"].partition("script-src 'nonce-")[2].partition("'")[0]
    assert f'<script nonce="{nonce}">' in page
    assert nonce not in other
    assert "default-src 'none'" in headers["Content-Security-Policy"]
