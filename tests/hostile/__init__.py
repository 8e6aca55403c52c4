"""A hostile web on loopback, and the real program put through it: ``python -m tests.hostile``.

``case`` says what a case is, ``wire`` serves it, the ``families`` are the table of cases, ``runner`` puts the program
through them and judges. Every case has an address of its own in 127.1.0.0/16, which the settings of a run allow; every
connection to another address of this machine is one that must not be made, and is counted by the canary.
"""
