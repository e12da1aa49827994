"""Why a program failed is said in the sentence that helps, which is seldom the last one that it printed."""

import sys

import pytest

from local.bootstrap import quiet

OFFLINE = """error: Request failed after 3 retries in 10.2s
  cause: Failed to download `https://example.com/cpython-3.13.18-install_only_stripped.tar.gz`
  cause: client error (Connect)
  cause: dns error
  cause: failed to lookup address information: Name or service not known
"""
NPM = """npm error code EACCES
npm error syscall mkdir
npm error path /home/ann/.npm/_cacache
npm error errno -13
npm error A complete log of this run can be found in: /home/ann/.npm/_logs/2026-11-26T13_00_00_000Z-debug-0.log
"""


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        (OFFLINE, "network cannot be reached"),
        ("npm error code ENOTFOUND\nnpm error network request failed\nnpm error log: /x.log", "network cannot be"),
        (NPM, "may not be written"),
        ("npm error code ENOSPC\nnpm error no space left on device\nnpm error log: /x", "disk is full"),
        (
            "error: Failed to fetch\n  cause: HTTP status client error (407 Proxy Authentication Required)",
            "proxy wants",
        ),
        ("error: x\n  cause: invalid peer certificate: UnknownIssuer\n", "PIP_CERT"),
        ("npm error code SELF_SIGNED_CERT_IN_CHAIN\nnpm error errno X", "NODE_EXTRA_CA_CERTS"),
        ("npm error code EMFILE\nnpm error EMFILE: too many open files, open '/x'", "ulimit -n 4096"),
        ("npm error code EINTEGRITY\nnpm error sha512-x integrity checksum failed", "checksum differs"),
        ("error: Failed to read\n  cause: Hash mismatch for `six==1.16.0`\n\nExpected:", "checksum differs"),
        ("error: Failed to fetch\n  cause: HTTP status client error (401 Unauthorized) for url", "PIP_INDEX_URL"),
        ("error: No\nhint: Wheels are required for `playwright` because building", "playwright is made for other"),
        ("error: failed to rename: The process cannot access the file (os error 32)", "end what runs"),
        ("error: something of its own\n  cause: deeper\nhint: nothing", "error: something of its own"),
        ("a first line\nthe last line of a program with no word for errors.\n", "the last line of a program"),
        ("", "it printed nothing"),
    ],
)
def test_the_sentence_that_helps_is_the_one_that_is_shown(printed, said):
    assert said in quiet.cause(printed)


def test_a_failure_is_one_sentence_and_its_whole_output_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(quiet, "HOME", tmp_path)
    monkeypatch.setattr(quiet, "LOG", tmp_path / "setup.log")
    program = "import sys; print('fatal: no way'); print('a hint'); sys.exit(3)"
    with pytest.raises(quiet.NotReady) as raised:
        quiet.run([sys.executable, "-c", program], "it cannot be done")
    assert str(raised.value) == "it cannot be done: fatal: no way. Its whole output is in .ahoy/setup.log."
    assert "a hint" in (tmp_path / "setup.log").read_text(encoding="utf-8")


def test_a_program_that_is_not_there_is_one_sentence():
    with pytest.raises(quiet.NotReady, match="it cannot be done: no-such-program does not start"):
        quiet.run(["no-such-program"], "it cannot be done")
