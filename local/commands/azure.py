"""dev.py azure: what the deployment makes in Azure as a picture, resources as boxes, what leads to what as arrows."""

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

from local.bootstrap import needs
from local.commands.flow import refused, written

NEEDS = needs.LINE
SVG, PNG = ".svg", ".png"
IN_THE_VAULT = {"TWILIO_AUTH_TOKEN": "from the first deployment on"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("-o", dest="out", type=Path, metavar="OUT", help="the file to write (.svg or .png), else the "
                        "terminal gets an SVG; what is drawn is chosen by the same environment variables as a "
                        "deployment, such as AHOY_PRIVATE_NETWORK=true")  # fmt: skip


def run(given: argparse.Namespace) -> int:
    """Draw it; exit code 1 when nothing can be deployed with these settings or the picture cannot be written."""
    end = given.out.suffix.lower() if given.out else SVG
    if end not in {SVG, PNG}:
        return refused(f"{given.out}: a picture is {SVG} or {PNG}.")
    made = drawn(end, os.environ)
    if isinstance(made, str):
        return refused(made)
    return written(made, given.out)


def drawn(end: str, environment: Mapping[str, str]) -> "bytes | str":
    """Return the picture, or what is wrong with the settings."""
    from local.bicep import deployment
    from local.bicep.values import NotDeployable
    from local.draw import azure, png, svg
    from local.paths import ROOT

    folder = ROOT / "infra"
    try:
        given = deployment.parameters(folder / "line.bicepparam", IN_THE_VAULT | dict(environment))
        boxes = azure.boxes(deployment.deployed(folder / "main.bicep", given), folder)
    except NotDeployable as e:
        return f"Azure would refuse these settings: {e}."
    name = f"{given['environmentName']} in Azure"
    return png.of_boxes(boxes, name) if end == PNG else svg.of_boxes(boxes, name).encode()
