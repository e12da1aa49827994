"""The app's functions as the library lists them, however often they are asked for in one process."""

import function_app


def functions():
    """Return the functions; a second listing is taken for duplicates unless the note of the first is gone."""
    function_app.app.functions_bindings = {}
    found = function_app.app.get_functions()
    function_app.app.functions_bindings = {}
    return found
