"""What dev.py does, a module for each command: `add_arguments(parser)` and `run(arguments) -> exit code`.

`add_arguments` runs on any Python 3.10 before anything is installed, so these modules import the rest inside `run`.
"""
