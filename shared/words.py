"""What people write and say, as it is compared: by how it reads, not by how a phone or a recogniser encodes it.

Source: The Unicode Standard, 3.13, D146 (compatibility caseless matching), and Default_Ignorable_Code_Point. Marks
count: they are the vowels of Devanagari and the tones of Thai.
"""

import re
from unicodedata import category, decimal, normalize

_APOSTROPHES = str.maketrans(
    dict.fromkeys("`\u00b4\u02b9\u02bb\u02bc\u02c8\u2018\u2019\u201b\u2032\u055a\u05f3\uff07", "'")
)
_IGNORABLE = "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
_DOTLESS = "\u0131|i\u0307"  # the i of Turkish, whose capitals are I and \u0130, in lower case


def folded(text: str) -> str:
    """Return a text as it is compared: words in lower case, one blank between them, without punctuation.

    Apostrophes are alike, dashes part words, digits of any script are 0 to 9, and what cannot be seen is left out.
    """
    visible = "".join(character for character in re.sub(_IGNORABLE, "", text) if category(character) != "Cf")
    spelled = visible.translate(_APOSTROPHES)
    for form in ("NFD", "NFKC"):
        spelled = normalize(form, spelled).casefold()
    compared = "".join(map(_compared, re.sub(_DOTLESS, "i", normalize("NFKC", spelled))))
    return " ".join(filter(None, map(_word, compared.split())))


def _word(text: str) -> str:
    """Return a word without what stands around it: quotes, or the `*` by which WhatsApp makes it bold."""
    return text.strip("'*#" if any(map(str.isalpha, text)) else "'")


def _compared(character: str) -> str:
    """Return a character of a word, or the blank that stands for what is none."""
    kind = category(character)
    if kind == "Nd":
        return str(decimal(character))
    return character if kind[0] in "LN" or kind in {"Mn", "Mc"} or character in "*#'" else " "
