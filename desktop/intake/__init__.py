"""Any file a person drops becomes an upright RGB picture."""
