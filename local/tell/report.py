"""What came of stories, for persons, for scripts, and for CI."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from local.tell.reader import flow_of
from local.tell.troupe import Told
from local.tell.ways import Key, Way
from local.wording import counted
from shared.flow.mistake import Mistake

_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class Outcome:
    """What came of a file: its stories that were told, and every way of its flow. With `mistakes` none was told."""

    file: Path
    told: list[Told] = field(default_factory=list)
    every: list[Way] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)

    @property
    def untold(self) -> list[Way]:
        """The ways that no story goes."""
        return [way for way in self.every if way.key not in self.stories_of_ways]

    @property
    def stories_of_ways(self) -> dict[Key, set[int]]:
        """Which of its stories go each way, by their places in the file."""
        gone: dict[Key, set[int]] = {}
        for number, told in enumerate(self.told):
            for key in told.gone:
                gone.setdefault(key, set()).add(number)
        return gone


def shown(file: Path, told: Told) -> str:
    """Return how a story ended, as a person reads it; of one that is not true, what happened."""
    if told.failure is None:
        return f"true      {told.story.name}"
    lines = [f"NOT TRUE  {told.story.name}", f"  {file}:{_place(told)}: {_said(told)}{told.failure.happened}"]
    return "\n".join([*lines, *(f"    {line}" for line in told.failure.transcript.splitlines())])


def as_json(file: Path, told: Told) -> str:
    """Return how a story ended as one line of JSON."""
    document: dict[str, Any] = {"file": str(file), "story": told.story.name, "true": told.failure is None}
    if told.failure:
        document |= {"at": _place(told), "told": told.failure.step.sentence if told.failure.step else None}
        document |= {"happened": told.failure.happened, "transcript": told.failure.transcript.splitlines()}
    return json.dumps(document, ensure_ascii=False)


def summed_up(outcomes: list[Outcome], seconds: float) -> str:
    """Return the last line: how many stories, how many of them are not true, how many ways they go."""
    told = [one for outcome in outcomes for one in outcome.told]
    every = sum(len(outcome.every) for outcome in outcomes)
    gone = every - sum(len(outcome.untold) for outcome in outcomes)
    untrue = sum(one.failure is not None for one in told)
    of = f", {gone} of {counted(every, 'way')}" if every else ""
    stories = "1 story" if len(told) == 1 else f"{len(told)} stories"
    return f"{stories} told, {untrue} not true{of}, in {seconds:.1f} s"


def junit(outcomes: list[Outcome]) -> str:
    """Return what came of it as JUnit's XML: a suite for each file, a case for each story."""
    root = ET.Element("testsuites")
    for outcome in outcomes:
        failed = sum(told.failure is not None for told in outcome.told)
        suite = ET.SubElement(root, "testsuite", name=str(outcome.file),
                              tests=str(len(outcome.told) + len(outcome.mistakes)), failures=str(failed),
                              errors=str(len(outcome.mistakes)),
                              time=f"{sum(told.took_s for told in outcome.told):.3f}")  # fmt: skip
        for told in outcome.told:
            case = ET.SubElement(suite, "testcase", name=_in_xml(told.story.name),
                                 classname=flow_of(outcome.file).stem, file=str(outcome.file),
                                 line=str(told.story.line), time=f"{told.took_s:.3f}")  # fmt: skip
            if told.failure:
                said = _in_xml(f"{_said(told)}{told.failure.happened}")
                fault = ET.SubElement(case, "failure", message=said, type="NotTrue")
                fault.text = _in_xml(told.failure.transcript)
        for mistake in outcome.mistakes:
            said = _in_xml(str(mistake))
            case = ET.SubElement(suite, "testcase", name=said, classname=flow_of(outcome.file).stem, time="0")
            ET.SubElement(case, "error", message=said, type="Mistake")
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _in_xml(text: str) -> str:
    """Return a text without the characters that XML cannot hold, however they are written."""
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _place(told: Told) -> str:
    at = (told.failure and told.failure.step) or told.story
    return f"{at.line}:{at.column}"


def _said(told: Told) -> str:
    step = told.failure.step if told.failure else None
    return f'told "{step.sentence}{f": {step.value}" if step.value else ""}": ' if step else "at its end: "
