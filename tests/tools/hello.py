"""The flow of the project's tests: never flow.yaml, which is its owner's, and may say anything."""

from local.paths import ROOT

FLOW = "flows/hello.yaml"  # a path from the root of the app
FILE = ROOT / FLOW
PLAYED = {"AHOY_FLOW": FLOW}
