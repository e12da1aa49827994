"""The Bicep of infra/, read and reckoned through without Azure: which resources come of which parameters.

`reader` makes a tree of a file, `evaluation` and `functions` reckon its expressions, `deployment` says what is made.
"""
