"""The vocabulary: frozen values and pure rules. Imports the standard library only."""
