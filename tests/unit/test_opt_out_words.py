"""Who wants to be left alone is understood in any reasonable words; who comes back says so in one."""

import pytest

from shared.opt_out_words import HELP, START, STOP, wish


@pytest.mark.parametrize(
    "text",
    [
        *sorted(STOP), *(word.lower() for word in sorted(STOP)), " stop\n", "Stop.", "STOP!", "stop!!!", '"stop"',
        "\u201cSTOP\u201d", "'stop'", "«stop»", "(stop)", "*STOP*", "stop\u200b", "\ufeffst\u00adop",
        "\u202astop\u202c", "\uff33\uff34\uff2f\uff30", "Stop 🛑", "opt out", "OPT-OUT", "Opt\u2011out.",
        "opt\u2013out", "opt me out", "opt out of these messages", "Cancel.", "“End”", "QUIT!", "unsubscribe me",
        "Unsubscribe from all", "please unsubscribe me from your list", "unsub", "I want to unsubscribe",
        "I\u2019d like to opt out.", "How do I unsubscribe?", "stop all", "stop stop stop", "please stop",
        "Stop, please", "stop pls", "STOP NOW", "ok stop", "stop it", "Stop this!", "please stop texting me",
        "stop texting me", "Stop texting this number", "STOP SENDING ME THESE MESSAGES!!", "stop messaging me please",
        "stop calling me", "Can you stop texting me?", "I asked you to stop", "quit texting me", "stop all messages",
        "end messages", "cancel texts", "Remove me", "remove me from your list", "Take me off this list!",
        "delete my number", "don't text me", "Don\u2019t text me again", "do not contact me anymore",
        "never text me again", "no more texts", "No more messages, please", "leave me alone", "I revoke my consent",
        "STOP. I never signed up for this.", "Who is this? Stop texting me!", "I never asked for this - remove me.",
        "Stop, wrong number", "STOP wrong number", "arrêt", "ARRET", "stopp", "baja", "no más", "СТОП",
        "stop please call me back", "I said stop", "unsubscribe all",
    ],
)  # fmt: skip
def test_who_wants_to_be_left_alone_is_understood(text):
    assert wish(text) == "STOP"


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "!", "stop by if you like", "Can you stop at the shop?", "please stop by tomorrow", "Don't stop!",
        "The bus stop is closed", "bus stop", "nonstop", "We never stop working", "Is this the end?",
        "End of May, please", "cancel my appointment", "please cancel", "Cancel Friday, keep Monday", "I quit my job",
        "quit it, you two", "opt in", "The opt out form is wrong", "don't text me before nine, call",
        "remove the tomatoes", "Take me to the shop", "no more tomatoes, please", "I will not unsubscribe",
        "stopped by, nobody was there", "Unsubscribed people?", "stopover", "hours", "leave",
    ],
)  # fmt: skip
def test_who_speaks_of_something_else_is_not(text):
    assert wish(text) == ""


@pytest.mark.parametrize("text", [*sorted(START), "start", "Start.", "\u201cSTART\u201d", "unstop!", " yes\n"])
def test_who_comes_back_says_the_very_word(text):
    assert wish(text) == "START"


@pytest.mark.parametrize(
    "text",
    ["please start", "start again", "start sending", "let's start", "Yes.", "yes please", "Yes, at ten", "restart"],
)
def test_nobody_is_brought_back_by_other_words(text):
    assert wish(text) == ""


@pytest.mark.parametrize("text", [*sorted(HELP), "Help!", "help?", "info."])
def test_who_asks_for_help_says_so(text):
    assert wish(text) == "HELP"


@pytest.mark.parametrize("text", ["help me move", "more info please"])
def test_help_with_something_is_no_such_question(text):
    assert wish(text) == ""


def test_no_text_takes_long():
    wish("stop " * 10_000 + "x")
    wish("remove me " + "from my " * 5_000 + "x")
