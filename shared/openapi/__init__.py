"""The API's description: what each operation takes and gives, and the document made of it."""
