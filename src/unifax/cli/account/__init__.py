"""`unifax account`: accounts, extensions and Apps, for those who run them."""
