"""How fast stories are told, and how much those of the ready-made lines would notice.

    .ahoy/venv/bin/python -m bench.stories                  200 stories: in one process, and in the real ones
    .ahoy/venv/bin/python -m bench.stories --changes        one word, key, target or number changed at a time
    .ahoy/venv/bin/python -m bench.stories --changes menu   of one line

A change is noticed when the flow is refused or a story is not true any more. Each other is printed with its reason
(`UNNOTICED`). The exit code is 1 when too few are noticed, when one without a reason is not, or when the stories do
not end alike both ways.
"""

import argparse
import itertools
import logging
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from bench import changes
from local import flow_files
from local.tell import processes, reader, stage, troupe

FLOWS = Path(__file__).parent.parent / "flows"
WANTED = 0.95  # of all changes are noticed
STORIES = 200
_WRITTEN = "whether a recording is written down is seen in the record alone"
_LIST = "which list it is, only a broadcast shows"
# A change -> why no story can notice it.
UNNOTICED = {
    "business-hours.yaml:17:45 true -> false": _WRITTEN,
    "voicemail.yaml:7:65 true -> false": _WRITTEN,
    "conference.yaml:13:72 20 -> 21": "nobody tells of twenty-one people in a room",
    "reminder.yaml:4:12 reminder -> confirmed": "it is for the checker: who may begin at a scene is not narrowed by it",
    "screening.yaml:12:20 refuse -> ended": "both scenes hang up",
    "subscribe.yaml:9:23 news -> zebra": _LIST,
    "subscribe.yaml:10:26 news -> zebra": _LIST,
}


def main() -> None:
    """Measure, or change and tell."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--changes", action="store_true", help="change the flows instead of measuring")
    arguments.add_argument("lines", nargs="*", help="names of ready-made lines (default: all)")
    given = arguments.parse_args()
    logging.disable(logging.CRITICAL)
    flows = [FLOWS / f"{name}.yaml" for name in given.lines] or changes.flows(FLOWS)
    sys.exit(_change(flows) if given.changes else _measure(flows))


def _change(flows: list[Path]) -> int:
    """Print what nobody noticed, and how much was."""
    every, unnoticed = 0, list[str]()
    for flow in flows:
        for change in changes.changes(flow):
            every += 1
            if not changes.is_noticed(flow, change):
                unnoticed.append(str(change))
                print(f"{change}: {UNNOTICED.get(str(change), 'no reason is known')}", flush=True)
    share = 1 - len(unnoticed) / every
    print(f"{every - len(unnoticed)} of {every} changes are noticed, {share:.1%}")
    return int(share < WANTED or not UNNOTICED.keys() >= set(unnoticed))


def _measure(flows: list[Path]) -> int:
    """Print what a story takes in one process and in the real ones, and whether all end alike."""
    began = time.perf_counter()
    here = list(_told(flows[:1], stage.stage))
    print(f"the first, with all that is imported: {time.perf_counter() - began:.1f} s for {len(here)} stories")
    began, worked = time.perf_counter(), time.process_time()
    here = list(
        itertools.islice(itertools.chain.from_iterable(_told(flows, stage.stage) for _ in range(STORIES)), STORIES)
    )
    each = (time.perf_counter() - began) / len(here)
    worked = time.process_time() - worked
    print(
        f"{len(here)} stories in one process: {each * len(here):.1f} s, {each * 1000:.0f} ms each; "
        f"{worked:.1f} s of the processor",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as folder, processes.started(Path(folder), flows[0]) as line:
        began = time.perf_counter()
        there = list(_told(flows, line.stage))
        taken = (time.perf_counter() - began) / len(there)
    print(f"{len(there)} stories in the real processes: {taken * 1000:.0f} ms each, {taken / each:.0f} times as much")
    unlike = [one for one, other in zip(here, there, strict=False) if one != other]
    for name, ended in unlike:
        print(f"{name} does not end alike: {ended}")
    return int(bool(unlike))


def _told(flows: Iterable[Path], stages: troupe.Stages) -> Iterable[tuple[str, str]]:
    """Tell all stories of flows; give each with how it ended."""
    for flow in flows:
        book, _ = reader.read(flow_files.stories_of(flow))
        for told in troupe.told(flow, book, stages=stages):
            yield f"{flow.stem}: {told.story.name}", str(told.failure or "")


if __name__ == "__main__":
    main()
