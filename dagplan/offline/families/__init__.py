"""The families of questions, one a file.

Each has the frozen dataclasses of what its questions ask, a function `read` that
recognises them in a clause, the steps that find the answer out, and its wording.
Recognising takes all words of a clause or none: nothing that was asked is dropped.
"""
