"""What Twilio allows, and what it says by number: each fact once. The Table service's stand in store/tables.py."""

MESSAGE_CHARACTERS = 1600  # of a text. Source: Twilio, "Message resource", Body
MESSAGE_MEDIA = 10  # pictures and the like of one message. Source: as above, MediaUrl
PAGE_ROWS = 1000  # of a list. Source: Twilio, "Twilio's response", paging
UNSUBSCRIBED_RECIPIENT = 21610  # error: the recipient has opted out
