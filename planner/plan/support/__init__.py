"""What keeps a crew going: stops, havens, the medical block."""
