"""A flow as a picture: what begins it, its scenes, its texts, and each way from one to another.

`contents` says in `words` what the picture shows, `layout` places it, `svg`, `mermaid` and `png` write it.
"""
