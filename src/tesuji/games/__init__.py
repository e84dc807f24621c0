"""Twenty questions: players, the referee, and what they know of words."""
