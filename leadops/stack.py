"""Room on Python's stack for everything that a request calls.

CPython keeps its frames in pieces of 16 kB, and frees a piece as soon as the last frame in it
returns. A loop that stands just before the end of one then asks the system for memory with each
call: a list of 50 rows took twice as long (github.com/python/cpython/issues/142183). A frame that
claims more than a piece gets a larger one, and what it does not use is there for all calls below.
"""

_WORDS = 20_000  # claimed, not touched; with it the piece has 256 kB, 100 of them still free


def roomy(application):
    """The same WSGI application, with all its frames in one piece of the stack."""

    def run(environ, start_response):
        return application(environ, start_response)

    run.__code__ = run.__code__.replace(co_stacksize=_WORDS)
    return run
