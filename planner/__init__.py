"""Plan safe, timely access to facilities while assemblies are reported nearby."""

__version__ = "0.1.0"
