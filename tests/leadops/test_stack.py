"""However deep a loop stands, its calls cost no memory."""

import resource

from leadops.stack import roomy

CALLS, DEPTHS = 200, 400


def test_no_depth_of_the_stack_is_slow():
    assert roomy(most_faults)(None, None) < CALLS / 10


def most_faults(_environ=None, _start_response=None):
    """At the worst depth: each new piece of the stack is a page fault."""
    return max(faults(depth) for depth in range(DEPTHS))


def faults(depth):
    if depth:
        return faults(depth - 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(CALLS):
        caller()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def caller():
    return called()


def called():
    return 1
