"""How calls run: legs, the documents they follow and the verbs in them."""
