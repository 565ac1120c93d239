"""What the programs of the cases share: they say things as ipcscope's language writes them."""

import multiprocessing
import queue
import threading

_KINDS = {
    BrokenPipeError: "BrokenPipe",
    ConnectionResetError: "ConnectionReset",
    threading.BrokenBarrierError: "BrokenBarrier",
}


def _written(value, bare=False):
    if value is None:
        return "()"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value if bare else '"' + value + '"'
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_written, value)) + "]"
    if isinstance(value, dict):
        return "#{" + ", ".join(f'"{key}": {_written(each)}' for key, each in value.items()) + "}"
    return repr(value)


def say(*values):
    """Prints one line in one piece."""
    print(" ".join(_written(value, True) for value in values) + "\n", end="", flush=True)


def kind(function, *args):
    """The kind of error that a call ends with."""
    try:
        function(*args)
    except BaseException as error:
        return _KINDS.get(type(error), type(error).__name__)
    return "no error"
