"""Only Twilio gets in: known vectors, every mutation of a valid request, and hostile bodies."""

from hashlib import sha256
from urllib.parse import parse_qsl

import azure.functions as func
import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shared import settings
from shared.twilio import sids, signature
from tests.tools.requests_in import BASE, FORM, TOKEN, get, post, sign

VOICE = [
    ("CallSid", "CA0123456789abcdef0123456789abcdef"),
    ("From", "+12025550122"),
    ("To", "+12025550100"),
    ("CallStatus", "ringing"),
    ("FromCity", ""),
]
TEXT = [
    ("MessageSid", "SM0123456789abcdef0123456789abcdef"),
    ("Body", "Grüße & 你好 + 100%"),
    ("NumMedia", "0"),
]
GATHER = [("Digits", "1"), ("CallSid", "CA0123456789abcdef0123456789abcdef")]
VECTORS = [
    ("", "/api/voice", VOICE, "fupZDlwUReL0WEZrrl60lsbGXSU=", "I11KToeDNVSjpTbvtYvPznsvupck/Py0w5b221BYqRA="),
    ("", "/api/sms?code=k%2Fey%3D%3D&line=1", TEXT, "1Y0mda9gNTP65PI/iTGyoeCbR38=",
     "AcqDvUOLHGHCIjfbLdWacFPdbNtCSmAeabbbPkOiHY8="),
    (":8443", "/api/voice/menu", GATHER, "xmuPPQvxyILF/Q1NT1X02EHHCQ4=",
     "/hpzrYZH7Ry9FKGwEQ8z6lDL9BRrPgkPOIO3il/FplM="),
]  # fmt: skip
SHARED_KEY = {"x-twilio-webhooks-signature-settings": "key=webhooks_1,algorithm=HMAC_SHA256"}
KEEP = [HealthCheck.function_scoped_fixture]  # the line's settings are the same for every example


@pytest.fixture(autouse=True)
def _line(environ):
    pass


def check(req):
    return signature.verified(req, settings.current())


def is_refused(req):
    try:
        check(req)
    except signature.Refused as refusal:
        return 400 <= refusal.status < 500
    return False


@pytest.mark.parametrize(("port", "path", "pairs", "sha1", "sha256_"), VECTORS)
def test_known_signatures_are_accepted(port, path, pairs, sha1, sha256_):
    assert check(post(path, pairs, headers={"x-twilio-signature": sha1}, base=BASE + port)) == dict(pairs)
    stronger = SHARED_KEY | {"x-twilio-signature": sha256_}
    assert check(post(path, pairs, headers=stronger, base=BASE + port)) == dict(pairs)


def test_a_json_body_is_accepted_when_its_hash_is_in_the_signed_address():
    body = b'{"hello":"world"}'
    path = f"/api/status/call?bodySHA256={sha256(body).hexdigest()}"
    headers = {"content-type": "application/json", "x-twilio-signature": "Nsa0fgDfmrmEwXaDn5PXMn6+7fw="}
    assert check(post(path, body=body, headers=headers)) == {"hello": "world"}
    assert is_refused(post(path, body=b'{"hello":"World"}', headers=headers))


def test_a_json_body_that_the_signature_does_not_cover_is_refused():
    headers = {"content-type": "application/json"}
    assert is_refused(post("/api/sms", body=b'{"Body":"hi"}', headers=headers))
    assert is_refused(post("/api/sms?bodySHA256=", body=b'{"Body":"hi"}', headers=headers))


def test_a_get_webhook_keeps_its_empty_parameters():
    assert check(get(f"/api/voice?CallSid=CA{"1" * 32}&FromCity=&From=%2B12025550122")) == {
        "CallSid": "CA" + "1" * 32, "FromCity": "", "From": "+12025550122"}  # fmt: skip


def test_a_repeated_parameter_means_the_same_however_its_repeats_are_ordered_and_doubled():
    pairs = [("Tag", "b"), ("Tag", "a"), ("Body", "x")]
    signed = sign(BASE + "/api/sms", pairs, TOKEN)
    for resent in ([*pairs, ("Tag", "b")], pairs[::-1]):
        assert check(post("/api/sms", resent, headers={"x-twilio-signature": signed})) == {"Tag": "a", "Body": "x"}


def test_the_public_address_is_what_counts_when_it_is_set(environ):
    environ(TWILIO_AUTH_TOKEN=TOKEN, PUBLIC_BASE_URL="https://line.example.org/")
    inner = "https://ahoy-1.azurewebsites.example"
    assert check(post("/api/voice?a=1", VOICE, base=inner, public="https://line.example.org"))
    assert is_refused(post("/api/voice?a=1", VOICE, base=inner))


def test_forwarded_headers_change_nothing():
    forged = {"x-forwarded-host": "evil.example", "x-forwarded-proto": "http", "x-original-url": "/api/sms"}
    assert check(post("/api/voice", VOICE, headers=forged))
    signed_elsewhere = sign("https://evil.example/api/voice", VOICE, TOKEN)
    assert is_refused(post("/api/voice", VOICE, headers=forged | {"x-twilio-signature": signed_elsewhere}))


def test_both_tokens_are_accepted_during_a_rotation(environ):
    environ(TWILIO_AUTH_TOKEN="a" * 32, TWILIO_AUTH_TOKEN_SECONDARY="b" * 32)
    assert check(post("/api/voice", VOICE, signed_with="a" * 32))
    assert check(post("/api/voice", VOICE, signed_with="b" * 32))
    assert is_refused(post("/api/voice", VOICE, signed_with="c" * 32))


def test_the_secret_of_our_api_key_is_accepted_only_under_its_name(environ):
    environ(TWILIO_AUTH_TOKEN=TOKEN, TWILIO_API_KEY_SID="SK1", TWILIO_API_KEY_SECRET="s" * 32)
    signed = {"x-twilio-signature": sign(BASE + "/api/voice", VOICE, "s" * 32, "HMAC_SHA256")}
    ours = {"x-twilio-webhooks-signature-settings": "key=SK1,algorithm=HMAC_SHA256"}
    assert check(post("/api/voice", VOICE, headers=signed | ours))
    assert is_refused(post("/api/voice", VOICE, headers=signed | SHARED_KEY))


@pytest.mark.parametrize("token", ["", "@Microsoft.KeyVault(SecretUri=https://v.example/secrets/t)"])
def test_without_a_usable_token_everything_is_refused(environ, token):
    environ(**({"TWILIO_AUTH_TOKEN": token} if token else {}))
    with pytest.raises(signature.Refused, match="TWILIO_AUTH_TOKEN"):
        check(post("/api/voice", VOICE, signed_with=token or TOKEN))
    with pytest.raises(signature.Refused, match="TWILIO_AUTH_TOKEN"):
        check(post("/api/voice", VOICE, signed_with=None, headers={"x-twilio-signature": ""}))


def test_the_log_names_the_address_that_was_checked_but_no_query_and_no_body():
    with pytest.raises(signature.Refused) as refused:
        check(get("/api/sms?Body=secret&code=key", signed_with="wrong"))
    assert f"{BASE}/api/sms?…" in str(refused.value)
    assert "secret" not in str(refused.value)
    assert "PUBLIC_BASE_URL" in str(refused.value)


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"Body=" + b"x" * 70_000, FORM, 413),
        (b"Body=%FF%FE", FORM, 403),
        (b"\xff\xfe", FORM, 403),
        (b"&".join(b"p%d=1" % n for n in range(1000)), FORM, 403),
        (b"Body=hi", "text/plain", 403),
        (b"Body=hi", "multipart/form-data", 403),
        (b"Body=hi", "", 403),
    ],
)
def test_hostile_bodies_are_refused_whatever_their_signature(body, content_type, status):
    headers = {"content-type": content_type, "x-twilio-signature": sign(BASE + "/api/sms", [], TOKEN)}
    with pytest.raises(signature.Refused) as refused:
        check(post("/api/sms", body=body, headers=headers))
    assert refused.value.status == status


def test_deep_json_is_refused():
    body = b"[" * 30_000
    path = f"/api/sms?bodySHA256={sha256(body).hexdigest()}"
    headers = {"content-type": "application/json", "x-twilio-signature": sign(BASE + path, [], TOKEN)}
    assert is_refused(post(path, body=body, headers=headers))


def test_what_the_validator_raises_is_a_refusal():
    req = func.HttpRequest("POST", "https://host:99999999/api/voice", headers={"content-type": FORM}, body=b"a=1")
    assert is_refused(req)


@given(
    st.lists(st.sampled_from([*"ab=&+%2;0é\x00 #", "%26", "%3D", "%3d", "%2B", "%C3%A9", "%C3"]), max_size=20).map(
        "".join
    )
)
def test_parameters_are_read_as_the_library_reads_them(query):
    try:
        expected = parse_qsl(query, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        with pytest.raises(signature.Refused):
            signature._parsed(query)
    else:
        assert signature._parsed(query) == expected


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
names = words.filter(lambda name: not name.endswith("Sid"))  # hypothesis knows the words of the code; those have a form


@given(st.dictionaries(names, words | st.just(""), max_size=8), st.data())
@hypothesis_settings(suppress_health_check=KEEP, deadline=None, max_examples=200)
def test_any_parameters_pass_when_signed_and_none_when_one_is_changed_added_or_left_out(parameters, data):
    assume(not sids.fault(parameters, ""))  # a name that is drawn from the code itself, such as RecordingSid
    pairs = list(parameters.items())
    signed = {"x-twilio-signature": sign(BASE + "/api/sms?x=1", pairs, TOKEN)}
    assert check(post("/api/sms?x=1", pairs, headers=signed)) == parameters

    added = (data.draw(words), data.draw(words))
    assume(added[0] not in parameters)
    assert is_refused(post("/api/sms?x=1", [*pairs, added], headers=signed))
    if pairs:
        at = data.draw(st.integers(0, len(pairs) - 1))
        name, value = pairs[at]
        other = data.draw(words)
        assume(other != value)
        assert is_refused(post("/api/sms?x=1", [*pairs[:at], (name, other), *pairs[at + 1 :]], headers=signed))
        assert is_refused(post("/api/sms?x=1", pairs[:at] + pairs[at + 1 :], headers=signed))


@given(st.lists(st.tuples(words, words | st.just("")), max_size=8))
@hypothesis_settings(suppress_health_check=KEEP, deadline=None)
def test_what_is_known_at_once_is_what_the_library_computes(pairs):
    url = BASE + "/api/voice?line=1"
    signed = url + "".join(name + value for name, value in sorted(set(pairs)))
    req = post("/api/voice?line=1", pairs)
    assert signature._is_plainly_signed(req, ["of another rotation", TOKEN], signed)
    assert not signature._is_plainly_signed(req, ["of another rotation"], signed)
    assert not signature._is_plainly_signed(req, [TOKEN], signed + "a")


@given(st.data())
@hypothesis_settings(suppress_health_check=KEEP, deadline=None)
def test_another_address_or_signature_or_token_is_refused(data):
    path = "/api/voice?line=1"
    signed = sign(BASE + path, VOICE, TOKEN)
    at = data.draw(st.integers(0, len(signed) - 1))
    letter = data.draw(st.sampled_from("ABCDabcd0123+/é "))
    mutated = signed[:at] + letter + signed[at + 1 :]
    assume(mutated != signed)
    assert is_refused(post(path, VOICE, headers={"x-twilio-signature": mutated}))
    assert is_refused(post(path, VOICE, headers={"x-twilio-signature": signed[:at]}))
    elsewhere = data.draw(st.sampled_from(["/api/voice", "/api/voice?line=2", "/api/sms?line=1", "/api/voice/?line=1"]))
    assert is_refused(post(elsewhere, VOICE, headers={"x-twilio-signature": signed}))
    assert is_refused(post(path, VOICE, headers={"x-twilio-signature": signed}, base="http://ahoy.example.com"))
    assert is_refused(post(path, VOICE, headers={"x-twilio-signature": signed}, base="https://other.example.com"))
    assert is_refused(post(path, VOICE, signed_with=TOKEN[::-1]))


def test_a_signature_under_another_or_an_unknown_algorithm_is_refused():
    signed = {"x-twilio-signature": VECTORS[0][3]}
    for algorithm in ("HMAC_SHA256", "HMAC_MD5", "none"):
        named = {"x-twilio-webhooks-signature-settings": f"key=k,algorithm={algorithm}"}
        assert is_refused(post("/api/voice", VOICE, headers=signed | named))
