"""A way street by street."""
