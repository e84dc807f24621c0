"""nano: a 1.3 M parameter chat model, trained on synthetic tasks (third edition).

One command trains, exports and measures it (see ``docs/nano.md``)::

    python -m training.nano.train --out /tmp/nano --from second-edition.safetensors
    python -m training.nano.export --out /tmp/nano --into src/tesuji/models/nano
    python -m training.nano.gates src/tesuji/models/nano
    python -m training.nano.lora src/tesuji/models/nano
"""
