"""x"""


def add_arguments(parser):
    """x"""


def run(given):
    """x"""
    return 0
