"""`cytoscribe --self-test`: whether this installation works on this computer, part by part.

`checks.py` is the table; `watching.py` runs it in a process of its own, so that what hangs or crashes has a name.
"""
