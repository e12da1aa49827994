"""What the tests of the local Twilio share: the stand-in as a real process, and a customer's app."""

import itertools
import threading
import time
from types import FunctionType

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from local.twilio.client import Twilio
from tests.tools.stand_in import ACCOUNT, TOKEN, start, stop

UNVERIFIED = "+12025550199"
_numbers = itertools.count(1000)  # beyond those that tests name


class App:
    """A customer's app: `answers` maps a path to a document, a Response, or a function of the request's parameters."""

    def __init__(self):
        self.answers = {}
        self.requests = []
        self.forged = []
        self.address = ""

    def says(self, **documents):
        """Set the answers: the keyword is the path, the value what stands inside of Response."""
        self.answers |= documents

    def got(self, path):
        """Return the parameters of the requests to a path."""
        return [parameters for asked, parameters in self.requests if asked == path]

    async def __call__(self, request: Request):
        path = request.url.path.strip("/")
        form = dict((await request.form()).items()) if request.method == "POST" else {}
        parameters = form or dict(request.query_params)
        signature = request.headers.get("x-twilio-signature", "")
        if not RequestValidator(TOKEN).validate(str(request.url), form, signature):
            self.forged.append(path)
        self.requests.append((path, parameters))
        answer = self.answers.get(path, "")
        answer = answer(parameters) if isinstance(answer, FunctionType) else answer
        if isinstance(answer, Response):
            return answer
        return Response(f'<?xml version="1.0" encoding="UTF-8"?><Response>{answer}</Response>', media_type="text/xml")


def serve(app):
    async def answer(request):
        return await app(request)

    served = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
    server = uvicorn.Server(uvicorn.Config(served, port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    app.address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    return server, thread


@pytest.fixture(scope="session")
def customer():
    app = App()
    server, thread = serve(app)
    yield app
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="session")
def stand_in():
    started, address = start("--clock", "manual", "--unverified", UNVERIFIED)
    yield address
    stop(started)


@pytest.fixture(scope="session")
def rest(stand_in):
    client = Client(ACCOUNT, TOKEN, http_client=TwilioHttpClient(timeout=30))
    for product in (client.api, client.messaging, client.lookups, client.verify, client.monitor):
        product.base_url = stand_in
    yield client
    client.http_client.session.close()


@pytest.fixture
def app(customer, rest):
    """The line's app, fresh, with the number's webhooks set to it."""
    customer.answers, customer.requests, customer.forged = {}, [], []
    at = customer.address
    rest.incoming_phone_numbers.list()[0].update(
        voice_url=f"{at}/voice",
        voice_method="POST",
        voice_fallback_url="",
        sms_url=f"{at}/sms",
        sms_method="POST",
        sms_fallback_url="",
        status_callback=f"{at}/status",
    )
    yield customer
    assert customer.forged == []


@pytest.fixture
def twilio(stand_in, app):  # noqa: ARG001 -- the app is there before anybody calls
    with Twilio(stand_in) as client:
        yield client
        client.faults()


@pytest.fixture
def desk(twilio):
    """Return a phone at a number that no other test uses."""

    def make(**behaviour):
        return twilio.phone(f"+1202555{next(_numbers):04}", **behaviour)

    return make
