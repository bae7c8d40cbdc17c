"""``python -m xingtu_frames`` and ``xingtu-frames`` are the command line."""

import gc
import sys

from .command import interrupts


def program() -> int:
    """Run the command line as a process of its own: an interrupt leaves no traceback, at any time."""
    interrupts.take_over()
    try:
        # Takes a second, in which an interrupt surfaces as whatever error the libraries make of it.
        gc.disable()  # what is loaded stays, and is not looked through again and again meanwhile
        from .command.cli import main

        gc.freeze()
        gc.enable()
        return main()
    except BaseException:
        if not interrupts.came():
            raise
        print("xingtu-frames: interrupted; what arrived is stored", file=sys.stderr)
        return 2
    finally:
        interrupts.let_go()


if __name__ == "__main__":
    sys.exit(program())
