"""What all tests share: whatever proxies this machine needs, nothing here is asked through one."""

import os

from local import loopback

loopback.keep_direct()
for _name, _proxy in list(os.environ.items()):
    if _name.lower().endswith("_proxy") and _proxy.startswith("socks"):
        del os.environ[_name]  # httpx does not even start with one, though it would ask nobody through it
