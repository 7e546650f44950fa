"""Draws the pictures, trains, measures and exports the built-in model."""
