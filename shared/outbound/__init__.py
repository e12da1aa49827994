"""Something is to leave: asked for, allowed, counted, sent once."""
