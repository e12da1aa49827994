"""What Twilio does not take, and with which code and level it stands in the owner's log."""

from collections.abc import Iterator

from local.twilio import codes, values
from local.twilio.engine import carrier, files, replies, taking
from local.twilio.twiml import NO_RESPONSE, PARSE_FAILED, TOO_LARGE, WRONG_TYPE
from local.twilio.webhooks import CONNECTION_FAILED, INVALID_REDIRECT, RETRIEVAL_FAILED, TOO_MANY_REDIRECTS

TITLE = "What is not taken"
HEAD = """\
Each stands with Twilio's own code in the owner's log, and is printed where it happens when the line is dialled or
texted from the terminal. After a **warning** a call goes on without what was not taken; an **error** ends its document:
the fallback URL is asked when there is one, else the caller hears that an application error has occurred. A text that
is refused does not leave, others of the same answer do. Types and words of attributes are those of Twilio's library for
Node, version {version}.

| what | code | level |
|---|---|---|
"""


def text() -> str:
    """Return the section."""
    return HEAD.format(version=values.version()) + "\n".join(
        f"| {what} | {code} | {codes.level(code)} |" for what, code in refusals()
    )


def refusals() -> Iterator[tuple[str, int]]:
    """Yield what is not taken, and its code."""
    yield from (
        ("an app that cannot be reached", CONNECTION_FAILED),
        ("an answer that is not 2xx, or none in time", RETRIEVAL_FAILED),
        ("more than ten HTTP redirects", TOO_MANY_REDIRECTS),
        ("a redirect to what is no address of the web", INVALID_REDIRECT),
        ("a document over 64 KB", TOO_LARGE),
        ("a document that is no XML", PARSE_FAILED),
        ("a document whose root is not `Response`", NO_RESPONSE),
        ("another content type", WRONG_TYPE),
        ("an unknown verb, noun or attribute; a value that is none, where nothing else is said here", codes.SCHEMA),
        ("an address that is none of the web, or relative in a document that came by REST", codes.INVALID_URL),
        ("a relative address in a document by which REST changes a live call", codes.RELATIVE_IN_UPDATE),
        ("`Say` without words", codes.EMPTY_SAY),
        ("`Say` with more than 4,096 characters", codes.LONG_SAY),
    )
    yield from (
        ("a sound or a message's media that cannot be had; nobody who answers elsewhere is no fault", RETRIEVAL_FAILED),
        ("what `Play` plays and is no sound; the call goes on", files.NO_SOUND),
        ("the same in a `Gather`", files.NO_SOUND_IN_GATHER),
        ("media of a type that no message may have: the message is `failed`", files.NO_MEDIA),
        ("media over 5 MB: the message is `failed`", files.TOO_LARGE),
    )
    yield from ((f"another verb in a document for a {place}", code) for place, (_, code) in taking.PLACES.items())
    yield from ((f"what `{holder}` cannot hold", code) for holder, code in codes.OF_NESTED.items())
    yield from (
        (f"a wrong `{name}` of `{tag}`", code) for tag, of in codes.OF_VALUE.items() for name, code in of.items()
    )
    yield from ((f"a wrong `{name}` of `{tag}` in `Gather`", code) for (tag, name), code in codes.IN_GATHER.items())
    for tag, (none, too_long) in codes.OF_NAME.items():
        yield from ((f"a `{tag}` without a name", none), (f"a `{tag}` whose name has over 64 characters", too_long))
    yield from ((f"a wrong `{name}`", code) for name, code in codes.OF_ANY.items())
    yield from ((f"any other wrong attribute of `{tag}`", code) for tag, code in codes.OTHERWISE.items())
    yield from (
        ("another verb in the answer to a text", replies.NO_VERB_OF_MESSAGES),
        ("an answer to a text of more than ten documents", replies.TOO_MANY_DOCUMENTS),
        ("a text to nobody", carrier.NOBODY),
        ("a text from a number that is not the account's", carrier.NOT_OURS),
        ("a text with neither words nor media, or with more than 1,600 characters", carrier.NO_BODY),
        ("a text to a number that is not verified, of a trial account", carrier.UNVERIFIED),
        ("a text to the number that it is from", carrier.TO_ITSELF),
        ("a text to who has opted out", carrier.OPTED_OUT),
        ("a text with more than ten media", carrier.TOO_MANY_MEDIA),
    )
