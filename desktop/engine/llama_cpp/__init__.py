"""llama.cpp behind the engine protocol, on the low-level binding."""
