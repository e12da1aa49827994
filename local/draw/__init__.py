"""A flow as a picture: what begins it, its scenes, its texts, and each way from one to another; and what is in Azure.

`contents` says in `words` what the picture of a flow shows, `azure` in `azure_words` that of a deployment; `layout`
places it, `svg`, `mermaid` and `png` write it.
"""
