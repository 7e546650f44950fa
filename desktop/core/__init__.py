"""Values and rules of the project; standard library only, imports nothing of ours."""
