"""Kinds of fields that many of the API's answers have, as its description shows them; they check nothing.

An enumeration with a title becomes a schema of its own. Twilio's own are described and not checked: a status that it
adds one day is stored all the same, and shown as one that the description has.
"""

from typing import Annotated, Literal

from msgspec import Meta

type Moment = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]  # in UTC, as the store holds it
type Direction = Annotated[
    Literal["inbound", "outbound"], Meta(title="Direction", description="To the line or from it.")
]
