"""Prompts made of elements, searched for the best."""
