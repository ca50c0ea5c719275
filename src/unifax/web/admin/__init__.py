"""Where those who run accounts ask."""
