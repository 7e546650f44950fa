"""Inference: a protocol, a worker process that runs it, a client that watches the worker."""
