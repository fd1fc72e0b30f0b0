"""``autograd playground``: the engine, the pictures and the exercises in a browser, as a folder of static files.

`autograd.playground.build` makes the folder; `in_browser` is the Python that runs in the page, which imports nothing
else from here.
"""
