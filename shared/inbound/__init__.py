"""A call, a text or a status callback has arrived."""
