"""Processes as the system sees them: asked and ended in each system's own way."""

import os
import signal
import subprocess
import sys
from pathlib import Path

# A process that a test interrupts is in a group of its own, or the tests would be interrupted, too.
OWN_GROUP = (
    {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if sys.platform == "win32" else {"start_new_session": True}
)


def is_alive(pid):
    """Whether a process runs. On Windows the usual `os.kill(pid, 0)` would end it."""
    if sys.platform == "win32":
        import _winapi

        try:
            handle = _winapi.OpenProcess(_winapi.SYNCHRONIZE, False, pid)  # noqa: FBT003 -- by position only
        except OSError:
            return False
        try:
            return _winapi.WaitForSingleObject(handle, 0) == _winapi.WAIT_TIMEOUT
        finally:
            _winapi.CloseHandle(handle)
    try:
        os.kill(pid, 0)  # a zombie can be asked, too
        return not Path("/proc/self").exists() or "Z" not in Path(f"/proc/{pid}/stat").read_text("utf-8").split()[2]
    except (ProcessLookupError, FileNotFoundError):
        return False


def interrupt(child, how=signal.SIGINT):
    """Do to a process that was started with OWN_GROUP what Ctrl-C does; Windows has only Ctrl-Break for a group."""
    if sys.platform == "win32":
        child.send_signal(signal.CTRL_BREAK_EVENT)
    else:
        os.killpg(child.pid, how)


def descendants_of(pid):
    """Return what a process has started, and what that has: on Windows a venv's Python starts another."""
    every, found = _every(), [pid]
    for one in found:
        found += [child for child, parent in every if parent == one]
    return found[1:]


def link(at, folder):
    """Let a folder be seen at another place, too; on Windows a symbolic link would need a privilege."""
    if sys.platform == "win32":
        import _winapi

        _winapi.CreateJunction(str(folder), str(at))
    else:
        at.symlink_to(folder, target_is_directory=True)


def _every():
    """Return each process with its parent."""
    if sys.platform == "win32":
        listing = 'Get-CimInstance Win32_Process | ForEach-Object { "$($_.ProcessId) $($_.ParentProcessId)" }'
        command = ["powershell", "-NoProfile", "-Command", listing]
    elif Path("/proc/self/stat").exists():  # a small Linux has no ps
        return [found for stat in Path("/proc").glob("[0-9]*/stat") if (found := _parent(stat))]
    else:
        command = ["ps", "-A", "-o", "pid=,ppid="]
    listed = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    return [tuple(map(int, row.split())) for row in listed.splitlines() if row.strip()]


def _parent(stat):
    """Return a process with its parent, from what Linux says of it: `pid (a name with anything in it) state parent`."""
    try:
        shown = stat.read_text("utf-8", "replace")
    except OSError:  # it has ended meanwhile
        return None
    return int(stat.parent.name), int(shown.rpartition(")")[2].split()[1])
