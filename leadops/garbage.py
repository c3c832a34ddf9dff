"""How often Python looks for garbage that refers to itself: a program that answers requests."""

import gc

_YOUNG = 50_000  # new objects; Python's own is 700


def search_seldom():
    """Call it when the program is loaded.

    What it consists of is no garbage: to look through it takes as long as two pages. And a page
    makes 150,000 objects, nearly all of which are gone when it ends: to look for the rest after
    every 700 of them took a fifth of the slowest pages.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG)
