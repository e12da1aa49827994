"""What came of stories, for persons, for scripts, and for CI."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from local.tell.reader import flow_of
from local.tell.troupe import Told
from local.tell.ways import Way
from local.wording import counted
from shared.flow.document import Mistake


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
        gone = {key for told in self.told for key in told.gone}
        return [way for way in self.every if way.key not in gone]


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
        suite = ET.SubElement(root, "testsuite", name=str(outcome.file), tests=str(len(outcome.told)),
                              failures=str(failed), errors=str(len(outcome.mistakes)))  # fmt: skip
        for told in outcome.told:
            case = ET.SubElement(suite, "testcase", name=told.story.name, classname=flow_of(outcome.file).stem,
                                 file=str(outcome.file), line=str(told.story.line))  # fmt: skip
            if told.failure:
                fault = ET.SubElement(case, "failure", message=f"{_said(told)}{told.failure.happened}")
                fault.text = told.failure.transcript
        for mistake in outcome.mistakes:
            case = ET.SubElement(suite, "testcase", name=str(mistake), classname=flow_of(outcome.file).stem)
            ET.SubElement(case, "error", message=str(mistake))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _place(told: Told) -> str:
    at = (told.failure and told.failure.step) or told.story
    return f"{at.line}:{at.column}"


def _said(told: Told) -> str:
    step = told.failure.step if told.failure else None
    return f'told "{step.sentence}{f": {step.value}" if step.value else ""}": ' if step else "at its end: "
