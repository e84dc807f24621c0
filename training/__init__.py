"""Recipes that train the models which ship with Tesuji. Not part of the package."""
