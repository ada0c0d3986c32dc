"""The answer sealed for readers: map, tables, markings in one HTML file."""
