"""What is heard of a call, under the addresses that its transcript names: GET /sounds/{name}."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from local.twilio.rest.protocol import board_of
from local.twilio.speech.sounds import PATH
from local.twilio.speech.speaker import Mute


def routes() -> list[Route]:
    """Return the route of all sounds."""
    return [Route(f"{PATH}{{name}}", _give)]


async def _give(request: Request) -> Response:
    """Give a sound, or 404 with the reason why there is none."""
    try:
        sound = await board_of(request).sounds.sound(request.path_params["name"])
    except Mute as e:
        return PlainTextResponse(str(e), 404)
    return Response(sound.content, media_type=sound.content_type)
