"""A line for what reaches out, with an API key and limits that tests of something else do not meet."""

import pytest
from twilio.rest import Client

from local import account
from tests.line.around import lost, running
from tests.line.commands import run
from tests.line.reach.owner import Home
from tests.tools.numbers import fictional
from tests.tools.waiting import eventually


@pytest.fixture(scope="session")
def whole_line(tmp_path_factory, generous):
    with running(tmp_path_factory.mktemp("line"), generous) as line:
        yield line
        assert eventually(lambda: not lost(line.log())), "an owner must see what is said outside of invocations, too"


@pytest.fixture(scope="session")
def generous():
    """Limits that no test of something else meets, and a queue that tries again at once."""
    return {
        "AHOY_HOURLY_LIMIT": "100000",
        "AHOY_DAILY_LIMIT": "100000",
        "AzureFunctionsJobHost__extensions__queues__visibilityTimeout": "00:00:00",
        "TWILIO_API_KEY_SID": "SK" + "0" * 32,
        "TWILIO_API_KEY_SECRET": "the-secret-of-the-api-key-of-tests",
        "TWILIO_TWIML_APP_SID": "AP" + "0" * 32,
        "AHOY_ALERT_NUMBER": "+12025550109",
        "AHOY_ALERT_TOKEN": "the-token-of-the-alerts-of-tests",
    }


@pytest.fixture
def twilio(line):
    """The people around the line, and what goes wrong."""
    return line.twilio


@pytest.fixture
def service(line):
    """The SID of a messaging service that sends from the line's number, which says where texts to it go."""
    card = line.running.line
    client = Client(card.account_sid, card.auth_token)
    client.api.base_url = client.messaging.base_url = card.twilio
    made = client.messaging.v1.services.create(friendly_name="of a test", use_inbound_webhook_on_number=True)
    made.phone_numbers.create(phone_number_sid=client.incoming_phone_numbers.list(phone_number=line.number)[0].sid)
    yield made.sid
    made.delete()
    client.http_client.session.close()


@pytest.fixture(scope="session")
def numbers():
    """Return numbers that no other test has called or texted, from the range for fiction around the line's city."""
    return fictional(240, 301, 571, 703)


@pytest.fixture
def of(line, card):  # noqa: ARG001 -- the line that --local names
    """The account of the line as dev.py start writes it down; its number is connected to the app afterwards."""
    back = ("connect", "--local", "--yes", line.number, line.app)
    run(*back)
    config = account.current(is_local=True)
    yield config
    config.client().incoming_phone_numbers.list()[0].update(voice_application_sid="")
    run(*back)


@pytest.fixture
def home(tmp_path, line, generous):
    """The folder of an owner whose line this is."""
    return Home(tmp_path, line.running, (generous["TWILIO_API_KEY_SID"], generous["TWILIO_API_KEY_SECRET"]))
