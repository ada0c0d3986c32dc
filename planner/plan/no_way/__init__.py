"""What to do where no way leads in."""
