"""The board: a local web page over a competition's ledger.

`tesuji board` serves it. Whatever it shows was written by models and by strangers' data files, so
it is text on the page and nothing else (`guard`, `marked`); nothing on it changes what is recorded.
"""
