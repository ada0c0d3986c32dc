"""Where to wait: candidate sites, their test against risk, their separate ways out."""
