"""dev.py tell: tell a line its stories, and say which are not true and which ways of the flow no story goes."""

import argparse
import contextlib
import logging
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from local.bootstrap import needs
from local.commands.flow import written
from local.wording import COMMAND

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.tell.report import Outcome
    from local.tell.troupe import Stages
    from shared.flow.mistake import Mistake


def NEEDS(given: argparse.Namespace) -> str:  # noqa: N802 -- what other commands have as a constant
    """Return what is to be brought: what draws pictures and a line's processes only when they are asked for."""
    return needs.LINE if given.picture or given.against else needs.PACKAGES


YAML = (".yaml", ".yml")
PICTURES = (".svg", ".png")
LOOK_S = 0.2  # between two looks at files that are watched


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument(
        "what", nargs="*", metavar="FILE|NAME", help="files of stories (default: the one beside the line's flow), "
        "and words that names of stories hold (default: all)",
    )  # fmt: skip
    parser.add_argument(
        "--against",
        choices=["line"],
        help="tell them to the real processes: a line of its own, started for this; slower",
    )
    parser.add_argument("--suggest", action="store_true", help="write a story for each way that none goes, "
                        "with what is heard today")  # fmt: skip
    parser.add_argument("-o", dest="is_kept", action="store_true", help="with --suggest: write them into the file")
    parser.add_argument("--watch", action="store_true", help="tell them again whenever a flow, its verbs.py or its "
                        "stories are saved, until Ctrl-C")  # fmt: skip
    parser.add_argument("--picture", type=Path, metavar="OUT", help="draw the flow (.svg or .png): ways that stories "
                        "go are solid, with their number, others dashed; of several files OUT-NAME each")  # fmt: skip
    parser.add_argument(
        "--workflow", action="store_true", help="print a workflow that tells them at GitHub, and no more"
    )
    parser.add_argument("--at", default="", metavar="TIME", help="when stories happen that do not say it themselves")
    parser.add_argument("--json", action="store_true", help="print each story as one line of JSON, for scripts")
    parser.add_argument("--junit", type=Path, metavar="OUT", help="write what came of it for CI, as JUnit's XML")


def run(given: argparse.Namespace) -> int:
    """Tell or suggest them; the exit code is 1 when a story is not true, 2 when a file cannot be told or written."""
    from local.flow_files import STORIES

    if given.workflow:
        return _print_workflow()
    if said := _refusal(given):
        print(said, file=sys.stderr)
        return 2
    logging.disable(logging.CRITICAL)  # a story that is not true says what happened
    places = [Path(text) for text in given.what if _is_place(text)]
    files = list(_files(places)) if places else [_usual()]
    if not files:
        print(f"{given.what[0]} has no stories; a file of them is called NAME{STORIES}.", file=sys.stderr)
        return 2
    if given.watch:
        return _watch(files, given)
    if given.suggest:
        return max(_suggest(file, given) for file in files)
    return _tell(files, given)


def _refusal(given: argparse.Namespace) -> str:
    """Return what is wrong with what is asked; empty when it can be done."""
    from local.moments import NoTime, in_zone

    if given.picture and given.picture.suffix.lower() not in PICTURES:
        return f"{given.picture}: a picture is {' or '.join(PICTURES)}."
    if given.is_kept and not given.suggest:
        return f"-o writes suggested stories: {COMMAND} tell --suggest -o"
    if given.watch and given.suggest:
        return "Stories are suggested once: take one of --watch and --suggest."
    if given.against and given.suggest:
        return "Stories are suggested in this process: take one of --against and --suggest."
    if given.at:
        try:
            in_zone(given.at, "UTC")
        except NoTime as e:
            return str(e)
    return ""


def _is_place(text: str) -> bool:
    """Whether a word of the command names a file or a folder, and not a story."""
    return text.endswith(YAML) or Path(text).is_dir()


def _files(places: list[Path]) -> "Iterator[Path]":
    """Return the files of stories that are named: by themselves, by their flow, or all of a folder."""
    from local.flow_files import STORIES, stories_of

    for place in places:
        if place.is_dir():
            yield from sorted(place.glob(f"*{STORIES}"))
        else:
            yield place if place.name.endswith(STORIES) else stories_of(place)


def _tell(files: list[Path], given: argparse.Namespace) -> int:
    """Tell the stories of files, and say what came of all of them; return the exit code."""
    from local import line
    from local.tell import report

    began = time.monotonic()
    try:
        with _stages(given.against, files[0]) as stages:
            outcomes = [_told(file, given, stages) for file in files]
    except line.CannotStart as e:
        print(e, file=sys.stderr)
        return 2
    is_written = not given.junit or not written(report.junit(outcomes).encode(), given.junit)
    is_written &= not given.picture or _draw(outcomes, given.picture)
    if not any(outcome.told or outcome.mistakes for outcome in outcomes):
        names = " ".join(text for text in given.what if not _is_place(text))
        print(f"No story is called like that: {names}", file=sys.stderr)
        return 2
    if not given.json and any(outcome.told for outcome in outcomes):
        print(report.summed_up(outcomes, time.monotonic() - began))
    if not is_written or any(outcome.mistakes for outcome in outcomes):
        return 2
    return 1 if any(told.failure for outcome in outcomes for told in outcome.told) else 0


def _print_workflow() -> int:
    from local.tell.workflow import USED_IN, workflow

    try:
        print(workflow(), end="")
    except OSError:
        print(f"{USED_IN} names the actions, and is not there.", file=sys.stderr)
        return 2
    return 0


def _draw(outcomes: "list[Outcome]", out: Path) -> bool:
    """Draw the flow of each file with the ways that its stories go; whether all could be written."""
    from local.draw import coverage, png, svg
    from local.tell import reader, ways
    from shared import flow

    can_be_told = [outcome for outcome in outcomes if not outcome.mistakes]
    codes = []
    for outcome, where in zip(can_be_told, _pictures(can_be_told, out), strict=True):
        played = reader.flow_of(outcome.file)
        boxes = coverage.boxes(flow.load(played), outcome.stories_of_ways, ways.TEXTS)
        is_png = where.suffix.lower() == ".png"
        drawn = png.of_boxes(boxes, played.name) if is_png else svg.of_boxes(boxes, played.name).encode()
        codes.append(written(drawn, where))
    return not any(codes)


def _pictures(outcomes: "list[Outcome]", out: Path) -> list[Path]:
    """Return where each flow is drawn: where it was asked for; of several, with the flow's name, and no two in one."""
    from local.tell import reader

    if len(outcomes) < 2:
        return [out][: len(outcomes)]
    names = [reader.flow_of(outcome.file).stem for outcome in outcomes]
    numbered = [f"{name}-{names[:at].count(name) + 1}" if name in names[:at] else name for at, name in enumerate(names)]
    return [out.with_stem(f"{out.stem}-{name}") for name in numbered]


def _watch(files: list[Path], given: argparse.Namespace) -> int:
    """Tell them now and after each change, in a new process, since verbs.py is imported once; until Ctrl-C."""
    import subprocess

    from local import flow_files, paths
    from local.tell import reader

    options = {"at": given.at, "against": given.against, "junit": given.junit, "picture": given.picture}
    passed_on = [f"--{name}={value}" for name, value in options.items() if value] + ["--json"] * given.json
    command = [sys.executable, str(paths.ROOT / "dev.py"), "tell", *passed_on, "--", *given.what]
    watches = [flow_files.Watch(reader.flow_of(file), file) for file in files]
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            subprocess.call(command)
            print("Told again when something is saved; Ctrl-C ends it.", file=sys.stderr, flush=True)
            while not sum(len(watch.changed()) for watch in watches):  # each is asked, or it would tell the same later
                time.sleep(LOOK_S)
    return 0


def _usual() -> Path:
    from local import account, flow_files

    return flow_files.stories_of(account.flow())


@contextlib.contextmanager
def _stages(against: str | None, first: Path) -> "Iterator[Stages]":
    """Give the lines on which stories are told: in this process, or one of real processes that plays `first` first."""
    if not against:
        from local.tell import stage

        yield stage.stage
        return
    from local.tell import processes, reader

    print("Starting a line for the stories ...", file=sys.stderr, flush=True)
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        processes.started(Path(folder), reader.flow_of(first)) as line,
    ):
        yield line.stage


def _told(file: Path, given: argparse.Namespace, stages: "Stages") -> "Outcome":
    """Tell the stories of a file, and print each as soon as it is told."""
    from local.flow_files import shown
    from local.tell import reader, report, troupe, ways
    from shared.flow.mistake import Mistake

    names = [text for text in given.what if not _is_place(text)]
    book, mistakes = reader.read(file)
    if not mistakes and not book.stories:
        mistakes = [Mistake(1, 1, "no story is in it", f"{COMMAND} tell --suggest -o {shown(file)} begins")]
    if mistakes := _said_to_be_wrong(file, mistakes):
        return report.Outcome(file, mistakes=mistakes)
    outcome = report.Outcome(file, every=[] if names or given.against else ways.ways(reader.flow_of(file)))
    for told in troupe.told(reader.flow_of(file), book, names, given.at, stages):
        outcome.told.append(told)
        print(report.as_json(file, told) if given.json else report.shown(Path(shown(file)), told), flush=True)
    if not given.json:
        for way in outcome.untold:
            print(f"{shown(reader.flow_of(file))}:{way}: in no story")
    return outcome


def _said_to_be_wrong(file: Path, mistakes: "list[Mistake]") -> "list[Mistake]":
    """Print what is wrong in a file of stories and in its flow, and return it: each with its file as it was given."""
    from local.flow_files import shown
    from local.tell import reader
    from shared import flow

    of = reader.flow_of(file)
    found = [one._replace(file=shown(file)) for one in mistakes]
    found += [one._replace(file=shown(of)) for one in flow.check(of) if one.breaks]
    for mistake in found:
        print(mistake, file=sys.stderr)
    return found


def _suggest(file: Path, given: argparse.Namespace) -> int:
    """Print a story for each way that no story goes, or write them into the file; say which were not found."""
    from local.tell import reader, routes, suggesting, troupe, ways, writing
    from local.tell.model import Book
    from local.wording import counted
    from shared import flow

    of = reader.flow_of(file)
    book, mistakes = (Book(), []) if writing.is_blank(file) else reader.read(file)
    if _said_to_be_wrong(file, mistakes):
        return 2
    every = ways.ways(of)
    gone = {key for told in troupe.told(of, book, at=given.at) for key in told.gone}
    untold = [way for way in every if way.key not in gone]
    book = Book(routes.people_of(flow.load(of), book), book.stories)
    found = list(suggesting.suggested(of, every, untold, book))
    texts = [writing.story(story, is_suggested=True) for _, story in found if story]
    if given.is_kept and texts:
        try:
            writing.append(file, texts, book.people)
        except writing.NotWritten as e:
            print(e, file=sys.stderr)
            return 2
    elif not given.is_kept:
        print((writing.beginning(file, book.people) if writing.is_blank(file) else "") + "".join(texts), end="")
    for way, story in found:
        if story is None:
            print(f"{of}:{way}: no story was found; tell it yourself", file=sys.stderr)
    stories = "1 story" if len(texts) == 1 else f"{len(texts)} stories"
    where = f"written into {file}" if given.is_kept else "suggested; -o writes them into the file"
    print(f"{stories} {where}, for {counted(len(untold), 'way')} that no story went", file=sys.stderr)
    return 0
