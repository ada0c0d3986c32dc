"""From reported zones to the risk of every arc at every moment."""
