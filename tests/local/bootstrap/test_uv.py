"""Which uv, which of its wheels, and what it is told."""

import os

import pytest

from local.bootstrap import index, uv

# Names of uv's wheels as PyPI has them; the lock file has one sha256 for each.
WHEELS = [
    "py3-none-linux_armv6l",
    "py3-none-macosx_10_12_x86_64",
    "py3-none-macosx_11_0_arm64",
    "py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
    "py3-none-manylinux_2_17_armv7l.manylinux2014_armv7l",
    "py3-none-manylinux_2_17_i686.manylinux2014_i686",
    "py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64",
    "py3-none-manylinux_2_28_aarch64",
    "py3-none-manylinux_2_31_riscv64",
    "py3-none-musllinux_1_1_i686",
    "py3-none-musllinux_1_1_x86_64",
    "py3-none-win32",
    "py3-none-win_amd64",
    "py3-none-win_arm64",
]


@pytest.mark.parametrize(
    ("system", "machine", "libc", "wheel"),
    [
        ("linux", "x86_64", "glibc", "manylinux_2_17_x86_64"),
        ("linux", "aarch64", "glibc", "manylinux_2_17_aarch64"),
        ("linux", "x86_64", "musl", "musllinux_1_1_x86_64"),
        ("linux", "aarch64", "musl", "musllinux_1_1_aarch64"),
        ("linux", "riscv64", "glibc", "manylinux_2_31_riscv64"),
        ("darwin", "arm64", "", "macosx_11_0_arm64"),
        ("darwin", "x86_64", "", "macosx_10_12_x86_64"),
        ("win32", "AMD64", "", "win_amd64"),
        ("win32", "ARM64", "", "win_arm64"),
        ("win32", "x86", "", "win32"),
    ],
)
def test_each_system_finds_its_own_wheel(system, machine, libc, wheel):
    names = [f"uv-0.13.9-{name}.whl" for name in WHEELS]
    patterns = [index.named("uv", "0.13.9", tag) for tag in uv.wheel_tags(system, machine, libc)]
    found = next(name for pattern in patterns for name in names if pattern.fullmatch(name))
    assert wheel in found


def test_a_system_without_a_wheel_finds_none():
    names = [f"uv-0.13.9-{name}.whl" for name in WHEELS]
    patterns = [index.named("uv", "0.13.9", tag) for tag in uv.wheel_tags("linux", "sparc64", "glibc")]
    assert [name for pattern in patterns for name in names if pattern.fullmatch(name)] == []


@pytest.fixture
def told(monkeypatch):
    """Nothing about packages in the environment but what a test sets."""
    for name in [name for name in os.environ if name.upper().startswith(("PIP_", "UV_", "SSL_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return monkeypatch.setenv


def test_uv_is_told_what_pip_is_told(told):
    for name, value in {"PIP_INDEX_URL": "https://m.example/simple", "PIP_EXTRA_INDEX_URL": "https://a.example https://b.example",
                        "PIP_CERT": "/ca.pem", "PIP_PROXY": "http://p.example:3128", "PIP_TRUSTED_HOST": "m.example",
                        "PIP_FIND_LINKS": "https://w.example/", "PIP_NO_INDEX": "1"}.items():  # fmt: skip
        told(name, value)
    environ = uv.environment()
    assert environ["UV_DEFAULT_INDEX"] == "https://m.example/simple"
    assert (environ["UV_INDEX"], environ["UV_INDEX_STRATEGY"]) == (
        "https://a.example https://b.example",
        "unsafe-best-match",
    )
    assert (environ["SSL_CERT_FILE"], environ["HTTPS_PROXY"]) == ("/ca.pem", "http://p.example:3128")
    assert (environ["UV_INSECURE_HOST"], environ["UV_FIND_LINKS"], environ["UV_NO_INDEX"]) == (
        "m.example",
        "https://w.example/",
        "1",
    )


def test_what_uv_is_told_itself_counts_more(told):
    told("PIP_INDEX_URL", "https://pip.example/simple")
    told("UV_DEFAULT_INDEX", "https://uv.example/simple")
    assert uv.environment()["UV_DEFAULT_INDEX"] == "https://uv.example/simple"
    told("UV_CACHE_DIR", "/cache")
    assert uv.environment()["UV_CACHE_DIR"] == "/cache"


@pytest.mark.parametrize(
    ("name", "value"),
    [("UV_PYTHON", "3.9"), ("UV_SYSTEM_PYTHON", "1"), ("UV_NO_BINARY", "1"), ("UV_RESOLUTION", "lowest"),
     ("UV_TARGET", "/x"), ("UV_PROJECT_ENVIRONMENT", "/y"), ("UV_CONSTRAINT", "/c.txt"),
     ("UV_EXCLUDE_NEWER", "2020-01-01"), ("UV_WORKING_DIR", "/z"), ("PYTHONHOME", "/h"), ("PYTHONPATH", "/p"),
     ("VIRTUAL_ENV", "/v"), ("PYTHONSAFEPATH", "1")],
)  # fmt: skip
def test_what_would_make_another_environment_is_not_handed_on(told, name, value):
    told(name, value)
    assert name not in uv.environment()


@pytest.mark.usefixtures("told")
def test_nothing_is_put_outside_the_projects_folder():
    environ = uv.environment()
    for name in ("UV_CACHE_DIR", "UV_PYTHON_INSTALL_DIR"):
        assert environ[name].startswith(str(uv.HOME))
    assert (environ["UV_PYTHON_INSTALL_BIN"], environ["UV_PYTHON_INSTALL_REGISTRY"]) == ("0", "0")
