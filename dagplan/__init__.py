"""Plan-and-execute agents whose plan is a graph."""
