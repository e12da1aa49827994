"""The local Functions host: runs an app on this machine as Azure's host does, rule by rule (docs/stand-ins.md)."""
