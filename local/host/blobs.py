"""What instances of an app share beside their work: who runs a timer, and when it ran, in blobs of one container.

A lease says who runs it. Source: azure-webjobs-sdk, BlobLeaseDistributedLockManager and SingletonOptions (names and
times); azure-webjobs-sdk-extensions, StorageScheduleMonitor.
"""

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from local.host.host_json import HostJson, seconds
from local.host.monitor import Status

if TYPE_CHECKING:
    from azure.storage.blob import BlobClient, BlobLeaseClient, ContainerClient

CONTAINER = "azure-webjobs-hosts"
HOST_ID = "ahoy"  # in Azure the app's name
FULL_NAME = "Host.Functions.{}"


@dataclass(frozen=True, slots=True)
class Times:
    """host.json's `singleton`; in seconds."""

    lease_s: float = 60  # at most that; at least 15
    recovery_s: float = 60  # between two looks whether whoever has it has gone

    @classmethod
    def of(cls, host_json: HostJson) -> "Times":
        """Read it from host.json."""
        given = host_json.below("singleton")
        return cls(
            seconds(given.get("listenerlockperiod", "00:01:00")),
            seconds(given.get("listenerlockrecoverypollinginterval", "00:01:00")),
        )


class Blobs:
    """The container of the hosts of one storage account. Its methods wait for the storage and raise AzureError."""

    def __init__(self, connection: str, times: Times) -> None:
        self.times = times
        self._connection = connection
        self._container: ContainerClient | None = None

    def status(self, function: str) -> Status | None:
        """Return what is kept of a timer's times; None when nothing is, or nothing that can be read."""
        from azure.core.exceptions import ResourceNotFoundError

        try:
            kept = self._status(function).download_blob().readall()
            return msgspec.json.decode(kept, type=Status)
        except (ResourceNotFoundError, msgspec.MsgspecError):
            return None

    def keep(self, function: str, status: Status) -> None:
        """Keep a timer's times."""
        self._status(function).upload_blob(msgspec.json.encode(status), overwrite=True)

    def lease(self, function: str) -> "BlobLeaseClient | None":
        """Become the one who runs a timer; None while somebody else is."""
        from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError

        blob = self._blob(f"locks/{HOST_ID}/{FULL_NAME.format(function)}.Listener")
        try:
            return self._leased(blob)
        except ResourceNotFoundError:
            with contextlib.suppress(ResourceExistsError):
                blob.upload_blob(b"")
            return self._leased(blob)

    def _leased(self, blob: "BlobClient") -> "BlobLeaseClient | None":
        from azure.core.exceptions import HttpResponseError

        try:
            return blob.acquire_lease(int(self.times.lease_s))
        except HttpResponseError as e:
            if e.status_code == 409:
                return None
            raise

    def _status(self, function: str) -> "BlobClient":
        return self._blob(f"timers/{HOST_ID}/{FULL_NAME.format(function)}/status")

    def _blob(self, name: str) -> "BlobClient":
        if self._container is None:
            from azure.core.exceptions import ResourceExistsError
            from azure.storage.blob import ContainerClient

            container = ContainerClient.from_connection_string(
                self._connection, CONTAINER, retry_total=0, connection_timeout=2, read_timeout=10
            )
            with contextlib.suppress(ResourceExistsError):
                container.create_container()
            self._container = container
        return self._container.get_blob_client(name)
