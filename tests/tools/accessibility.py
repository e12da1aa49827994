"""What of a page some people cannot use, as axe finds it: contrast, names, roles, the order of the keyboard."""

from functools import cache

from local.bootstrap import emulator

RULES = {"light": {}, "dark": {"runOnly": ["color-contrast"]}}  # colours are all that differs between themes
RUN = "async ([within, options]) => (await axe.run(within, options)).violations"


def faults(page, within="html"):
    """Return what axe finds wrong with a page, or a part of it, in either theme: each as a sentence with its place."""
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(_axe())  # not as an element of the page: its policy lets no strange script run
    found = []
    for theme, rules in RULES.items():
        page.emulate_media(color_scheme=theme)
        told = page.evaluate(RUN, [within, {"resultTypes": ["violations"], **rules}])
        found += [_sentence(theme, rule, node) for rule in told for node in rule["nodes"]]
    page.emulate_media(color_scheme="no-preference")
    return found


@cache
def _axe():
    return emulator.AXE.read_text(encoding="utf-8")


def _sentence(theme, rule, node):
    why = " ".join(node["failureSummary"].split())
    return f"{theme}, {rule['id']}: {rule['help']}. {' '.join(map(str, node['target']))}: {why}"
