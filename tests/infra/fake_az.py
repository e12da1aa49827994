"""Stands where the Azure CLI stands. It writes down what it was asked and answers what the test laid out for it.

AZ_FOLDER holds `answers.json`: a list of [words that the command must contain, exit code, stdout, stderr], each used
once, in order of the commands they fit. What is asked beyond them fails, as a wrong command does.
"""

import json
import os
import sys
from pathlib import Path

folder = Path(os.environ["AZ_FOLDER"])
with (folder / "asked.jsonl").open("a") as log:
    log.write(json.dumps(sys.argv[1:]) + "\n")
left = json.loads((folder / "answers.json").read_text())
command = " ".join(sys.argv[1:])
for answer in left:
    words, code, out, err = answer
    if words in command:
        left.remove(answer)
        (folder / "answers.json").write_text(json.dumps(left))
        if "--src" in sys.argv:
            (folder / "uploaded.zip").write_bytes(Path(sys.argv[sys.argv.index("--src") + 1]).read_bytes())
        sys.stdout.write(out)
        sys.stderr.write(err)
        sys.exit(code)
sys.stderr.write(f"ERROR: '{command}' is misspelled or not recognized by the system.")
sys.exit(2)
