"""What brings Python, packages, Node and the storage emulator into `.ahoy`, and nothing anywhere else.

It runs before anything is installed: standard library only, and written for Python 3.10. Neither pip, ensurepip, git,
Node nor a compiler is assumed. Whatever fails is said in one sentence with the way out (NotReady), its whole output is
in `.ahoy/setup.log`, and what was begun is done again the next time.
"""
