"""`dev.py check [FILE]`: one line for each mistake of a flow file."""

from pathlib import Path

from shared import flow

ROOT = Path(__file__).parent.parent


def run(file: str | None = None) -> int:
    """Print every mistake of the file (flow.yaml unless named), or what it holds; give the exit code."""
    path = Path(file) if file else ROOT / "flow.yaml"
    mistakes = flow.check(path)
    for mistake in mistakes:
        print(str(mistake).replace(mistake.file, str(file or mistake.file), 1))
    if mistakes:
        return 1
    read = flow.load(path)
    messages = [line.messages for line in [read.line, *read.lines.values()]]
    keywords = {keyword for said in messages for keyword in said.keywords}
    print(f"{file or path.name}: ok, {len(read.scenes)} scenes, {len(keywords)} keywords, {len(read.lines) or 1} lines")
    return 0
