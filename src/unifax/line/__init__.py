"""Telephone calls: one fax call, the trunks that carry them, and our own fax machine."""
