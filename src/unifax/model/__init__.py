"""The words everybody uses: fax, delivery, call, outcome, number, error. No clock, no chance, no IO."""
