"""The words by which people leave a line, come back and ask for help: the whole of a text, in any case.

Source: Twilio, "Twilio support for opt-out keywords".
"""

STOP = frozenset(["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE"])
START = frozenset(["START", "YES", "UNSTOP"])
HELP = frozenset(["HELP", "INFO"])
