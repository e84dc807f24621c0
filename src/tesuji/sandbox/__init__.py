"""Running Python that a model wrote: apart from everything else, within limits."""
