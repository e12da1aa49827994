"""Who asks the storage account: the policy of a pipeline that says so on each request."""

import base64
import hmac
from email.utils import formatdate
from typing import Any
from urllib.parse import urlsplit

from azure.core.credentials import AzureNamedKeyCredential, AzureSasCredential
from azure.core.pipeline import PipelineRequest
from azure.core.pipeline.policies import (
    AzureSasCredentialPolicy,
    BearerTokenCredentialPolicy,
    HTTPPolicy,
    SansIOHTTPPolicy,
)

SCOPE = "https://storage.azure.com/.default"  # Azure: "Authorize access to tables using Microsoft Entra ID"
_DATE = "x-ms-date"

type Policy = SansIOHTTPPolicy[Any, Any] | HTTPPolicy[Any, Any]


def dated() -> dict[str, str]:
    """Return the header that every request has, whoever asks: when it is sent."""
    return {_DATE: formatdate(usegmt=True)}


def policy_for(credential: Any) -> Policy:
    """Return the policy for a credential of the SDK: an account's key, a shared access signature, an identity."""
    if isinstance(credential, AzureNamedKeyCredential):
        return SharedKey(credential)
    if isinstance(credential, AzureSasCredential):
        return AzureSasCredentialPolicy(credential)
    return BearerTokenCredentialPolicy(credential, SCOPE)


class SharedKey(SansIOHTTPPolicy[Any, Any]):
    """Signs with an account's key. Source: "Authorize with Shared Key" in Azure's docs, the scheme for tables.

    Of the query only `comp` is signed, and rows need none.
    """

    def __init__(self, credential: AzureNamedKeyCredential) -> None:
        self._account = credential.named_key.name
        self._key = base64.b64decode(credential.named_key.key)

    def on_request(self, request: PipelineRequest[Any]) -> None:
        """Sign."""
        asked = request.http_request
        date, kind, path = asked.headers[_DATE], asked.headers.get("Content-Type", ""), urlsplit(asked.url).path
        signed = f"{asked.method}\n\n{kind}\n{date}\n/{self._account}{path}"
        signature = base64.b64encode(hmac.digest(self._key, signed.encode(), "sha256")).decode()
        asked.headers["Authorization"] = f"SharedKey {self._account}:{signature}"
