"""What the system promises: accepting, delivering, telling."""
