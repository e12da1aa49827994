"""The phone page: what it may load, and its files as a browser keeps them."""

import gzip
import json
import re

import azure.functions as func
import pytest

from local.paths import ROOT
from shared.http import phone_page

LOCAL = {"TWILIO_API_BASE_URL": "http://127.0.0.1:7072"}
NAMES = sorted(path.name for path in phone_page.FOLDER.iterdir() if path.suffix in phone_page.TYPES)


def shown():
    answer = phone_page.show(func.HttpRequest("GET", "https://x.example/api/phone", body=b""))
    return answer.get_body().decode(), answer.headers


def file(name, **headers):
    headers = {key.replace("_", "-"): value for key, value in headers.items()}
    url = f"https://x.example/api/phone/{name}"
    return phone_page.file(func.HttpRequest("GET", url, headers=headers, route_params={"file": name}, body=b""))


def loaded(policy, kind):
    return re.search(rf"{kind} ([^;]*)", policy)[1].split()


def test_at_twilio_the_page_loads_its_own_files_and_twilios_signalling(environ):
    environ(TWILIO_API_BASE_URL="https://api.dublin.ie1.twilio.com")
    page, headers = shown()
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert loaded(policy, "script-src") == ["'self'"]
    assert loaded(policy, "connect-src") == ["'self'", "wss://*.twilio.com"]
    assert "signalling" not in page
    assert set(re.findall(r'(?:src|href)="phone/([^"]+)"', page)) - set(NAMES) == {phone_page.SDK}


def test_on_one_machine_the_script_of_the_local_twilio_comes_before_the_sdk(environ):
    environ(**LOCAL)
    page, headers = shown()
    stand_in = '<script src="http://127.0.0.1:7072/voice-sdk/signalling.js"></script>'
    assert page.index(stand_in) < page.index(phone_page.SDK)
    assert loaded(headers["Content-Security-Policy"], "connect-src") == ["'self'", "http://127.0.0.1:7072"]
    environ()
    assert shown()[0] == page.replace(stand_in, "")


@pytest.mark.usefixtures("environ")
@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_asked_for_anew_and_sent_again_only_when_it_has_changed(name):
    answer = file(name)
    assert answer.mimetype == phone_page.TYPES[f".{name.rpartition('.')[2]}"]
    assert answer.headers["Cache-Control"] == "no-cache"
    again = file(name, If_None_Match=answer.headers["ETag"])
    assert (again.status_code, again.get_body()) == (304, b"")
    assert file(name, If_None_Match='"another"').status_code == 200


@pytest.mark.usefixtures("environ")
def test_a_file_is_compressed_for_whoever_reads_that_under_a_tag_of_its_own():
    plain, zipped = file("app.js"), file("app.js", Accept_Encoding="gzip, br")
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.get_body()) == plain.get_body()
    assert zipped.headers["ETag"] != plain.headers["ETag"]


@pytest.mark.usefixtures("environ")
@pytest.mark.parametrize("name", ["none.js", "..%2fphone.html", "../phone.html", "phone.html", ""])
def test_nothing_else_is_served(name):
    assert file(name).status_code == 404


def test_the_sdk_of_a_package_is_kept_for_a_year(environ, tmp_path, monkeypatch):
    environ(**LOCAL)
    (tmp_path / phone_page.SDK).write_bytes(b"sdk")
    monkeypatch.setattr(phone_page, "FOLDER", tmp_path)
    phone_page._names.cache_clear()
    phone_page._content.cache_clear()
    answer = file(phone_page.SDK)
    phone_page._names.cache_clear()
    assert (answer.status_code, answer.get_body()) == (200, b"sdk")
    assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_without_a_package_the_sdk_comes_from_the_local_twilio_and_else_it_is_said_what_to_deploy(environ):
    environ(**LOCAL)
    assert file(phone_page.SDK).headers["Location"] == f"http://127.0.0.1:7072/voice-sdk/{phone_page.SDK}"
    environ()
    answer = file(phone_page.SDK)
    assert answer.status_code == 404
    assert "dev.py package" in answer.get_body().decode()


def test_the_sdk_is_the_one_that_npm_brings():
    packages = json.loads((ROOT / "local" / "node" / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert f"voice-sdk-{packages['@twilio/voice-sdk']}.min.js" == phone_page.SDK


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".js")])
def test_modules_import_what_is_there(name):
    source = (phone_page.FOLDER / name).read_text(encoding="utf-8")
    assert set(re.findall(r'from "\./([^"]+)"', source)) <= set(NAMES)
