"""Every figure the README quotes, one command each: `python -m bench NAME`, or `make bench` for all."""
