"""Programs for development; no part of the app."""
