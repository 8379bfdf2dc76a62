"""Runs in each worker process of the tests, before it works.

What lies in the folders of the tests is not on the worker's disk: to open anything there is refused. And a
logo of a certain name ends the process that reads it.
"""

import os
import sys
from pathlib import Path

NOT_HERE = str(Path(os.environ["CPOR_TEST_NOT_HERE"]))


def refuse(event: str, details: tuple[object, ...]) -> None:
    if event != "open" or not isinstance(details[0], str):
        return
    if details[0].startswith(NOT_HERE):
        raise PermissionError(13, "this is on another machine", details[0])
    if details[0].endswith("deadly.png") and details[1] in {"r", "rb"}:
        os._exit(9)


sys.addaudithook(refuse)
