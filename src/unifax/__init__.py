"""Unifax: a self-hosted fax service. HTTP in, SIP and T.38 out, and proof of what arrived."""
