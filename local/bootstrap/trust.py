"""Certificates for whatever runs in the environment."""

from local.bootstrap import index, pip_settings
from local.paths import VENV


def trust(environ: dict[str, str]) -> dict[str, str]:
    """Return the environment with certifi's file named where this Python trusts nobody, as python.org's on macOS."""
    if "SSL_CERT_FILE" in environ or index.trusts_something(pip_settings.PipSettings()):
        return environ
    found = next(VENV.glob("[Ll]ib/**/site-packages/certifi/cacert.pem"), None)
    return {**environ, "SSL_CERT_FILE": str(found)} if found else environ
