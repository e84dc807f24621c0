"""Makes the lexicon of twenty questions: `python -m training.lexicon.build`."""
