"""nano, first edition: a 1.3 M parameter chat model, trained from scratch on synthetic tasks.

One command trains, exports and measures it (see ``docs/nano.md``)::

    python -m training.nano.train --out /tmp/nano
    python -m training.nano.export --out /tmp/nano --into src/tesuji/models/nano
    python -m training.nano.gates src/tesuji/models/nano
"""
