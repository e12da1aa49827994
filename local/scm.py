"""The deployment service of an app on Flex Consumption: it takes a package as it is, without building anything.

The Azure CLI lets it build every Python app (azure-cli 2.91, appservice/custom.py, enable_zip_deploy_flex), so it is
asked here, as the Azure Developer CLI asks it (azure-dev, pkg/azsdk/funcapp_host_client.go).
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

PUBLISH = "/api/publish?RemoteBuild=false&Deployer=ahoy"
LOOK_S = 2.0  # between two looks at a deployment
DONE_S = 900.0  # a package that is not built is there within a minute or two as a rule
APPEARS_S = 30.0  # a deployment that was taken is not known at once
ANSWER_S = 300.0  # the package is stored before its upload is answered
CANCELLED, FAILED, DONE, CONFLICT, IN_PART = -1, 3, 4, 5, 6  # states of a deployment; from 0 to 2 it is on its way
PASSING = {404, 408, 409, 429, 500, 502, 503, 504}  # of an upload: not there yet, at work, away
NO_ROLE_YET = re.compile(
    r"AuthorizationPermissionMismatch|not authorized to perform this operation using this permission", re.IGNORECASE
)
SHOWN = 2000  # characters of a page or a log


class Stopped(Exception):
    """The deployment cannot go on; the message says why and what to do."""


class NotYet(Stopped):
    """The same may succeed later."""


@dataclass(frozen=True, slots=True, repr=False)
class Service:
    """Where a deployment service is, without a slash at the end, and the token of whoever deploys."""

    address: str
    token: str = field(repr=False)

    def client(self) -> httpx.Client:
        """Return a client that is signed in."""
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        return httpx.Client(base_url=self.address, headers=headers, timeout=httpx.Timeout(ANSWER_S, connect=30))


def publish(
    service: Service, package: Path,
    sleep: Callable[[float], None] = time.sleep, now: Callable[[], float] = time.monotonic,
) -> None:  # fmt: skip
    """Bring a package there and wait until the app runs it. Raises Stopped, NotYet when the same may succeed later."""
    with service.client() as client:
        try:
            deployment = _upload(client, package)
            _wait(client, deployment, sleep, now)
        except httpx.TransportError as e:
            raise NotYet(f"{service.address}: {e or type(e).__name__}") from None


def _upload(client: httpx.Client, package: Path) -> str:
    """Return the name of the deployment that has begun."""
    with package.open("rb") as content:
        size = str(package.stat().st_size)
        answer = client.post(
            PUBLISH, content=content, headers={"Content-Type": "application/zip", "Content-Length": size}
        )
    if answer.status_code in {200, 202}:
        return answer.text.strip().strip('"') or "latest"
    told = f"{client.base_url} answers {answer.status_code} {answer.reason_phrase}: {answer.text.strip()[:SHOWN]}"
    if answer.status_code == 401 or answer.is_redirect:
        raise Stopped(f"{told}\nIt does not know this sign-in; run `az login`, and start again.")
    if answer.status_code == 403 and "ip forbidden" in f"{answer.reason_phrase} {answer.text}".lower():
        raise Stopped(f"{told}\nIts access restrictions keep this machine out.")
    if answer.status_code == 403:
        raise NotYet(f"{told}\nWhoever is signed in needs a role that may publish, such as Website Contributor.")
    raise (NotYet if answer.status_code in PASSING or NO_ROLE_YET.search(told) else Stopped)(told)


def _wait(client: httpx.Client, deployment: str, sleep: Callable[[float], None], now: Callable[[], float]) -> None:
    """Return when the deployment is done. Its last word may be missed: what did it is replaced then, and says 404."""
    began, at, is_known = now(), f"/api/deployments/{deployment}", False
    while now() - began < DONE_S:
        answer = client.get(at)
        if answer.status_code == 404 and is_known:
            return
        if answer.status_code not in PASSING or (answer.status_code == 404 and now() - began > APPEARS_S):
            is_known = True
            if _is_done(client, at, answer):
                return
        sleep(LOOK_S)
    raise Stopped(f"The deployment is not done after {DONE_S / 60:.0f} minutes; its state: {client.base_url}{at}")


def _is_done(client: httpx.Client, at: str, answer: httpx.Response) -> bool:
    """Return whether a deployment has ended well, from what it says of itself. Raises Stopped when otherwise."""
    try:
        told = answer.raise_for_status().json()
        status = int(told["status"])
    except (httpx.HTTPStatusError, ValueError, LookupError, TypeError) as e:
        raise NotYet(f"{at} tells no status, but {answer.status_code}: {answer.text.strip()[:SHOWN]}") from e
    if status == CONFLICT:
        raise NotYet("Another deployment is in progress.")
    if status == CANCELLED:
        raise Stopped("The deployment was cancelled.")
    if status in {FAILED, IN_PART}:
        ended = "failed" if status == FAILED else "was successful in part only"
        why = f"{told.get('status_text') or ''}\n{_log(client, f'{at}/log')}".strip()
        raise (NotYet if NO_ROLE_YET.search(why) else Stopped)(f"The deployment {ended}: {why}")
    return status == DONE


def _log(client: httpx.Client, address: str, depth: int = 2) -> str:
    """Return what the deployment has written down, with the details of each line; empty when it does not say."""
    try:
        lines = client.get(address).raise_for_status().json()
        told = [str(line.get("message") or "") for line in lines]
        pages = [httpx.URL(line["details_url"]) for line in lines if line.get("details_url") and depth]
        own = [page for page in pages if page.netloc == client.base_url.netloc]  # nobody else is shown the token
        more = [_log(client, str(page), depth - 1) for page in own]
    except (
        httpx.HTTPError,
        httpx.InvalidURL,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
    ):  # it failed, whatever it tells
        return ""
    return "\n".join(filter(None, [*told, *more]))[-SHOWN:]
