"""Azurite, the storage emulator: tables, queues and blobs on this machine."""

from pathlib import Path

from local.bootstrap import emulator as azurite
from local.process import Process, private_folder, quiet_environment

# Source: Azurite's README, "Default Storage Account"; the same on every machine and no secret.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
SERVICES = ("Blob", "Queue", "Table")  # in the order in which it starts them


def start(
    emulator: Process, folder: Path, addresses: list[str] | None = None, *, tells_requests: bool = False
) -> list[str]:
    """Start it over the data in `folder`, at the addresses it had before or at free ports; return its addresses.

    `tells_requests` has it print a line for each request.
    """
    private_folder(folder)
    ports = [address.rpartition(":")[2] for address in addresses or [":0"] * len(SERVICES)]
    options = [f"--{service.lower()}Port={port}" for service, port in zip(SERVICES, ports, strict=True)]
    fixed = ["--disableTelemetry", "--skipApiVersionCheck", f"--location={folder}"]
    if not tells_requests:
        fixed.append("--silent")
    return emulator.start([*azurite.command(), *fixed, *options], quiet_environment(), folder, addresses=len(SERVICES))


def connection_string(addresses: list[str]) -> str:
    """Return the connection string of a started emulator."""
    endpoints = "".join(
        f"{service}Endpoint={address}/{ACCOUNT};" for service, address in zip(SERVICES, addresses, strict=True)
    )
    return f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};{endpoints}"
