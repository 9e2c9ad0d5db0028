"""The program that runs model code: a supervisor that owns the pipe, and the interpreter it forks.

Standard library only, Python 3.9 or newer: the worker sends these modules through stdin (``bundle``), so that any
image with a Python will do and nothing is installed or mounted. Nothing here may import from the rest of
``rlm_worker``.
"""
