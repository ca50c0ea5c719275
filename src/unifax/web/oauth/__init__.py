"""OAuth 2.0: tokens for Apps, and the pages on which people let them in."""
