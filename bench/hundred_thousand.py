"""What a broadcast to 100,000 takes, calculated from what was measured; each step is shown."""

import json

from shared.outbound.broadcasts import BATCH_SIZE as BATCH
from shared.outbound.broadcasts import MAX_RECIPIENTS as RECIPIENTS

AT_ONCE = 8  # batches on one instance: host.json, batchSize and newBatchThreshold
NUMBER = "+12025550122"
USD_PER_10K = 0.00036  # assumed: Azure's list price for table transactions, LRS
TWILIO_S, STORAGE_S = 0.2, 0.005  # assumed: one answer of Twilio's and of storage, in the same region
SENDING = 4  # storage requests that one text waits for: opt-out 1, limit 1, record 2
API_AT_ONCE = 100  # assumed: requests that Twilio takes at once from an account, then 429
PACES = {"a long code": 1, "a toll-free number": 3, "a service with ten long codes": 10, "a short code": 100}


def calculated(*, accepted_s: float, memory_mb: int, accepting: int, each: float, cpu_ms: float) -> str:
    """Return the calculation as the page has it.

    Measured: seconds, memory and requests to accept 100,000, storage requests and the app's ms for each recipient.
    """
    upload = len(json.dumps({"body": "hello", "to": [NUMBER] * RECIPIENTS}))
    requests = each * RECIPIENTS
    one_s = TWILIO_S + SENDING * STORAGE_S
    pace = AT_ONCE / one_s
    instances = API_AT_ONCE // AT_ONCE
    paces = ";\n  ".join(f"{name}, {rate} a second: {_span(RECIPIENTS / rate)}" for name, rate in PACES.items())
    return f"""\
**{RECIPIENTS:,} recipients.** Accepting was measured: one request of {upload / 1e6:.1f} MB, {accepted_s:.1f} s,
{accepting} storage requests, {memory_mb} MB at most. The rest is calculated:

- Batches: {RECIPIENTS:,} / {BATCH} = {RECIPIENTS // BATCH:,} messages in the queue, each an execution of
  {BATCH} x {one_s:.3f} s = {BATCH * one_s:.0f} s; the limit is 300 s, and after 120 s a batch hands on its rest.
- Storage: {RECIPIENTS:,} x {each:.1f} = {requests / 1e6:.2f} million requests; at {USD_PER_10K} USD for 10,000
  (an assumption) {requests / 10_000 * USD_PER_10K:.2f} USD.
- One instance: {AT_ONCE} batches at once, each text {TWILIO_S} s for Twilio + {SENDING} x {STORAGE_S} s for storage
  (assumptions) = {one_s:.3f} s, so {AT_ONCE} / {one_s:.3f} = {pace:.0f} a second, {_span(RECIPIENTS / pace)}.
  Its processor allows 1000 / {cpu_ms:.0f} ms = {1000 / cpu_ms:.0f} a second when Twilio's callbacks come to the same
  instance, as here; on Flex Consumption they go to others.
- More instances: Azure adds them by the length of the queue. Twilio takes about {API_AT_ONCE} requests at once (an
  assumption), {API_AT_ONCE} / {AT_ONCE} = {instances} instances: {instances} x {pace:.0f} = {instances * pace:.0f} a
  second, {_span(RECIPIENTS / (instances * pace))}. More of them only earn 429, which slows them down.
- Twilio sends at the pace of the number, and that decides:
  {paces}.
  What waits longer than Twilio's queue holds (about 10 hours) fails there: to send from a long code, start parts of
  the list day by day.
"""


def _span(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
