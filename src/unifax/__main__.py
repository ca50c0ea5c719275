"""`python -m unifax` is the `unifax` command."""

from unifax.cli import main

main()
