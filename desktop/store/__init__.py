"""What stays on disk: history, attachments, settings, installed models."""
