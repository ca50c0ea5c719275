"""Where programs and people ask."""
