"""What every engine needs and none owns: prompts, prefixes, text. No native code in here."""
