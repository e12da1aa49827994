"""From one version to the next: git merges what the project has changed, and what is the owner's own stays as it is."""

import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterable
from pathlib import Path

from local import account, flow_files, line, paths
from local.wording import COMMAND

VERSION = re.compile(r"v\d+\.\d+\.\d+")
NOBODY = ("-c", "user.name=Ahoy", "-c", "user.email=ahoy@localhost")  # where git was never told who commits
BESIDE = ("local.settings.json", ".ahoy/data")  # an owner's, too, and never in git


class CannotUpgrade(Exception):
    """This folder stays as it is; the message says why and what to do."""


def own() -> list[str]:
    """Return the owner's files that are here, as git names them: the flows that are played, their needs and stories."""
    files = {file for flow in _flows() for file in flow_files.needed(flow, paths.ROOT)} | _stories()
    return _named(file for file in files if file.is_file())


def _flows() -> set[Path]:
    return {paths.ROOT / line.FLOW, account.flow()}


def _stories() -> set[Path]:
    return {flow_files.stories_of(flow) for flow in _flows()}


def _named(files: Iterable[Path]) -> list[str]:
    return sorted(file.relative_to(paths.ROOT).as_posix() for file in files if file.is_relative_to(paths.ROOT))


def upgrade(tag: str, source: str) -> tuple[str, str]:
    """Merge a version into this folder; return its tag, and the commit that was here before. Raises CannotUpgrade.

    `tag` is empty for the newest, `source` for the remote that versions come from: upstream, else origin.
    """
    _check_clone()
    wanted = _wanted(tag, source or _remote())
    if _succeeds("merge-base", "--is-ancestor", wanted, "HEAD"):
        raise CannotUpgrade(f"This folder has {wanted} already.")
    mine = own()
    _commit_own(mine, wanted)
    before = _git("rev-parse", "HEAD").strip()
    try:
        _join(wanted)
        _merge(wanted, mine)
    except CannotUpgrade:
        if _is_merging():
            _git("merge", "--abort")
        _git("reset", "--quiet", "--keep", before)
        raise
    return wanted, before


def _check_clone() -> None:
    if not (paths.ROOT / ".git").exists():
        mine = ", ".join([*own(), *(name for name in BESIDE if (paths.ROOT / name).exists())])
        raise CannotUpgrade(
            "This folder is no clone, so that nothing can be merged. Unpack the zip of the new version beside it and "
            f"copy into it what is yours: {mine}. Then look at your flow there: {COMMAND} check"
        )
    if not shutil.which("git"):
        raise CannotUpgrade("git is not on the path; install it, and run this again.")
    if _is_merging():
        raise CannotUpgrade("A merge is under way in this folder. End it first: git merge --abort, or git commit.")


def _remote() -> str:
    remotes = _git("remote").split()
    found = next((name for name in ("upstream", "origin") if name in remotes), "")
    if not found:
        raise CannotUpgrade("This clone knows no other. Say where versions come from: --from https://...")
    return found


def _wanted(tag: str, source: str) -> str:
    """Return the tag asked for, else the newest, once it is fetched."""
    _git("fetch", "--quiet", source, "refs/tags/v*:refs/tags/v*")
    listed = _git("tag", "--list", "v*", "--sort=-version:refname").split()
    versions = [name for name in listed if VERSION.fullmatch(name)]
    if tag in versions or (versions and not tag):
        return tag or versions[0]
    there = f"there is {', '.join(versions)}" if versions else "it has none at all"
    raise CannotUpgrade(
        f"{source} has no version{f' {tag}' if tag else ''}: {there}. "
        "A copy of the project has none of its own; say where you took it from: --from https://..."
    )


def _commit_own(mine: list[str], wanted: str) -> None:
    """Commit the changes of the owner's files, so that nothing of them can be lost."""
    changed = _names("diff", "--name-only", "-z", "HEAD")
    if others := [name for name in changed if name not in mine]:
        raise CannotUpgrade(
            f"Changed and not committed: {', '.join(others)}. Keep it (git commit --all) or take it back "
            "(git restore --staged --worktree .), and run this again."
        )
    untracked = _names("ls-files", "--others", "-z", "--", *_named(_stories()))
    if new := [name for name in untracked if _succeeds("cat-file", "-e", f"{wanted}:{name}")]:
        _git("add", "--force", "--", *new)  # else the version's own of that name could not come
    if changed := [*changed, *new]:
        _git(*_identity(), "commit", "--quiet", f"--message=The line before {wanted}", "--", *changed)


def _join(wanted: str) -> None:
    """Tell git, where a copy of the project began with a history of its own, which version it was made from."""
    if _succeeds("merge-base", "HEAD", wanted):
        return
    project = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    _git(*_identity(), "merge", "--quiet", "--strategy=ours", "--allow-unrelated-histories",
         f"--message=This line was made from {project['version']}", f"v{project['version']}")  # fmt: skip


def _merge(wanted: str, mine: list[str]) -> None:
    try:
        _git(*_identity(), "merge", "--quiet", "--no-ff", "--no-commit", wanted)
    except CannotUpgrade:
        if not _is_merging():
            raise  # it has not even begun
    if kept := [name for name in mine if _succeeds("cat-file", "-e", f"HEAD:{name}")]:
        _git("checkout", "--quiet", "HEAD", "--", *kept)
    for name in _named(_stories()):
        if (paths.ROOT / name).exists() and not _succeeds("cat-file", "-e", f"HEAD:{name}"):
            _git("rm", "--quiet", "--force", "--", name)  # told of the version's flow, and not of the owner's
    conflicts = []
    for name in _names("diff", "--name-only", "--diff-filter=U", "-z"):
        if _succeeds("cat-file", "-e", f"HEAD:{name}"):
            conflicts.append(name)
        else:
            _git("rm", "--quiet", "--force", "--", name)  # what the owner has deleted stays so
    if conflicts:
        raise CannotUpgrade(
            f"You have changed what {wanted} changes, too: {', '.join(conflicts)}. Nothing was done. Take the "
            f"project's (git checkout {wanted} -- FILE, git commit) and run this again, or join them by hand: "
            f"git merge {wanted}"
        )
    _git(*_identity(), "commit", "--quiet", f"--message=Go on with Ahoy {wanted}")


def _is_merging() -> bool:
    return _succeeds("rev-parse", "--quiet", "--verify", "MERGE_HEAD")


def _identity() -> tuple[str, ...]:
    return () if _succeeds("config", "user.email") else NOBODY


def _names(*arguments: str) -> list[str]:
    return [name for name in _git(*arguments).split("\0") if name]


def _succeeds(*arguments: str) -> bool:
    return _run(arguments).returncode == 0


def _git(*arguments: str) -> str:
    """Return what git prints. Raises CannotUpgrade with what it says when it fails."""
    done = _run(arguments)
    if done.returncode:
        raise CannotUpgrade(f"git says: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def _run(arguments: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", *arguments], cwd=paths.ROOT, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
