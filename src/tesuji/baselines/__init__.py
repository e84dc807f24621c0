"""Answers without any LLM: what a contest gives away to a rule or a small model."""
