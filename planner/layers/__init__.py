"""What is known about an area."""
