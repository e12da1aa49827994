"""Twilio's REST API: one module per resource; `answers` holds what they share.

A resource is given the switchboard, the request (for what its path names) and the parameters as a Form. It returns the
response; what Twilio would refuse it raises as Refusal.
"""
